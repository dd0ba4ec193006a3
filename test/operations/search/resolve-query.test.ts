/** What searches ask of stored definitions, hierarchies and lists (https://hl7.org/fhir/R4/search.html#token, #recursive, #list). */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import type { Criterion } from '../../../src/fhir/search/criteria.ts';
import type { SearchQuery } from '../../../src/fhir/search/search-query.ts';
import { randomIds } from '../../../src/machine/random-ids.ts';
import { systemClock } from '../../../src/machine/system-clock.ts';
import { maxResolvingCharacters, maxResolvingReads } from '../../../src/operations/search/bounded-reads.ts';
import { maxInnerMatches } from '../../../src/operations/search/every-match.ts';
import { hierarchies } from '../../../src/operations/search/resolve-hierarchy.ts';
import { resolveQuery } from '../../../src/operations/search/resolve-query.ts';
import { openDataStore, type OpenDataStore } from '../../../src/store/open-data-store.ts';
import { memoryTable } from '../../store/memory-table.ts';

const baseUrl = 'http://localhost/r4';
const animals = 'http://example.org/animals';
const pets = 'http://example.org/vs/pets';
const objects = { put: async () => {}, get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) };

let store: OpenDataStore;
const put = (resource: JsonObject & { resourceType: string; id: string }) => store.write({ interaction: 'update', resource });

beforeAll(() => {
  store = openDataStore({
    resources: memoryTable(), index: memoryTable(), objects, clock: systemClock, ids: randomIds, secret: new Uint8Array(32), shards: 1,
  });
});

const query = (type: string, ...parameters: (readonly [string, string])[]): SearchQuery => parseSearch(type, parameters, { baseUrl, searchParameters: baseParameters });
const resolved = (type: string, ...parameters: (readonly [string, string])[]) => resolveQuery(store, query(type, ...parameters));
const refusal = (type: string, ...parameters: (readonly [string, string])[]) =>
  resolved(type, ...parameters).then(() => undefined, (error: { status: number; message: string }) => error);

const codes = (criterion: Criterion | undefined) =>
  criterion?.kind === 'code-set' ? criterion.codes.members?.map(({ code }) => code).sort() : undefined;
const compareText = (one: string | undefined, other: string | undefined) => ((one ?? '') < (other ?? '') ? -1 : 1);
const firstCodes = async (type: string, name: string, value: string) => codes((await resolved(type, [name, value])).clauses[0]?.criteria[0]);
const ids = async (type: string, name: string, value: string) =>
  (await resolved(type, [name, value])).clauses.at(-1)!.criteria.map((criterion) => (criterion.kind === 'reference' ? criterion.id : criterion.kind === 'token' ? criterion.code : undefined)).sort(compareText);

function countedReads(over: Pick<OpenDataStore, 'read' | 'search'>) {
  return {
    reads: 0,
    read(...asked: Parameters<OpenDataStore['read']>) { this.reads += 1; return over.read(...asked); },
    search(...asked: Parameters<OpenDataStore['search']>) { this.reads += 1; return over.search(...asked); },
  };
}

test('a query that needs nothing is left as it is, and nothing is read', async () => {
  const asked = query('Observation', ['code', 'x'], ['_profile:below', 'http://example.org'], ['_filter', 'code eq x']);
  const nothing = { read: () => { throw new Error('read'); }, search: () => { throw new Error('searched'); } };
  expect(await resolveQuery(nothing, asked)).toBe(asked);
});

