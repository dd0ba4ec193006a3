/** What shapes the answer of a search: order, totals, contained resources and the explanation (https://hl7.org/fhir/R4/search.html#return). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { maxCursorBytes } from '../../src/store/cursor.ts';
import type { SearchMatch, SearchPage } from '../../src/store/data-store.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { wholeTimeBudgetMs } from '../../src/store/store-context.ts';
import { memoryTable } from './memory-table.ts';

const noObjects = undefined as unknown as ObjectStore;
let store: OpenDataStore;
let now = Date.UTC(2026, 0, 1);
let tickMs = 1;
const clock: Clock = { now: () => (now += tickMs), sleep: () => Promise.resolve() };

beforeEach(() => {
  tickMs = 1;
  store = openDataStore({
    resources: memoryTable(), index: memoryTable(), objects: noObjects, clock, ids: randomIds, secret: new Uint8Array(32), shards: 2,
  });
});

async function put(...resources: readonly (Resource & { id: string })[]): Promise<void> {
  for (const resource of resources) await store.write({ interaction: 'update', resource });
}

function page(type: string, parameters: readonly NameValue[], cursor?: string): Promise<SearchPage> {
  return store.search(parseSearch(type, parameters, { baseUrl: 'http://store.example', searchParameters: baseParameters }), cursor);
}

async function pages(type: string, ...parameters: readonly NameValue[]): Promise<readonly SearchPage[]> {
  const all: SearchPage[] = [];
  let cursor: string | undefined;
  do {
    all.push(await page(type, parameters, cursor));
    cursor = all.at(-1)!.next;
    expect(cursor?.length ?? 0).toBeLessThanOrEqual(maxCursorBytes);
  } while (cursor !== undefined);
  return all;
}

const idsOf = (matches: readonly SearchMatch[]): readonly string[] => matches.map(({ id }) => id);
const allIds = async (type: string, ...parameters: readonly NameValue[]): Promise<readonly string[]> =>
  (await pages(type, ...parameters)).flatMap(({ matches }) => idsOf(matches));

function patient(id: string, family: string | undefined, gender?: string): Resource & { id: string } {
  return { resourceType: 'Patient', id, ...(family === undefined ? {} : { name: [{ family }] }), ...(gender === undefined ? {} : { gender }) };
}

describe('_sort by what the index is not in the order of', () => {
  beforeEach(() => put(patient('a', 'Zoe', 'male'), patient('b', 'adams', 'female'), patient('c', undefined, 'male'), patient('d', 'Ábel', 'male'), patient('e', 'adams')));

  test.each(['1', '2', '3', '50'])('is the same by pages of %s, and resources without the value follow', async (count) => {
    expect(await allIds('Patient', ['_sort', 'family'], ['_count', count])).toEqual(['d', 'b', 'e', 'a', 'c']);
    expect(await allIds('Patient', ['_sort', '-family'], ['_count', count])).toEqual(['a', 'b', 'e', 'd', 'c']);
  });

  test('compares by the second key where the first is equal, and by id where all are', async () => {
    expect(await allIds('Patient', ['_sort', 'gender,-family'], ['_count', '2'])).toEqual(['b', 'a', 'd', 'c', 'e']);
  });

  test('by a date and something else is of both', async () => {
    expect(await allIds('Patient', ['_sort', 'birthdate,-family'], ['_count', '2'])).toEqual(['a', 'b', 'e', 'd', 'c']);
  });

  test('never filters', async () => {
    expect(await allIds('Patient', ['gender', 'male'], ['_sort', 'family'])).toEqual(['d', 'a', 'c']);
  });

  test('of texts that begin alike, however long, brings each once', async () => {
    const long = 'é'.repeat(1000);
    await put(...[1, 2, 3, 4].map((number) => patient(`long${number}`, `${long}${4 - number}`)));
    const found = await allIds('Patient', ['_sort', 'family,given,address,gender,_id'], ['_count', '1']);
    expect([...found].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'long1', 'long2', 'long3', 'long4']);
  });

  test('fails where it cannot look at all matches in time, and says what to do', async () => {
    await put(...Array.from({ length: 600 }, (_, number) => patient(`p${number}`, 'x')));
    tickMs = wholeTimeBudgetMs + 1;
    await expect(page('Patient', [['_sort', 'family']])).rejects.toThrow('Narrow the search');
  });
});

describe('_total', () => {
  beforeEach(() => put(...Array.from({ length: 25 }, (_, number) => patient(`p${number}`, number % 2 === 0 ? 'even' : 'odd', 'male'))));

  test('accurate is of all pages, on each of them', async () => {
    for (const parameters of [[['family', 'even']], [['family', 'even'], ['_sort', 'gender']], [['family', 'even'], ['_sort', '_lastUpdated']]] as NameValue[][]) {
      const found = await pages('Patient', ...parameters, ['_total', 'accurate'], ['_count', '4']);
      expect(found).toHaveLength(4);
      expect(found.map(({ total }) => total)).toEqual([13, 13, 13, 13]);
    }
  });

  test('accurate without a criterion counts the resources that there are now', async () => {
    await store.write({ interaction: 'delete', type: 'Patient', id: 'p0' });
    await put(patient('p1', 'changed'));
    expect((await page('Patient', [['_total', 'accurate'], ['_count', '1']])).total).toBe(24);
  });

  test('is left out unless it is asked for', async () => {
    expect(await page('Patient', [['_count', '4']])).not.toHaveProperty('total');
  });

  test('alone is what _count=0 asks for', async () => {
    const { matches, next, total } = await page('Patient', [['family', 'odd'], ['_count', '0']]);
    expect([matches, next, total]).toEqual([[], undefined, 12]);
  });

  test('estimated counts entries, and is no less than the page', async () => {
    expect((await page('Patient', [['family', 'even'], ['_total', 'estimate'], ['_count', '2']])).total).toBe(13);
    expect((await page('Patient', [['family', 'even'], ['_total', 'estimate'], ['_count', '0']])).total).toBe(13);
  });

  test('accurate fails where there is no time to count', async () => {
    await put(...Array.from({ length: 600 }, (_, number) => patient(`q${number}`, 'x')));
    tickMs = wholeTimeBudgetMs + 1;
    await expect(page('Patient', [['_count', '0']])).rejects.toMatchObject({ status: 403 });
  });
});

describe('_contained', () => {
  const medication = (id: string, code: string): Resource & { id: string } => ({ resourceType: 'Medication', id, code: { coding: [{ code }] } });
  const request = (resourceType: string, ...contained: readonly (Resource & { id: string })[]): Resource & { id: string } =>
    ({ resourceType, id: 'r', status: 'active', intent: 'order', contained: [...contained] });

  beforeEach(() => put(
    medication('m', 'x'),
    request('MedicationRequest', medication('one', 'x'), medication('two', 'y'), medication('three', 'x')),
    request('MedicationDispense', medication('one', 'x')),
    request('MedicationStatement', medication('one', 'y')),
  ));
  const found = async (...parameters: readonly NameValue[]): Promise<readonly unknown[]> =>
    (await pages('Medication', ...parameters)).flatMap(({ matches }) => matches.map(({ type, contained }) => [type, contained] as const))
      .sort(([one], [other]) => (one < other ? -1 : 1));

  test('true finds containers, each once, with the ids of what matches in them', async () => {
    for (const count of ['1', '50']) {
      expect(await found(['code', 'x'], ['_contained', 'true'], ['_count', count])).toEqual([
        ['MedicationDispense', ['one']], ['MedicationRequest', ['one', 'three']],
      ]);
    }
  });

  test('both finds the resources themselves as well', async () => {
    for (const count of ['1', '2', '50']) {
      expect(await found(['code', 'x'], ['_contained', 'both'], ['_count', count])).toEqual([
        ['Medication', undefined], ['MedicationDispense', ['one']], ['MedicationRequest', ['one', 'three']],
      ]);
    }
  });

  test('both finds a resource beside what it contains, where contained resources are answered themselves', async () => {
    await put({ ...medication('kit', 'x'), contained: [medication('part', 'x')] });
    const kit = async (...parameters: readonly NameValue[]): Promise<readonly unknown[]> =>
      (await pages('Medication', ['_id', 'kit,part'], ['_contained', 'both'], ...parameters)).flatMap(({ matches }) =>
        matches.map(({ contained, itself }) => ({ contained, itself })));
    expect(await kit(['_containedType', 'contained'])).toEqual([{ contained: ['part'], itself: true }]);
    expect(await kit()).toEqual([{ contained: undefined, itself: undefined }]);
  });

  test('false, and nothing, finds the resources themselves only', async () => {
    expect(await found(['code', 'x'])).toEqual([['Medication', undefined]]);
  });

  test('is sorted and counted as other matches are', async () => {
    const [first] = await pages('Medication', ['_contained', 'both'], ['_sort', 'code'], ['_total', 'accurate'], ['_count', '2']);
    expect(first!.total).toBe(4);
    expect(await found(['_contained', 'both'], ['_sort', 'code'], ['_count', '1'])).toHaveLength(4);
  });
});

describe('an explanation', () => {
  test('tells the drivers, the chosen one first, and what was read', async () => {
    await put(...Array.from({ length: 10 }, (_, number) => patient(`p${number}`, 'x', 'male')), patient('q', 'x', 'female'));
    const { explanation } = await page('Patient', [['family', 'x'], ['gender', 'female'], ['_explain', 'true']]);
    expect(explanation!.drivers[0]).toMatchObject({ kind: 'token' });
    expect(explanation!.drivers.map(({ kind }) => kind)).toEqual(['token', 'string', 'type']);
    expect(explanation).toMatchObject({ order: 'walk', candidates: 12, hydrations: 1, matches: 1, readUnits: 3 });
  });

  test('is given only when it is asked for', async () => {
    expect(await page('Patient', [])).not.toHaveProperty('explanation');
  });
});
