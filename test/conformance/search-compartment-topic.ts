/** Searches in a compartment (https://hl7.org/fhir/R4/compartmentdefinition.html, https://hl7.org/fhir/R4/http.html#search). */
import { expect, test } from '@jest/globals';
import { freshId, refusal } from './client.ts';
import type { Body, Client } from './client.ts';
import { allPages, expectSame, form, idsOf, linkOf, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

const observation = (changes: object): Body => ({ resourceType: 'Observation', status: 'final', code: { coding: [{ code: 'a' }] }, ...changes });

/** Of the first patient one as subject and one as performer, and one of another patient. */
async function observations(http: Client) {
  const patient = freshId();
  const { tag, ids } = await tagged(
    http,
    observation({ subject: { reference: `Patient/${patient}` } }),
    observation({ performer: [{ reference: `Patient/${patient}` }], code: { coding: [{ code: 'b' }] } }),
    observation({ subject: { reference: `Patient/${freshId()}` } }),
  );
  return { patient, tag, ids };
}

async function stored(http: Client, patient: string, doctor: string): Promise<void> {
  await http.put(`/Patient/${patient}`, { resourceType: 'Patient', id: patient });
  await http.put(`/Practitioner/${doctor}`, { resourceType: 'Practitioner', id: doctor });
}

export const searchCompartmentTopic: Topic = (http) => {
  test('what refers to the patient by any parameter of the compartment is found, and nothing else', async () => {
    const { patient, tag, ids } = await observations(http());
    expectSame(idsOf(await http().get(`/Patient/${patient}/Observation`)), [ids[0], ids[1]]);
    expect(idsOf(await http().get(`/Patient/${patient}/Observation?code=b&_tag=${tag}`))).toEqual([ids[1]]);
    expect(idsOf(await http().get(`/Patient/${patient}/Condition`))).toEqual([]);
  });

  test('it can be posted, counted and paged', async () => {
    const { patient, ids } = await observations(http());
    const path = `/Patient/${patient}/Observation`;
    expect(idsOf(await http().send('POST', `${path}/_search`, { body: 'code=a', headers: { 'content-type': form } }))).toEqual([ids[0]]);
    expect((await http().get(`${path}?_summary=count`)).body.total).toBe(2);
    expectSame((await allPages(http(), `${path}?_count=1`)).map(({ id }) => id), [ids[0], ids[1]]);
    const first = await http().get(`${path}?_count=1`);
    expect(linkOf(first.body, 'self')).toBe(`${http().baseUrl}${path}?_count=1`);
    const cursor = new URL(linkOf(first.body, 'next') ?? '').searchParams.get('_cursor');
    expect(refusal(await http().get(`/Patient/${freshId()}/Observation?_count=1&_cursor=${cursor}`))).toEqual({ status: 400, code: 'invalid' });
  });

  test.each([
    ['Encounter', (id: string) => ({ encounter: { reference: `Encounter/${id}` } })],
    ['Practitioner', (id: string) => ({ performer: [{ reference: `Practitioner/${id}` }] })],
    ['RelatedPerson', (id: string) => ({ performer: [{ reference: `RelatedPerson/${id}` }] })],
    ['Device', (id: string) => ({ device: { reference: `Device/${id}` } })],
  ])('there is a compartment of %s', async (compartment, referring) => {
    const id = freshId();
    const { ids } = await tagged(http(), observation(referring(id)), observation(referring(freshId())));
    expect(idsOf(await http().get(`/${compartment}/${id}/Observation`))).toEqual([ids[0]]);
  });

  test.each(['/Patient/1/Organization', '/Observation/1/Patient', '/Patient/1/Nothing', '/Patient/1/observation', '/Observation/1/*'])('GET %s is 404', async (path) => {
    expect(refusal(await http().get(path))).toEqual({ status: 404, code: 'not-found' });
  });

  test('all types at once are searched in the order of the clinical date, by what all of them have', async () => {
    const [patient, doctor] = [freshId(), freshId()];
    const subject = { reference: `Patient/${patient}` };
    const { tag, ids } = await tagged(
      http(),
      observation({ subject, effectiveDateTime: '2024-02-02', performer: [{ reference: `Practitioner/${doctor}` }] }),
      { resourceType: 'Procedure', status: 'completed', subject, performedDateTime: '2024-02-01' },
      observation({ subject: { reference: `Patient/${freshId()}` }, effectiveDateTime: '2024-02-01' }),
    );
    await stored(http(), patient, doctor);
    const path = `/Patient/${patient}/*`;
    expect(idsOf(await http().get(path))).toEqual([patient, ids[1], ids[0]]);
    expect((await allPages(http(), `${path}?_count=1`)).map(({ id }) => id)).toEqual([patient, ids[1], ids[0]]);
    expect(idsOf(await http().get(`${path}?_tag=${tag}`))).toEqual([ids[1], ids[0]]);
    expect(idsOf(await http().get(`${path}?_type=Observation`))).toEqual([ids[0]]);
    const including = await http().get(`${path}?_type=Observation&_include=Observation:performer`);
    expect(including.body.entry.map(({ resource }: Body) => resource.id)).toEqual([ids[0], doctor]);
    expect(idsOf(await http().send('POST', `${path}/_search`, { body: `_id=${ids[1]}`, headers: { 'content-type': form } }))).toEqual([ids[1]]);
    expect(idsOf(await http().get(`/Practitioner/${doctor}/*`))).toEqual([doctor, ids[0]]);
    expect(idsOf(await http().get(`/Patient/${freshId()}/*`))).toEqual([]);
  });

  test.each(['code=a', '_sort=_id', '_total=accurate', '_count=0', '_type=Organization', '_explain=true'])('all types at once by %s is 400', async (query) => {
    expect((await http().get(`/Patient/${freshId()}/*?${query}`)).status).toBe(400);
  });

  test('an entry of a batch may search in a compartment', async () => {
    const { patient } = await observations(http());
    const entry = [{ request: { method: 'GET', url: `Patient/${patient}/Observation?code=b` } }];
    const { body } = await http().post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(body.entry[0].resource.entry).toHaveLength(1);
  });
};