describe('what stands at the end of a chain', () => {
  const end = ({ joins }: SearchQuery): SearchQuery => {
    const [join] = joins!;
    const inner = join!.direction === 'forward' ? join!.targets[0]! : join!.referring;
    return inner.joins === undefined ? inner : end(inner);
  };

  test('is resolved as by itself, however deep it stands', async () => {
    await put({ resourceType: 'List', id: 'chained', status: 'current', mode: 'working', entry: [{ item: { reference: 'Patient/a' } }] });
    const asked = await resolved('Encounter', ['diagnosis:Condition._has:Observation:focus:patient._list', 'chained']);
    expect(end(asked)).toMatchObject({ lists: [], clauses: [{ parameter: { code: '_id' }, criteria: [{ kind: 'token', code: 'a' }] }] });
  });
  test('is refused as by itself', async () => {
    expect(await refusal('Observation', ['patient._list', 'nowhere'])).toMatchObject({ status: 404 });
    expect(await refusal('Patient', ['_has:Observation:patient:code:in', 'http://example.org/vs/nowhere'])).toMatchObject({ status: 400 });
  });
  test('is left as it is where it needs nothing', async () => {
    const asked = query('Observation', ['patient.organization.name', 'x']);
    expect(await resolveQuery(store, asked)).toBe(asked);
  });
});

describe(':in and :not-in', () => {
  beforeAll(async () => {
    const valueSet = { resourceType: 'ValueSet', status: 'active', url: pets };
    const of = (...listed: string[]) => ({ compose: { include: [{ system: animals, concept: listed.map((code) => ({ code })) }] } });
    await put({ ...valueSet, id: 'one', version: '1.9', ...of('dog') });
    await put({ ...valueSet, id: 'two', version: '1.10', ...of('dog', 'cat') });
    await put({ ...valueSet, id: 'three', version: '2.0', ...of('dragon'), status: 'draft' });
    await put({ ...valueSet, id: 'gender', url: 'http://hl7.org/fhir/ValueSet/administrative-gender', ...of('mine') });
    await put({ ...valueSet, id: 'kinds', url: 'http://example.org/vs/kinds', compose: { include: [{ system: animals, filter: [{ property: 'concept', op: 'is-a', value: 'mammal' }] }] } });
    await put({ ...valueSet, id: 'open', url: 'http://example.org/vs/open', compose: { include: [{ system: 'http://loinc.org', filter: [{ property: 'CLASS', op: '=', value: 'CHEM' }] }] } });
    await put({ resourceType: 'CodeSystem', id: 'animals', url: animals, status: 'active', content: 'complete', concept: [{ code: 'mammal', concept: [{ code: 'dog' }, { code: 'cat' }] }, { code: 'stone' }] });
  });

  test('take the newest active version of the canonical URL, and the version that it names', async () => {
    expect(await firstCodes('Condition', 'code:in', pets)).toEqual(['cat', 'dog']);
    expect(await firstCodes('Condition', 'code:in', `${pets}\\|1.9`)).toEqual(['dog']);
    expect(await firstCodes('Condition', 'code:in', `${pets}|2.0`)).toEqual(['dragon']);
  });

  test('take a literal reference, relative or absolute', async () => {
    expect(await firstCodes('Condition', 'code:in', 'ValueSet/one')).toEqual(['dog']);
    expect(await firstCodes('Condition', 'code:not-in', `${baseUrl}/ValueSet/one`)).toEqual(['dog']);
  });

  test('take what is stored before what R4 defines, and R4\'s where nothing is stored', async () => {
    expect(await firstCodes('Patient', 'gender:in', 'http://hl7.org/fhir/ValueSet/administrative-gender')).toEqual(['mine']);
    expect(await firstCodes('Condition', 'clinical-status:in', 'http://hl7.org/fhir/ValueSet/condition-ver-status')).toContain('confirmed');
  });

  test('filter by a stored code system', async () => {
    expect(await firstCodes('Condition', 'code:in', 'ValueSet/kinds')).toEqual(['cat', 'dog', 'mammal']);
  });

  test('keep their modifier, and are found within _filter', async () => {
    const { clauses, conditions } = await resolved('Condition', ['code:not-in', pets], ['_filter', `not (code in "${pets}")`]);
    expect(clauses[0]?.modifier).toBe('not-in');
    expect(JSON.stringify(conditions)).not.toContain('value-set');
    expect(JSON.stringify(conditions)).toContain('code-set');
  });

  test.each(['http://example.org/vs/jane-doe', 'ValueSet/jane-doe'])('refuse a value set that is not known, and do not repeat its name: %s', async (asked) => {
    const error = await refusal('Condition', ['code:in', asked]);
    expect(error).toMatchObject({ status: 400 });
    expect(error?.message).toMatch(/^code:in names a value set that is not known here/);
    expect(error?.message).not.toMatch(/jane/);
  });

  test('refuse what cannot be evaluated, with the reason', async () => {
    expect((await refusal('Condition', ['code:in', 'ValueSet/open']))?.message).toMatch(/code system http:\/\/loinc\.org is not known here/);
  });
});

