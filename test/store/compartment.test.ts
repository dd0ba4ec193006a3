/** Compartments as a whole: what is in them, in the order of the clinical date, whatever is written meanwhile. */
import { describe, expect, test } from '@jest/globals';
import { compartmentTypes, type CompartmentType } from '../../src/fhir/search/compartments.ts';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import type { CompartmentSearch } from '../../src/store/data-store.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { memoryTable } from './memory-table.ts';

const baseUrl = 'http://localhost/r4';
const objects = { put: async () => {}, get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) };

function open(omitted?: readonly string[]): OpenDataStore {
  let now = Date.UTC(2026, 0, 1);
  return openDataStore({
    resources: memoryTable(), index: memoryTable(), objects, ids: randomIds, secret: new Uint8Array(32), shards: 2, omitted,
    clock: { now: () => (now += 1), sleep: () => Promise.resolve() },
  });
}

async function put(store: OpenDataStore, resourceType: string, id: string, content: object = {}): Promise<void> {
  await store.write({ interaction: 'update', resource: { resourceType, id, ...content } });
}

const of = (patient: string): object => ({ subject: { reference: `Patient/${patient}` } });

function asked(compartment: CompartmentType, id: string, parameters: readonly NameValue[] = []): CompartmentSearch {
  return { compartment, id, queries: compartmentTypes(compartment).map((type) => parseSearch(type, parameters, { baseUrl, searchParameters: baseParameters })) };
}

async function pages(store: OpenDataStore, search: CompartmentSearch, between: (page: number) => Promise<void> = async () => {}): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const { matches, next } = await store.searchCompartment(search, cursor);
    found.push(matches.map(({ type, id }) => `${type}/${id}`));
    cursor = next;
    if (cursor !== undefined) await between(found.length);
  } while (cursor !== undefined);
  return found;
}

const observation = (id: string, day: number, patient = 'p'): readonly [string, string, object] =>
  ['Observation', id, { ...of(patient), effectiveDateTime: `2024-01-${String(day).padStart(2, '0')}` }];

async function stocked(): Promise<OpenDataStore> {
  const store = open();
  await put(store, 'Basic', 'undated', { subject: { reference: 'Patient/p' } });
  await put(...[store, ...observation('late', 20)] as const);
  await put(store, 'Encounter', 'stay', { ...of('p'), period: { start: '2024-01-05', end: '2024-01-30' } });
  // As subject and as performer, and by an absolute reference.
  await put(store, 'Observation', 'early', { ...of('p'), performer: [{ reference: `${baseUrl}/Patient/p` }], effectiveDateTime: '2024-01-01' });
  await put(store, 'Patient', 'p');
  await put(store, 'RelatedPerson', 'mother', { patient: { reference: 'Patient/p' } });
  await put(...[store, ...observation('other', 3, 'q')] as const);
  await put(store, 'Observation', 'elsewhere', { subject: { reference: 'http://elsewhere.example/Patient/p' } });
  return store;
}

const whole = ['Patient/p', 'Observation/early', 'Encounter/stay', 'Observation/late', 'Basic/undated', 'RelatedPerson/mother'];

