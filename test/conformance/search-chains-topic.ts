/** Chained parameters and `_has` (https://hl7.org/fhir/R4/search.html#chaining, https://hl7.org/fhir/R4/search.html#has). */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Body, Client } from './client.ts';
import { allPages, expectSame, form, idsOf, linkOf, outcomeOf, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

const to = (reference: string) => ({ reference });
const observation = (code: string, changes: object): Body => ({ resourceType: 'Observation', status: 'final', code: { coding: [{ code }] }, ...changes });

interface Clinic {
  readonly tag: string;
  /** A word that only this clinic's names have. */
  readonly word: string;
  /** Of the patients: the first has both observations, the second the first code only. */
  readonly patients: readonly string[];
  readonly observations: readonly string[];
  readonly organization: string;
}

/** Two patients of an organization, three observations; the last by a practitioner who is contained. */
async function clinic(http: Client): Promise<Clinic> {
  const word = `w${freshId().replaceAll('-', '')}`;
  const { ids: [organization] } = await tagged(http, { resourceType: 'Organization', name: `${word} Clinic` });
  const { ids: patients } = await tagged(
    http,
    patient({ name: [{ family: `${word}Ann` }], birthDate: '1970-01-01', managingOrganization: to(`Organization/${organization}`) }),
    patient({ name: [{ family: `${word}Bob` }], birthDate: '1990-01-01', managingOrganization: to(`${http.baseUrl}/Organization/${organization}`) }),
  );
  const { tag, ids: observations } = await tagged(
    http,
    observation('123', { subject: to(`Patient/${patients[0]}`) }),
    observation('456', { subject: to(`Patient/${patients[0]}/_history/1`) }),
    observation('123', {
      subject: to(`Patient/${patients[1]}`), performer: [to('#p')],
      contained: [{ resourceType: 'Practitioner', id: 'p', name: [{ family: `${word}Joe` }] }],
    }),
  );
  return { tag, word, patients, observations, organization: organization! };
}

export const searchChainsTopic: Topic = (http) => {
  test('a chain finds what refers to a resource that satisfies its rest, with prefixes and modifiers, over any links', async () => {
    const { tag, word, observations: [first, second, third], organization } = await clinic(http());
    for (const [query, expected] of [
      [`subject:Patient.name=${word}ann`, [first, second]],
      [`subject.name=${word}ann,${word}bob`, [first, second, third]],
      [`patient.family:exact=${word}Bob`, [third]],
      [`patient.family:exact=${word}bob`, []],
      [`patient.birthdate=lt1980&_tag=${tag}`, [first, second]],
      [`patient.organization.name=${word}&code=123`, [first, third]],
      [`subject:Patient.organization:Organization._id=${organization}`, [first, second, third]],
      [`subject:Patient.name=${word}ann&code=456`, [second]],
      [`performer.name=${word}joe`, [third]],
      [`performer:Practitioner.name=${word}ann`, []],
    ] as const) expectSame([query, ...idsOf(await http().get(`/Observation?${query}`))], [query, ...expected]);
  });

  test('_has finds what is referred to, nested and mixed with chains; each stands alone', async () => {
    const { word, patients: [ann, bob], organization } = await clinic(http());
    const mine = `name=${word}`;
    for (const [path, expected] of [
      [`/Patient?${mine}&_has:Observation:patient:code=123`, [ann, bob]],
      [`/Patient?${mine}&_has:Observation:patient:code=123&_has:Observation:patient:code=456`, [ann]],
      [`/Patient?${mine}&_has:Observation:patient:code=789`, []],
      [`/Patient?_has:Observation:patient:performer.name=${word}joe`, [bob]],
      [`/Organization?_has:Patient:organization:_has:Observation:patient:code=456&name=${word}`, [organization]],
      [`/Organization?_has:Patient:organization:name=${word}bob`, [organization]],
    ] as const) expectSame([path, ...idsOf(await http().get(path))], [path, ...expected]);
    expect(idsOf(await http().get(`/Observation?patient._has:Observation:subject:code=456&patient.name=${word}&code=123`))).toHaveLength(1);
  });

  test('what is deleted satisfies nothing', async () => {
    const { word, observations, patients } = await clinic(http());
    expect(idsOf(await http().get(`/Observation?patient.name=${word}ann`))).toHaveLength(2);
    await http().send('DELETE', `/Observation/${observations[1]}`);
    expect(idsOf(await http().get(`/Patient?name=${word}&_has:Observation:patient:code=456`))).toEqual([]);
    await http().send('DELETE', `/Patient/${patients[0]}`);
    expect(idsOf(await http().get(`/Observation?patient.name=${word}ann`))).toEqual([]);
  });

  test('they are counted, sorted, posted and paged like all searches', async () => {
    const { word, observations } = await clinic(http());
    const chain = `patient.name=${word}`;
    expect((await http().get(`/Observation?${chain}&_summary=count`)).body.total).toBe(3);
    expect(idsOf(await http().get(`/Observation?${chain}&_sort=-_lastUpdated`))).toEqual(observations.toReversed());
    expectSame((await allPages(http(), `/Observation?${chain}&_count=1`)).map(({ id }) => id), observations);
    expectSame(idsOf(await http().send('POST', '/Observation/_search', { body: chain, headers: { 'content-type': form } })), observations);
    const { body } = await http().get(`/Observation?${chain}`);
    expect(linkOf(body, 'self')).toBe(`${http().baseUrl}/Observation?${chain}`);
  });

  test('across types and in compartments', async () => {
    const { word, patients, observations } = await clinic(http());
    expectSame(idsOf(await http().get(`/?_type=Observation,Condition&patient.name=${word}`)), observations);
    expect(idsOf(await http().get(`/Patient/${patients[0]}/Observation?patient.name=${word}&code=456`))).toEqual([observations[1]]);
  });

  test('a chain without a parameter of that name is refused, or passed over and named where the client prefers so', async () => {
    const path = '/Observation?subject:Patient.shoe-size=44&_count=1';
    expect(refusal(await http().get(path))).toEqual({ status: 400, code: 'not-supported' });
    const lenient = await http().send('GET', path, { headers: { prefer: 'handling=lenient' } });
    expect(outcomeOf(lenient)[0].diagnostics).toContain('subject:Patient.shoe-size');
  });
};