describe(':below and :above on codes', () => {
  test('become the codes themselves', async () => {
    const { clauses } = await resolved('Condition', ['code:below', `${animals}|mammal`]);
    expect([clauses[0]?.modifier, codes(clauses[0]?.criteria[0])]).toEqual([undefined, ['cat', 'dog', 'mammal']]);
    expect(await firstCodes('Condition', 'code:above', `${animals}|dog`)).toEqual(['dog', 'mammal']);
    expect(await firstCodes('Encounter', 'class:below', 'http://terminology.hl7.org/CodeSystem/v3-ActCode|IMP')).toEqual(['ACUTE', 'IMP', 'NONAC']);
  });

  test('leave MIME types to their text', async () => {
    const { clauses } = await resolved('DocumentReference', ['contenttype:below', 'text/xml']);
    expect([clauses[0]?.modifier, clauses[0]?.criteria[0]?.kind]).toEqual([undefined, 'code-set']);
  });

  test('refuse a code without its system, and a system that is not known', async () => {
    expect((await refusal('Condition', ['code:below', 'mammal']))?.message).toMatch(/system\|code/);
    expect((await refusal('Condition', ['code:below', 'http://snomed.info/sct|1']))?.message).toMatch(/not all of its concepts are known/);
    expect((await refusal('Condition', ['code:below', 'http://example.org/jane|1']))?.message).not.toMatch(/jane/);
  });
});

