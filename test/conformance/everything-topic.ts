/**
 * The whole record of a patient and of an encounter (https://hl7.org/fhir/R4/patient-operation-everything.html,
 * https://hl7.org/fhir/R4/encounter-operation-everything.html).
 */
import { expect, test } from '@jest/globals';
import { freshId, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import { allPages, expectSame, linkOf, matchesOf } from './tagged.ts';
import type { Topic } from './topic.ts';

const nameOf = ({ resourceType, id }: Body): string => `${resourceType}/${id}`;

function includedOf({ body }: Answer): string[] {
  return (body.entry ?? []).filter(({ search }: Body) => search.mode === 'include').map(({ resource }: Body) => nameOf(resource));
}

/** Puts each, under an id of its own unless it has one. */
async function stored(http: Client, ...resources: Body[]): Promise<string[]> {
  const names: string[] = [];
  for (const each of resources) {
    const resource: Body = { id: freshId(), ...each };
    expect((await http.put(`/${nameOf(resource)}`, resource)).status).toBe(201);
    names.push(nameOf(resource));
  }
  return names;
}

/** A patient with a record of several types, written in no order, and others who refer to the same doctor and device. */
async function record(http: Client) {
  const [patient, other] = [freshId(), freshId()];
  const subject = { reference: `Patient/${patient}` };
  const [doctor, hospital, device, foreign] = await stored(
    http,
    { resourceType: 'Practitioner' },
    { resourceType: 'Organization' },
    { resourceType: 'Device', patient: subject },
    { resourceType: 'Device', patient: { reference: `Patient/${other}` } },
  );
  const [encounter] = await stored(http, {
    resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' }, subject, period: { start: '2024-02-01', end: '2024-02-03' }, serviceProvider: { reference: hospital },
  });
  const names = await stored(
    http,
    { resourceType: 'RelatedPerson', patient: subject },
    { resourceType: 'Observation', status: 'final', code: { text: 'a' }, subject, effectiveDateTime: '2024-03-01', performer: [{ reference: doctor }], device: { reference: device } },
    { resourceType: 'Condition', subject, onsetDateTime: '2020-01-01', recordedDate: '2024-02-10', asserter: { reference: doctor } },
    { resourceType: 'Procedure', status: 'completed', subject, performedDateTime: '2024-02-02', encounter: { reference: encounter }, performer: [{ actor: { reference: doctor } }], usedReference: [{ reference: foreign }] },
    { resourceType: 'Observation', status: 'final', code: { text: 'b' }, subject, effectiveDateTime: '2024-01-01', encounter: { reference: encounter } },
    { resourceType: 'Patient', id: patient, managingOrganization: { reference: hospital } },
    { resourceType: 'Observation', status: 'final', code: { text: 'c' }, subject: { reference: `Patient/${other}` }, effectiveDateTime: '2024-02-02' },
  );
  const [relative, last, condition, procedure, first] = names as [string, string, string, string, string];
  return {
    path: `/Patient/${patient}/$everything`, self: `Patient/${patient}`,
    encounter: encounter!, doctor: doctor!, hospital: hospital!, device: device!, relative, last, condition, procedure, first,
    inOrder: [`Patient/${patient}`, condition, first, encounter!, procedure, last, relative],
  };
}

const namesOf = (answer: Answer): string[] => matchesOf(answer).map(nameOf);

const days = 28;
/** Of each type, where its date stands, which is the one that it is in order of as well. */
const dated: readonly (readonly [type: string, content: (day: string) => Body])[] = [
  ['Observation', (day) => ({ status: 'final', code: { text: 'a' }, effectiveDateTime: day })],
  ['Procedure', (day) => ({ status: 'completed', performedDateTime: day })],
  ['Encounter', (day) => ({ status: 'finished', class: { code: 'AMB' }, period: { start: day, end: `${day}T12:00:00Z` } })],
  ['MedicationRequest', (day) => ({ status: 'active', intent: 'order', medicationCodeableConcept: { text: 'a' }, authoredOn: day })],
  ['Specimen', () => ({})],
];

/** Two resources a day, and some without a date; by name the day of each. */
async function daily(http: Client): Promise<{ path: string; dayOf: Map<string, number | undefined> }> {
  const patient = freshId();
  const dayOf = new Map<string, number | undefined>([[`Patient/${patient}`, undefined]]);
  const entry = Array.from({ length: 2 * days }, (_, number) => {
    // 5 and 28 have no common divisor: each type has days all over the month, in no order.
    const [type, content] = dated[number % dated.length]!;
    const day = 1 + ((number * 11) % days);
    const name = `${type}/${freshId()}`;
    dayOf.set(name, type === 'Specimen' ? undefined : day);
    const resource = { resourceType: type, id: name.split('/')[1], subject: { reference: `Patient/${patient}` }, ...content(`2024-02-${String(day).padStart(2, '0')}`) };
    return { resource, request: { method: 'PUT', url: name } };
  });
  entry.push({ resource: { resourceType: 'Patient', id: patient } as never, request: { method: 'PUT', url: `Patient/${patient}` } });
  expect((await http.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
  return { path: `/Patient/${patient}/$everything`, dayOf };
}

export const everythingTopic: Topic = (http) => {
  test('of a patient is the patient, what is dated in its order, the rest, and what these refer to', async () => {
    const { path, inOrder, doctor, hospital, device } = await record(http());
    const answer = await http().get(path);
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: inOrder.length });
    expect(namesOf(answer)).toEqual(inOrder);
    expectSame(includedOf(answer), [doctor, hospital, device]);
    expect(linkOf(answer.body, 'self')).toBe(`${http().baseUrl}${path}`);
  });

  test.each([1, 2, 3])('is the same in pages of %d, each with what it refers to', async (count) => {
    const { path, inOrder, hospital, doctor } = await record(http());
    expect((await allPages(http(), `${path}?_count=${count}`)).map(nameOf)).toEqual(inOrder);
    expectSame(includedOf(await http().get(`${path}?_count=${count}`)), count === 1 ? [hospital] : [hospital, doctor]);
  });

  test.each([
    ['start=2024-02-01', ['condition', 'encounter', 'procedure', 'last']],
    ['end=2024-02-02', ['first', 'encounter', 'procedure']],
    ['start=2024-02-02&end=2024-02-29', ['condition', 'procedure']],
    ['start=2025', []],
  ] as const)('by %s chooses by the date of each type, and leaves in what has none', async (dates, expected) => {
    const made = await record(http());
    const { self, relative } = made;
    const names = expected.map((key) => made[key]);
    expect((await allPages(http(), `${made.path}?${dates}&_count=2`)).map(nameOf)).toEqual([self, ...names, relative]);
  });

  test('by any dates, in pages of any size, is what a look at all of the record finds, in order', async () => {
    const { path, dayOf } = await daily(http());
    for (const [start, end, count] of [[1, days, 7], [5, 5, 50], [8, 20, 3], [20, days, 19], [2, 27, 57]] as const) {
      const answered = (await allPages(http(), `${path}?start=2024-02-${String(start).padStart(2, '0')}&end=2024-02-${String(end).padStart(2, '0')}&_count=${count}`)).map(nameOf);
      expectSame(answered, [...dayOf].filter(([, day]) => day === undefined || (day >= start && day <= end)).map(([name]) => name));
      const inOrder = answered.flatMap((name) => dayOf.get(name) ?? []);
      expect(inOrder).toEqual(inOrder.toSorted((one, other) => one - other));
      expect(answered.slice(1, 1 + inOrder.length).every((name) => dayOf.get(name) !== undefined)).toBe(true);
    }
  });

  test('by _type answers these types only, those that are referred to as well', async () => {
    const { path, first, last, condition, doctor } = await record(http());
    const answer = await http().get(`${path}?_type=Observation,Condition`);
    expect([namesOf(answer), includedOf(answer)]).toEqual([[condition, first, last], []]);
    const referred = await http().get(`${path}?_type=Observation&_type=Practitioner`);
    expect([namesOf(referred), includedOf(referred)]).toEqual([[first, last], [doctor]]);
  });

  test.each(['_since', 'since'])('by %s answers what was written at that time or later', async (since) => {
    const { path, condition } = await record(http());
    const { body } = await http().get(`/${condition}`);
    const { body: updated } = await http().put(`/${condition}`, { ...body, note: [{ text: 'seen again' }] });
    expect(namesOf(await http().get(`${path}?${since}=${updated.meta.lastUpdated}`))).toEqual([condition]);
  });

  test('has a write at once, and no more what was deleted or is of another patient now', async () => {
    const { path, self, last, first, inOrder } = await record(http());
    await http().send('DELETE', `/${last}`);
    const { body } = await http().get(`/${first}`);
    await http().put(`/${first}`, { ...body, subject: { reference: `Patient/${freshId()}` } });
    const [added] = await stored(http(), { resourceType: 'Observation', status: 'final', code: { text: 'd' }, subject: { reference: self } });
    const left = inOrder.filter((name) => name !== last && name !== first);
    expect(namesOf(await http().get(path))).toEqual([...left, added]);
  });

  test('can be posted with Parameters, and its pages be followed', async () => {
    const { path, first, last } = await record(http());
    const parameter = [{ name: '_type', valueCode: 'Observation' }, { name: '_count', valueInteger: 1 }];
    const answer = await http().post(path, { resourceType: 'Parameters', parameter });
    expect(namesOf(answer)).toEqual([first]);
    expect((await allPages(http(), linkOf(answer.body, 'next')!)).map(nameOf)).toEqual([last]);
    expect(namesOf(await http().post(path, { resourceType: 'Parameters' }))).toContain(last);
    expect(refusal(await http().post(path, { resourceType: 'Patient' }))).toEqual({ status: 400, code: 'invalid' });
  });

  test('of an encounter is the encounter, what belongs to it, and its patient among what these refer to', async () => {
    const { encounter, procedure, first, self, doctor, hospital } = await record(http());
    const answer = await http().get(`/${encounter}/$everything`);
    expect(namesOf(answer)).toEqual([encounter, first, procedure]);
    expectSame(includedOf(answer), [self, doctor, hospital]);
    expect((await allPages(http(), `/${encounter}/$everything?_count=1`)).map(nameOf)).toEqual([encounter, first, procedure]);
  });

  test('is 404 where there never was such a patient, and 410 where it was deleted', async () => {
    expect(refusal(await http().get(`/Patient/${freshId()}/$everything`))).toEqual({ status: 404, code: 'not-found' });
    const [gone] = await stored(http(), { resourceType: 'Patient' });
    await http().send('DELETE', `/${gone}`);
    expect((await http().get(`/${gone}/$everything`)).status).toBe(410);
  });

  test.each(['start=soon', 'start=2024-02-02&end=2024-01-01', '_type=Nothing', '_count=0', '_since=2024&since=2024', 'code=a', '_cursor=a'])('%s is 400', async (query) => {
    const [patient] = await stored(http(), { resourceType: 'Patient' });
    expect((await http().get(`/${patient}/$everything?${query}`)).status).toBe(400);
  });

  test('is offered of patients and encounters, and the CapabilityStatement says so', async () => {
    expect((await http().get(`/Observation/${freshId()}/$everything`)).status).toBe(404);
    const { body } = await http().get('/metadata');
    const offering = body.rest[0].resource.filter(({ operation = [] }: Body) => operation.some(({ name }: Body) => name === 'everything'));
    expect(offering.map(({ type }: Body) => type)).toEqual(['Encounter', 'Patient']);
    expect(offering[1].operation).toContainEqual({ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' });
  });

  test('an entry of a batch may ask for it', async () => {
    const { self, inOrder } = await record(http());
    const { body } = await http().post('', { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `${self}/$everything` } }] });
    expect(body.entry[0].resource.entry.filter(({ search }: Body) => search.mode === 'match').map(({ resource }: Body) => nameOf(resource))).toEqual(inOrder);
  });
};
