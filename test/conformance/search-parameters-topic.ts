/**
 * Search parameters that a store has beyond R4's: SearchParameter resources that are stored, and searchable from the end of a
 * `$reindex` on (https://hl7.org/fhir/R4/searchparameter.html, https://hl7.org/fhir/R4/async.html).
 */
import { expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { freshId, patient, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import { expectSame, idsOf, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

/** Over several processes a reindexing waits, some times, until none goes by older definitions. */
const reindexMs = 15 * 60 * 1000;
const pollMs = 100;

/** A definition that nobody else has, with a code to match. */
function definition(code: string, changes: object = {}): Body {
  const url = `http://example.org/SearchParameter/${code}`;
  return {
    resourceType: 'SearchParameter', id: code, url, name: 'Conformance', status: 'active', description: 'Of the conformance suite.', code, ...changes,
  };
}

const freshCode = (): string => `c${freshId().replaceAll('-', '').slice(0, 20)}`;

async function stored(http: Client, ...definitions: Body[]): Promise<void> {
  for (const one of definitions) {
    const { status, body } = await http.put(`/SearchParameter/${one.id}`, one);
    expect([body.issue, status === 200 || status === 201]).toEqual([undefined, true]);
  }
}

/** @returns where it tells how it goes */
async function begun(http: Client): Promise<string> {
  for (;;) {
    const answer = await http.send('POST', '/$reindex');
    const location = answer.headers.get('content-location') ?? '';
    expect(location).toMatch(new RegExp(`^${http.baseUrl}/\\$reindex/[0-9a-f]{32}$`));
    if (answer.status === 202) return location;
    // Somebody else's.
    expect(answer.status).toBe(409);
    await ended(http, location);
  }
}

async function ended(http: Client, location: string): Promise<Answer> {
  for (;;) {
    const answer = await http.get(location);
    if (answer.status !== 202) return answer;
    expect(answer.headers.get('x-progress')).toMatch(/^[A-Z_]+: \d+ resources examined/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await pause(pollMs);
  }
}

async function reindexed(http: Client): Promise<Body> {
  const { status, body } = await ended(http, await begun(http));
  expect([status, body.resourceType]).toEqual([200, 'Parameters']);
  return body;
}

/** What it told of a definition: `searchable` or `notSearchable`, with its parts. */
function toldOf({ parameter }: Body, { url }: Body): Body[] {
  return parameter.filter(({ part = [] }: Body) => part.some((one: Body) => one.name === 'definition' && one.valueUri === url));
}

const raceUrl = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
const raceSystem = 'urn:oid:2.16.840.1.113883.6.238';
const ofRace = (code: string): object => ({
  extension: [{ url: raceUrl, extension: [{ url: 'ombCategory', valueCoding: { system: raceSystem, code } }] }],
});
const to = (reference: string) => ({ reference });

export const searchParametersTopic: Topic = (http) => {
  test('what could never be searched by is refused with 422, on every way to write it', async () => {
    const code = freshCode();
    const faulty = definition(code, { base: ['Patient'], type: 'token', expression: 'Patient.colour' });
    const expected = { status: 422, code: expect.any(String), expression: ['SearchParameter.expression'] };
    expect(refusal(await http().put(`/SearchParameter/${code}`, faulty))).toEqual(expected);
    expect(refusal(await http().post('/SearchParameter', faulty))).toEqual(expected);
    expect(refusal(await http().post('/SearchParameter', faulty, { 'if-none-exist': `url=${faulty.url}` }))).toEqual(expected);
    expect(refusal(await http().put(`/SearchParameter?url=${faulty.url}`, faulty))).toEqual(expected);
    const entry = [{ resource: faulty, request: { method: 'PUT', url: `SearchParameter/${code}` } }];
    expect((await http().post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(422);
    const batch = await http().post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(batch.body.entry[0].response.status).toMatch(/^422/);
    await stored(http(), { ...faulty, expression: 'Patient.gender' });
    const patch = [{ op: 'replace', path: '/expression', value: 'Patient.colour' }];
    const patched = await http().send('PATCH', `/SearchParameter/${code}`, { headers: { 'content-type': 'application/json-patch+json' }, body: JSON.stringify(patch) });
    expect(refusal(patched)).toEqual(expected);
    expect((await http().delete(`/SearchParameter/${code}`)).status).toBe(204);
  });

  test('parameters are searchable after $reindex and not before, in chains, _has, includes, sorting and composites too', async () => {
    const [race, asserter, dose, when, both] = [freshCode(), freshCode(), freshCode(), freshCode(), freshCode()];
    const doctor = (await http().post('/Practitioner', { resourceType: 'Practitioner', active: true })).body;
    const { tag, ids } = await tagged(http(), patient(ofRace('2106-3')), patient(ofRace('2028-9')));
    const observed = (changes: object): Body => ({ resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'urn:x', code: 'dose' }] }, ...changes });
    const observations = await tagged(
      http(),
      observed({ subject: to(`Patient/${ids[0]}`), performer: [to(`Practitioner/${doctor.id}`)], valueQuantity: { value: 5, unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' }, issued: '2024-02-01T00:00:00Z' }),
      observed({ subject: to(`Patient/${ids[1]}`), valueQuantity: { value: 7000, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' }, issued: '2024-01-01T00:00:00Z' }),
    );
    await stored(
      http(),
      definition(race, { base: ['Patient'], type: 'token', expression: `Patient.extension.where(url = '${raceUrl}').extension.value.code` }),
      definition(asserter, { base: ['Observation'], type: 'reference', target: ['Practitioner'], expression: 'Observation.performer' }),
      definition(dose, { base: ['Observation'], type: 'quantity', expression: 'Observation.value as Quantity' }),
      definition(when, { base: ['Observation'], type: 'date', expression: 'Observation.issued' }),
      definition(both, {
        base: ['Observation'], type: 'composite', expression: 'Observation',
        component: [
          { definition: 'http://hl7.org/fhir/SearchParameter/clinical-code', expression: 'code' },
          { definition: `http://example.org/SearchParameter/${dose}`, expression: 'value.as(Quantity)' },
        ],
      }),
    );
    const [patients, seen] = [`/Patient?_tag=${tag}`, `/Observation?_tag=${observations.tag}`];
    for (const target of [`${patients}&${race}=2106-3`, `${seen}&_sort=${when}`, `${seen}&${asserter}.active=true`, `${seen}&_include=Observation:${asserter}`]) {
      expect(refusal(await http().get(target))).toEqual({ status: 400, code: 'not-supported' });
    }
    const lenient = await http().get(`${patients}&${race}=2106-3`, { prefer: 'handling=lenient' });
    expect(idsOf(lenient)).toHaveLength(2);

    const result = await reindexed(http());
    for (const code of [race, asserter, dose, when, both]) {
      expect(toldOf(result, definition(code)).map(({ name }) => name)).toEqual(['searchable']);
    }
    expect(idsOf(await http().get(`${patients}&${race}=2106-3`))).toEqual([ids[0]]);
    expect(idsOf(await http().get(`${patients}&${race}=${raceSystem}%7C2028-9`))).toEqual([]);
    expect(idsOf(await http().get(`${patients}&${race}:not=2106-3`))).toEqual([ids[1]]);
    expect(idsOf(await http().get(`${patients}&_filter=${race} eq "2028-9"`))).toEqual([ids[1]]);
    expect(idsOf(await http().get(`${seen}&${dose}=6000%7Chttp://unitsofmeasure.org%7Cmg`))).toEqual([]);
    expect(idsOf(await http().get(`${seen}&${dose}=gt6%7Chttp://unitsofmeasure.org%7Cg`))).toEqual([observations.ids[1]]);
    expect(idsOf(await http().get(`${seen}&${both}=dose$lt6%7Chttp://unitsofmeasure.org%7Cg`))).toEqual([observations.ids[0]]);
    expect(idsOf(await http().get(`${seen}&${when}=ge2024-01-15`))).toEqual([observations.ids[0]]);
    expect(idsOf(await http().get(`${seen}&_sort=${when}`))).toEqual(observations.ids.toReversed());
    expect(idsOf(await http().get(`${seen}&_sort=-${when}`))).toEqual(observations.ids);
    expect(idsOf(await http().get(`${seen}&${asserter}=Practitioner/${doctor.id}`))).toEqual([observations.ids[0]]);
    expect(idsOf(await http().get(`${seen}&${asserter}.active=true`))).toEqual([observations.ids[0]]);
    expect(idsOf(await http().get(`${seen}&subject:Patient.${race}=2028-9`))).toEqual([observations.ids[1]]);
    expect(idsOf(await http().get(`/Practitioner?_id=${doctor.id}&_has:Observation:${asserter}:${dose}=5`))).toEqual([doctor.id]);
    const included = (await http().get(`${seen}&_include=Observation:${asserter}`)).body.entry.filter(({ search }: Body) => search.mode === 'include');
    expect(included.map(({ resource }: Body) => resource.id)).toEqual([doctor.id]);
    const referring = (await http().get(`/Practitioner?_id=${doctor.id}&_revinclude=Observation:${asserter}`)).body.entry.filter(({ search }: Body) => search.mode === 'include');
    expect(referring.map(({ resource }: Body) => resource.id)).toEqual([observations.ids[0]]);
    const there = await http().post('/Patient', patient(), { 'if-none-exist': `_tag=${tag}&${race}=2106-3` });
    expect([there.status, there.body.id]).toEqual([200, ids[0]]);
    await capable(http(), 'Observation', { code: asserter, is: true });
    for (const code of [race, asserter, dose, when, both]) expect((await http().delete(`/SearchParameter/${code}`)).status).toBe(204);
  }, reindexMs);

  test('while a definition is changed and another deleted, searches go on as before until the end; then by the new ones', async () => {
    const [changing, leaving, taken] = [freshCode(), freshCode(), freshCode()];
    const { tag, ids } = await tagged(http(), patient({ gender: 'male', active: true }), patient({ gender: 'female', active: false }));
    const changed = definition(changing, { base: ['Patient'], type: 'token', expression: 'Patient.gender' });
    await stored(http(), changed, definition(leaving, { base: ['Patient'], type: 'token', expression: 'Patient.gender' }));
    await reindexed(http());
    const found = (code: string, value: string): Promise<Answer> => http().get(`/Patient?_tag=${tag}&${code}=${value}`);
    expect(idsOf(await found(changing, 'male'))).toEqual([ids[0]]);
    expect(idsOf(await found(leaving, 'female'))).toEqual([ids[1]]);

    // R4's code serves on; of two definitions with one code the one that is in force does.
    const r4 = definition(freshCode(), { base: ['Patient'], type: 'token', expression: 'Patient.active', code: 'gender' });
    const second = definition(taken, { base: ['Patient'], type: 'token', expression: 'Patient.active', code: changing, url: `http://example.org/SearchParameter/0${taken}` });
    await stored(http(), { ...changed, expression: 'Patient.active' }, r4, second);
    expect((await http().delete(`/SearchParameter/${leaving}`)).status).toBe(204);
    // Stored, and nothing more: what was active is searched.
    expect(idsOf(await found(changing, 'male'))).toEqual([ids[0]]);
    const location = await begun(http());
    // Who writes meanwhile is found by both.
    const meanwhile = await tagged(http(), patient({ gender: 'other', active: true }));
    const result = (await ended(http(), location)).body;
    expect(toldOf(result, changed).map(({ name }) => name)).toEqual(['searchable']);
    for (const one of [r4, second]) expect(toldOf(result, one).map(({ name }) => name)).toEqual(['notSearchable']);
    expect(idsOf(await found(changing, 'true'))).toEqual([ids[0]]);
    expect(idsOf(await found(changing, 'male'))).toEqual([]);
    expect(idsOf(await http().get(`/Patient?_tag=${meanwhile.tag}&${changing}=true`))).toEqual(meanwhile.ids);
    expect(refusal(await found(leaving, 'female'))).toEqual({ status: 400, code: 'not-supported' });
    expect(idsOf(await found('gender', 'female'))).toEqual([ids[1]]);
    await capable(http(), 'Patient', { code: leaving, is: false });
    for (const { id } of [changed, r4, second]) expect((await http().delete(`/SearchParameter/${id}`)).status).toBe(204);
  }, 2 * reindexMs);

  test('resources that are written, changed and deleted while it runs are found as they are', async () => {
    const code = freshCode();
    const { tag, ids } = await tagged(http(), ...Array.from({ length: 6 }, (_none, place) => patient({ gender: 'male', multipleBirthInteger: place })));
    await stored(http(), definition(code, { base: ['Patient'], type: 'token', expression: 'Patient.gender' }));
    const location = await begun(http());
    const [changed, deleted] = ids as [string, string];
    const { body } = await http().get(`/Patient/${changed}`);
    await http().put(`/Patient/${changed}`, { ...body, gender: 'female' });
    await http().delete(`/Patient/${deleted}`);
    const added = (await http().post('/Patient', patient({ gender: 'male', meta: body.meta }))).body.id;
    expect((await ended(http(), location)).status).toBe(200);
    expectSame(idsOf(await http().get(`/Patient?_tag=${tag}&${code}=male`)), [...ids.slice(2), added]);
    expect(idsOf(await http().get(`/Patient?_tag=${tag}&${code}=female`))).toEqual([changed]);
    await http().delete(`/SearchParameter/${code}`);
  }, reindexMs);

  test('a $reindex can be cancelled; one that is not there cannot be asked for', async () => {
    const location = await begun(http());
    const { status } = await http().send('DELETE', location);
    expect([202, 409]).toContain(status);
    const { status: last, body } = await ended(http(), location);
    // What was done already is not cancelled.
    const ends = status === 202 ? ['CANCEL_COMPLETED', 'COMPLETED', 'COMPLETED_WITH_ERRORS'] : ['COMPLETED', 'COMPLETED_WITH_ERRORS'];
    expect(last).toBe(200);
    expect(ends).toContain(body.parameter[0].valueCode);
    expect(refusal(await http().get(`/$reindex/${'0'.repeat(32)}`))).toEqual({ status: 404, code: 'not-found' });
    expect(refusal(await http().delete(`/$reindex/${'0'.repeat(32)}`))).toEqual({ status: 404, code: 'not-found' });
    expect((await http().send('POST', `/$reindex/${'0'.repeat(32)}`)).status).toBe(405);
    expect(refusal(await http().send('POST', '/$reindex?type=Patient'))).toEqual({ status: 400, code: 'not-supported' });
  }, reindexMs);
};

/** Whether the CapabilityStatement lists a parameter with its definition, and what comes along by a reference. */
async function capable(http: Client, type: string, { code, is }: { readonly code: string; readonly is: boolean }): Promise<void> {
  const resources = (await http.get('/metadata')).body.rest[0].resource as Body[];
  const { searchParam, searchInclude } = resources.find((one) => one.type === type);
  const listed = searchParam.find(({ name }: Body) => name === code);
  expect(listed?.definition).toBe(is ? `http://example.org/SearchParameter/${code}` : undefined);
  if (listed?.type !== 'reference') return;
  expect(searchInclude).toContain(`${type}:${code}`);
  expect(resources.find((one) => one.type === 'Practitioner').searchRevInclude).toContain(`${type}:${code}`);
}