describe(':below and :above on references', () => {
  const location = (id: string, parent?: string) =>
    put({ resourceType: 'Location', id, ...(parent === undefined ? {} : { partOf: { reference: parent } }) });

  beforeAll(async () => {
    await location('hospital');
    await location('ward', 'Location/hospital');
    await location('room', `${baseUrl}/Location/ward`);
    await location('bed', 'Location/room');
    await location('garden', 'Location/hospital');
    await location('elsewhere', 'http://other.example/Location/hospital');
    await location('hen', 'Location/egg');
    await location('egg', 'Location/hen');
    await put({ resourceType: 'CarePlan', id: 'plan', status: 'active', intent: 'plan', subject: { reference: 'Patient/1' } });
    await put({ resourceType: 'CarePlan', id: 'part', status: 'active', intent: 'plan', subject: { reference: 'Patient/1' }, partOf: [{ reference: 'CarePlan/plan' }] });
    await put({ resourceType: 'CarePlan', id: 'next', status: 'active', intent: 'plan', subject: { reference: 'Patient/1' }, replaces: [{ reference: 'CarePlan/plan' }] });
  });

  test('reach transitively through the hierarchy that the resources asked for stand in', async () => {
    expect(await ids('Procedure', 'location:below', 'ward')).toEqual(['bed', 'room', 'ward']);
    expect(await ids('Procedure', 'location:below', 'Location/hospital')).toEqual(['bed', 'garden', 'hospital', 'room', 'ward']);
    expect(await ids('Procedure', 'location:above', `${baseUrl}/Location/bed`)).toEqual(['bed', 'hospital', 'room', 'ward']);
    expect(await ids('Location', 'partof:below', 'ward')).toEqual(['bed', 'room', 'ward']);
  });

  test('end where the references go in circles, and where a resource is missing', async () => {
    expect(await ids('Procedure', 'location:below', 'hen')).toEqual(['egg', 'hen']);
    expect(await ids('Procedure', 'location:above', 'hen')).toEqual(['egg', 'hen']);
    expect(await ids('Procedure', 'location:above', 'nowhere')).toEqual(['nowhere']);
  });

  test('follow the parameter\'s own hierarchy where it is one', async () => {
    expect(await ids('CarePlan', 'replaces:below', 'CarePlan/plan')).toEqual(['next', 'plan']);
    expect(await ids('ServiceRequest', 'based-on:below', 'CarePlan/plan')).toEqual(['part', 'plan']);
  });

  test('leave canonical URLs to their versions', async () => {
    const asked = query('QuestionnaireResponse', ['questionnaire:below', 'http://example.org/Questionnaire/q|1']);
    expect((await resolveQuery(store, asked)).clauses).toEqual(asked.clauses);
  });

  test('refuse what R4 declares no hierarchy', async () => {
    expect(await refusal('Observation', ['subject:below', 'Patient/1'])).toMatchObject({ status: 400 });
    expect(await refusal('QuestionnaireResponse', ['questionnaire:above', 'http://example.org/Questionnaire/q|1'])).toMatchObject({ status: 400 });
  });

  test('are bounded', async () => {
    await Promise.all(Array.from({ length: maxInnerMatches + 1 }, (_each, position) => location(`bed-${position}`, 'Location/dormitory')));
    expect(await refusal('Procedure', ['location:below', 'dormitory'])).toMatchObject({ status: 403 });
  });

  test('are followed once for all values that lie in one hierarchy', async () => {
    const counted = countedReads(store);
    await resolveQuery(counted, query('Procedure', ['location:below', 'hospital,ward,room,bed'], ['location:above', 'bed,room,ward,hospital']));
    expect(counted.reads).toEqual(6);
  });

  test('know the parameters that they follow', async () => {
    for (const [type, parameters] of Object.entries(hierarchies)) {
      for (const parameter of parameters) expect(await ids(type, `${parameter}:above`, `${type}/nowhere`)).toEqual(['nowhere']);
    }
  });
});

describe('_list', () => {
  beforeAll(async () => {
    const entry = (reference: string, more: JsonObject = {}) => ({ item: { reference }, ...more });
    const list = { resourceType: 'List', status: 'current', mode: 'working' };
    await put({
      ...list, id: 'some',
      entry: [entry('Patient/a'), entry(`${baseUrl}/Patient/b`), entry('Patient/a'), entry('Patient/gone', { deleted: true }), entry('Group/g'), entry('http://other.example/Patient/z'), { item: { display: 'text' } }],
    });
    await put({ ...list, id: 'more', entry: [entry('Patient/c')] });
    await put({ ...list, id: 'none' });
  });

  test('becomes the ids of the type that the List refers to', async () => {
    expect(await ids('Patient', '_list', 'some')).toEqual(['a', 'b']);
    expect(await ids('Patient', '_list', 'some,more')).toEqual(['a', 'b', 'c']);
    expect((await resolved('Patient', ['_list', 'some'])).lists).toEqual([]);
  });

  test('given twice asks for what is in both', async () => {
    const { clauses } = await resolved('Patient', ['_list', 'some'], ['_list', 'more']);
    expect(clauses.map(({ parameter, criteria }) => [parameter.code, criteria.length])).toEqual([['_id', 2], ['_id', 1]]);
  });

  test('finds nothing in a List without entries of the type', async () => {
    const { matches } = await store.search(await resolved('Patient', ['_list', 'none']));
    expect(matches).toEqual([]);
  });

  test('answers 404 for a List that is not there, and does not repeat its id', async () => {
    const error = await refusal('Patient', ['_list', 'jane-doe']);
    expect(error).toMatchObject({ status: 404 });
    expect(error?.message).not.toMatch(/jane/);
  });
});