describe('the compartment of a patient', () => {
  test('is the patient, what has a date in its order, and the rest by creation', async () => {
    expect(await pages(await stocked(), asked('Patient', 'p'))).toEqual([whole]);
  });

  test.each([1, 2, 3, 5])('is the same in pages of %d', async (count) => {
    const found = await pages(await stocked(), asked('Patient', 'p', [['_count', String(count)]]));
    expect(found.flat()).toEqual(whole);
    expect(found.every((page) => page.length <= count)).toBe(true);
  });

  test('is narrowed by the conditions of each type, and by what else has to hold', async () => {
    const store = await stocked();
    const { queries, ...rest } = asked('Patient', 'p');
    const observations = { ...rest, queries: queries.filter(({ type }) => type === 'Observation') };
    expect(await pages(store, observations)).toEqual([['Observation/early', 'Observation/late']]);
    expect(await pages(store, { ...observations, holds: ({ id }) => id === 'late' })).toEqual([['Observation/late']]);
    expect(await pages(store, asked('Patient', 'p', [['_id', 'early,stay']]))).toEqual([['Observation/early', 'Encounter/stay']]);
  });

  test('has nothing of a patient elsewhere who has the same id, whatever else names the one here', async () => {
    const store = open();
    const subject = { reference: 'http://elsewhere.example/Patient/p' };
    const note = { url: 'http://example.org/seen-with', valueReference: { reference: 'Patient/p' } };
    await put(store, 'Observation', 'foreign', { subject, extension: [note] });
    await put(store, 'Observation', 'foreign-escaped', { subject: { ...subject, display: '\u0001' }, extension: [note] });
    await put(store, 'Observation', 'both', { subject, performer: [{ reference: 'Patient/p/_history/1' }] });
    await put(store, 'Observation', 'longer', { subject: { reference: 'Patient/p2' }, performer: [{ reference: 'Patient/p' }] });
    expect(await pages(store, asked('Patient', 'p'))).toEqual([['Observation/both', 'Observation/longer']]);
  });

  test('is narrowed by the time of the last update', async () => {
    const store = await stocked();
    const since = async (bound: string): Promise<string[][]> => pages(store, asked('Patient', 'p', [['_lastUpdated', bound]]));
    expect(await since('ge2026-01-01T00:00:00Z')).toEqual([whole]);
    expect(await since('gt2026-01-02T00:00:00Z')).toEqual([[]]);
    const { lastUpdated } = (await store.read('Encounter', 'stay'))!;
    const from = await since(`ge${new Date(lastUpdated).toISOString()}`);
    expect(from).toEqual([whole.filter((name) => !['Observation/late', 'Basic/undated'].includes(name))]);
  });

  test('has neither what was deleted nor what does not refer to the patient any more', async () => {
    const store = await stocked();
    await store.write({ interaction: 'delete', type: 'Observation', id: 'late' });
    await put(...[store, ...observation('early', 1, 'q')] as const);
    expect(await pages(store, asked('Patient', 'p'))).toEqual([['Patient/p', 'Encounter/stay', 'Basic/undated', 'RelatedPerson/mother']]);
  });

  test('has each unchanged resource once, while others come, move and go between its pages', async () => {
    const store = open();
    await put(store, 'Patient', 'p');
    for (let day = 1; day <= 20; day += 1) await put(...[store, ...observation(`day-${day}`, day)] as const);
    const found = await pages(store, asked('Patient', 'p', [['_count', '3']]), async (page) => {
      await put(...[store, ...observation('day-19', page + 1)] as const);
      await put(...[store, ...observation(`new-${page}`, page + 8)] as const);
      await store.write({ interaction: 'delete', type: 'Observation', id: `new-${page - 1}` });
    });
    const unchanged = found.flat().filter((name) => !name.includes('new') && name !== 'Observation/day-19');
    expect(unchanged).toEqual(['Patient/p', ...Array.from({ length: 20 }, (_, day) => `Observation/day-${day + 1}`).filter((name) => name !== 'Observation/day-19')]);
  });

  test('tells resources of the same id and date apart by their type', async () => {
    const store = open();
    await put(store, 'Patient', 'p');
    for (const type of ['Observation', 'Procedure', 'DiagnosticReport']) {
      const date = type === 'Procedure' ? { performedDateTime: '2024-01-01' } : { effectiveDateTime: '2024-01-01' };
      await put(store, type, 'same', { ...of('p'), ...date });
    }
    const found = (await pages(store, asked('Patient', 'p', [['_count', '1']]))).flat();
    expect(found.toSorted()).toEqual(['DiagnosticReport/same', 'Observation/same', 'Patient/p', 'Procedure/same']);
  });

  test('has a patient that links to itself once', async () => {
    const store = open();
    await put(store, 'Patient', 'p', { link: [{ other: { reference: 'Patient/p' }, type: 'seealso' }] });
    await put(store, 'Patient', 'duplicate', { link: [{ other: { reference: 'Patient/p' }, type: 'replaces' }] });
    expect((await pages(store, asked('Patient', 'p', [['_count', '1']]))).flat()).toEqual(['Patient/p', 'Patient/duplicate']);
  });

  test('does not take the cursor of another', async () => {
    const store = await stocked();
    const { next } = await store.searchCompartment(asked('Patient', 'p', [['_count', '1']]));
    await expect(store.searchCompartment(asked('Patient', 'q', [['_count', '1']]), next)).rejects.toThrow('not of this search');
  });
});

describe('the compartment of an encounter', () => {
  const within = { encounter: { reference: 'Encounter/stay' } };

  test.each([1, 50])('is read by reference, in the same order, in pages of %d', async (count) => {
    const store = await stocked();
    await put(store, 'Observation', 'b', { ...within, effectiveDateTime: '2024-01-07' });
    await put(store, 'Procedure', 'a', { ...within, performedDateTime: '2024-01-06' });
    await put(store, 'DocumentManifest', 'undated', { related: [{ ref: { reference: 'Encounter/stay' } }] });
    const found = await pages(store, asked('Encounter', 'stay', [['_count', String(count)]]));
    expect(found.flat()).toEqual(['Encounter/stay', 'Procedure/a', 'Observation/b', 'DocumentManifest/undated']);
  });

  test('is refused where the store was made without a family that it takes', async () => {
    await expect(pages(open(['Observation.encounter']), asked('Encounter', 'stay'))).rejects.toThrow('keeps no index of Observation.encounter');
  });
});