describe('a search for what was resolved', () => {
  beforeAll(async () => {
    const condition = { resourceType: 'Condition', subject: { reference: 'Patient/1' } };
    const coded = (id: string, system: string, code: string) => put({ ...condition, id, code: { coding: [{ system, code }] } });
    await coded('barks', animals, 'dog');
    await coded('lies', animals, 'stone');
    await coded('other', 'http://example.org/other', 'dog');
    await put({ ...condition, id: 'uncoded', code: { text: 'dog' } });
    await put({ resourceType: 'Patient', id: 'a', gender: 'female' });
    await put({ resourceType: 'Patient', id: 'b', gender: 'male' });
    await put({ resourceType: 'Patient', id: 'd', gender: 'unknown' });
    await put({ resourceType: 'Procedure', id: 'in-bed', status: 'completed', subject: { reference: 'Patient/a' }, location: { reference: 'Location/bed' } });
    await put({ resourceType: 'Procedure', id: 'in-garden', status: 'completed', subject: { reference: 'Patient/a' }, location: { reference: 'Location/garden' } });
  });

  const found = async (type: string, ...parameters: (readonly [string, string])[]) =>
    (await store.search(await resolved(type, ...parameters))).matches.map(({ id }) => id).sort();

  test.each([
    ['Condition', 'code:in', pets, ['barks']],
    ['Condition', 'code:not-in', pets, ['lies', 'other', 'uncoded']],
    ['Condition', 'code:below', `${animals}|mammal`, ['barks']],
    ['Condition', '_filter', `code in "${pets}"`, ['barks']],
    ['Patient', 'gender:in', 'http://hl7.org/fhir/ValueSet/administrative-gender', []],
    ['Patient', '_list', 'some', ['a', 'b']],
    ['Procedure', 'location:below', 'ward', ['in-bed']],
    ['Procedure', 'location:above', 'garden', ['in-garden']],
  ])('finds what it should: %s?%s=%s', async (type, name, value, expected) => {
    expect(await found(type, [name, value])).toEqual(expected);
  });

  test('takes a code without a system by its code, since the element implies the system', async () => {
    await put({ resourceType: 'ValueSet', id: 'two-genders', url: 'http://example.org/vs/two', status: 'active', compose: { include: [{ system: 'http://hl7.org/fhir/administrative-gender', concept: [{ code: 'male' }, { code: 'female' }] }] } });
    expect(await found('Patient', ['gender:in', 'http://example.org/vs/two'])).toEqual(['a', 'b']);
    expect(await found('Patient', ['gender:not-in', 'http://example.org/vs/two'])).toEqual(['d']);
    expect(await found('Patient', ['_list', 'some'], ['gender', 'female'])).toEqual(['a']);
  });
});

describe('what is read to resolve a query is bounded', () => {
  const listOf = (json: string) => ({ type: 'List', id: 'x', versionId: 1, lastUpdated: 0, interaction: 'update' as const, json });
  const refused = { status: 403, message: expect.stringMatching(/Name fewer of them/) };

  test('in its size', async () => {
    const large = countedReads({ read: async () => listOf(`{"text":"${'x'.repeat(maxResolvingCharacters / 4)}"}`), search: store.search });
    await expect(resolveQuery(large, query('Observation', ['_list', 'a,b,c,d,e,f,g']))).rejects.toMatchObject(refused);
    expect(large.reads).toBe(4);
  });

  test('in its number', async () => {
    const many = countedReads({ read: async () => listOf('{}'), search: store.search });
    const lists = Array.from({ length: 1000 }, (_each, position) => `l${position}`).join(',');
    const asked = query('Observation', ['_list', lists]);
    await expect(resolveQuery(many, { ...asked, lists: [...asked.lists, ...asked.lists, ...asked.lists] })).rejects.toMatchObject(refused);
    expect(many.reads).toBe(maxResolvingReads);
  });

  test('for each value set once', async () => {
    const counted = countedReads(store);
    await resolveQuery(counted, query('Condition', ['code:in', 'ValueSet/two,ValueSet/two,ValueSet/two'], ['code:not-in', 'ValueSet/two']));
    expect(counted.reads).toBe(1);
  });
});
