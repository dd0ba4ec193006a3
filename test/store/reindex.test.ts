/** How a store comes to search parameters of its own, and loses them again (docs/store.md, Search parameters of a store's own). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CustomDefinition } from '../../src/fhir/search/custom/definition-shape.ts';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { maxEntriesPerResource } from '../../src/store/entries.ts';
import { maxDefinitions } from '../../src/store/index-rules.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { rulesSettleMs } from '../../src/store/rules-source.ts';
import type { ReindexPosition } from '../../src/store/reindex.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable, type MemoryTable } from './memory-table.ts';

const rulesLifetimeMs = 30_000;
let now: number;
let made: number;
let resources: MemoryTable;
let index: MemoryTable;
let store: OpenDataStore;

/** @param lifetime given: as one of several processes */
function open(lifetime?: number): OpenDataStore {
  return openDataStore({
    resources,
    index,
    objects: undefined as unknown as ObjectStore,
    clock: { now: () => (now += 1), sleep: async (ms) => void (now += ms) },
    ids: {
      uuid: () => `id-${String((made += 1)).padStart(4, '0')}`,
      writeId: (nowMs) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, (_none, byte) => ((made += 1) >> byte) & 0xff)),
      rev: () => `rev${(made += 1)}`,
    },
    secret: new Uint8Array(32),
    shards: 2,
    ...(lifetime === undefined ? {} : { rulesLifetimeMs: lifetime }),
  });
}

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  made = 0;
  resources = memoryTable();
  index = memoryTable();
  store = open();
});

function definition(code: string, type: CustomDefinition['type'], expression: string, more: Partial<CustomDefinition> = {}): CustomDefinition {
  return { url: `http://parameters.example/${code}`, code, type, base: [expression.split('.')[0]!], expression, targets: [], ...more };
}

const eyes = definition('eyes', 'token', "Patient.extension.where(url='http://extensions.example/eyes').value");
const place = definition('birth-place', 'string', "Patient.extension.where(url='http://extensions.example/place').value");
const seen = definition('seen', 'date', "Patient.extension.where(url='http://extensions.example/seen').value");
const weight = definition('weight', 'quantity', "Patient.extension.where(url='http://extensions.example/weight').value");
const all = [eyes, place, seen, weight];

function patient(id: string, colour: string, more: object = {}): Resource & { id: string } {
  const extension = [
    { url: 'http://extensions.example/eyes', valueCode: colour },
    { url: 'http://extensions.example/place', valueString: `the town of ${colour}` },
    { url: 'http://extensions.example/seen', valueDateTime: colour === 'blue' ? '2020-05-01' : '2021-06-01' },
    { url: 'http://extensions.example/weight', valueQuantity: { value: colour === 'blue' ? 70 : 80, system: 'http://unitsofmeasure.org', code: 'kg' } },
  ];
  return { resourceType: 'Patient', id, extension, ...more };
}

const put = (resource: Resource & { id: string }, to = store) => to.write({ interaction: 'update', resource });

async function reindex(run: string, wanted: readonly CustomDefinition[], by = store): Promise<ReindexPosition> {
  let position = await by.reindexing.begin(run, wanted);
  while (position.phase !== 'done' && position.phase !== 'superseded') {
    if (position.notBefore !== undefined) now = Math.max(now, position.notBefore);
    // As a job does that keeps its place as JSON.
    position = await by.reindexing.advance(JSON.parse(JSON.stringify(position)) as ReindexPosition, 0);
  }
  return position;
}

async function found(type: string, parameters: readonly NameValue[], by = store): Promise<readonly string[]> {
  const query = parseSearch(type, parameters, { baseUrl: 'http://store.example', searchParameters: await by.searchParameters() });
  const { matches } = await by.search({ ...query, explain: true });
  return matches.map(({ id }) => id).sort();
}

const codesOf = async (type: string, by = store): Promise<readonly string[]> =>
  [...(await by.searchParameters()).of(type).values()].filter(({ custom }) => custom !== undefined).map(({ code }) => code).sort();

describe('a parameter of the store’s own', () => {
  test('is searched from the end of a reindexing on, whenever the resources were written', async () => {
    await put(patient('old', 'blue'));
    await put(patient('changed', 'brown'));
    await put(patient('gone', 'blue'));
    await store.write({ interaction: 'delete', type: 'Patient', id: 'gone' });
    expect(await codesOf('Patient')).toEqual([]);
    const { counts, phase } = await reindex('1', all);
    expect([phase, counts.examined, counts.unfit]).toEqual(['done', 3, {}]);
    await put(patient('changed', 'blue'));
    await put(patient('new', 'blue'));
    expect(await codesOf('Patient')).toEqual(['birth-place', 'eyes', 'seen', 'weight']);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual(['changed', 'new', 'old']);
    expect(await found('Patient', [['eyes', 'brown']])).toEqual([]);
    expect(await found('Patient', [['birth-place', 'town']])).toEqual(['changed', 'new', 'old']);
    expect(await found('Patient', [['birth-place:contains', 'lu']])).toEqual(['changed', 'new', 'old']);
    expect(await found('Patient', [['seen', 'lt2021'], ['eyes', 'blue']])).toEqual(['changed', 'new', 'old']);
    expect(await found('Patient', [['weight', '70000|http://unitsofmeasure.org|g']])).toEqual(['changed', 'new', 'old']);
    expect(await found('Patient', [['_sort', '-seen']])).toEqual(['changed', 'new', 'old']);
  });

  test.each<readonly [string, readonly NameValue[], string]>([
    ['token', [['eyes', 'blue']], 'token'],
    ['string', [['birth-place', 'town']], 'string'],
    ['date', [['seen', 'ge2020']], 'date'],
    ['quantity', [['weight', 'gt60']], 'number'],
  ])('of the kind %s is found by a family of its own', async (_kind, parameters, kind) => {
    await put(patient('a', 'blue'));
    await reindex('1', all);
    const query = parseSearch('Patient', parameters, { baseUrl: 'http://store.example', searchParameters: await store.searchParameters() });
    const { matches, explanation } = await store.search({ ...query, explain: true });
    expect([matches.length, explanation?.drivers[0]?.kind]).toEqual([1, kind]);
  });

  test('finds what a resource contains', async () => {
    const inside = definition('batch', 'string', 'Medication.batch.lotNumber');
    const contained = [{ resourceType: 'Medication', id: 'm', batch: { lotNumber: 'lot seven' } }];
    await put({ resourceType: 'MedicationRequest', id: 'request', contained });
    await reindex('1', [inside]);
    expect(await found('Medication', [['batch', 'lot'], ['_contained', 'true']])).toEqual(['request']);
  });

  test('never takes the place of one of R4’s', async () => {
    await reindex('1', [definition('birthdate', 'token', 'Patient.gender', { url: 'http://parameters.example/other' })]);
    expect((await store.searchParameters()).of('Patient').get('birthdate')).toBe(baseParameters.of('Patient').get('birthdate'));
  });

  test('is filed by transactions as by single writes', async () => {
    await reindex('1', all);
    await store.transact([{ interaction: 'update', resource: patient('a', 'blue') }, { interaction: 'update', resource: patient('b', 'blue') }]);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual(['a', 'b']);
    await store.transact([{ interaction: 'delete', type: 'Patient', id: 'a' }]);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual(['b']);
  });
});

describe('a parameter that is not wanted any more', () => {
  test('leaves nothing in the index, and nothing in the rules', async () => {
    await put(patient('a', 'blue'));
    const before = index.all().map(({ pk }) => pk);
    await reindex('1', all);
    expect(index.all().length).toBeGreaterThan(before.length);
    const { counts } = await reindex('2', []);
    expect(await codesOf('Patient')).toEqual([]);
    expect(index.all().map(({ pk }) => pk)).toEqual(before);
    expect(counts.removed).toBeGreaterThan(0);
  });

  test('is searched as it was until what comes in its place is complete', async () => {
    await put(patient('a', 'blue'));
    await reindex('1', [eyes]);
    const other = { ...eyes, expression: 'Patient.gender' };
    const position = await store.reindexing.begin('2', [other]);
    await store.reindexing.advance(position, 0);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual(['a']);
    await reindex('2', [other]);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual([]);
    await put(patient('b', 'blue', { gender: 'female' }));
    expect(await found('Patient', [['eyes', 'female']])).toEqual(['b']);
  });

  test('is found as long as some process may search by it, by what others write meanwhile too', async () => {
    const [one, other, third] = [open(rulesLifetimeMs), open(rulesLifetimeMs), open(rulesLifetimeMs)];
    await put(patient('a', 'brown'), one);
    await reindex('1', [eyes], one);
    const query = parseSearch('Patient', [['eyes', 'blue']], { baseUrl: 'http://store.example', searchParameters: await other.searchParameters() });
    const retiring = await one.reindexing.advance(await one.reindexing.begin('2', []), 0);
    expect(retiring.phase).toBe('retiring');
    expect(await codesOf('Patient', third)).toEqual([]);
    await put(patient('a', 'blue'), third);
    expect((await other.search(query)).matches.map(({ id }) => id)).toEqual(['a']);
  });

  test('may come back as it was', async () => {
    await put(patient('a', 'blue'));
    await reindex('1', [eyes]);
    await reindex('2', []);
    await put(patient('a', 'green'));
    await reindex('3', [eyes]);
    expect(await found('Patient', [['eyes', 'green,blue']])).toEqual(['a']);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual([]);
  });
});

describe('a reindexing', () => {
  test('may be done again from any of its positions', async () => {
    for (const [id, colour] of [['a', 'blue'], ['b', 'brown']] as const) await put(patient(id, colour));
    await reindex('1', [eyes]);
    const positions = [await store.reindexing.begin('2', [place])];
    while (positions.at(-1)!.phase !== 'done') positions.push(await store.reindexing.advance(positions.at(-1)!, 0));
    const after = JSON.stringify(index.all());
    for (const position of positions) {
      let again = position;
      while (again.phase !== 'done') again = await store.reindexing.advance(again, Infinity);
    }
    expect(JSON.stringify(index.all())).toBe(after);
    expect(await found('Patient', [['birth-place', 'town']])).toEqual(['a', 'b']);
    expect((await store.reindexing.begin('2', [])).phase).toBe('done');
  });

  test('ends where a later one has taken over, and the later one brings about what it wants', async () => {
    await put(patient('a', 'blue'));
    const first = await store.reindexing.begin('1', [eyes]);
    await reindex('2', [place]);
    expect((await store.reindexing.advance(first, Infinity)).phase).toBe('superseded');
    expect((await store.reindexing.begin('1', [eyes])).phase).toBe('superseded');
    expect(await codesOf('Patient')).toEqual(['birth-place']);
  });

  test('of what no process alone can know waits until every other has read the rules and ended its writes', async () => {
    const [one, other] = [open(rulesLifetimeMs), open(rulesLifetimeMs)];
    await put(patient('a', 'blue'), other);
    const begun = await one.reindexing.begin('1', [eyes]);
    const waiting = await one.reindexing.advance(begun, Infinity);
    expect(waiting.notBefore! - now).toBeGreaterThan(rulesLifetimeMs + rulesSettleMs - 100);
    expect(waiting.counts.examined).toBe(0);
    // The other still writes by the rules that it has.
    await put(patient('b', 'blue'), other);
    await reindex('1', [eyes], one);
    expect(await codesOf('Patient', open(rulesLifetimeMs))).toEqual(['eyes']);
    expect(await found('Patient', [['eyes', 'blue']], one)).toEqual(['a', 'b']);
  });

  test('waits in the one process of a store for the writes that were begun before', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const plain = index.batchWrite.bind(index);
    index.batchWrite = async (batch) => {
      await held;
      return plain(batch);
    };
    const writing = put(patient('late', 'blue'));
    await new Promise((resolve) => setImmediate(resolve));
    index.batchWrite = plain;
    const done = reindex('1', [eyes]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codesOf('Patient')).toEqual([]);
    release();
    await Promise.all([writing, done]);
    expect(await found('Patient', [['eyes', 'blue']])).toEqual(['late']);
  });

  test('does not bring a parameter to be searched for which a resource has more values than can be filed, and says which', async () => {
    const extension = Array.from({ length: maxEntriesPerResource + 1 }, (_, number) => ({ url: 'http://extensions.example/eyes', valueCode: `c${number}` }));
    await put({ resourceType: 'Patient', id: 'many', extension });
    await put(patient('a', 'blue'));
    const before = index.all().map(({ pk }) => pk);
    const { counts, phase } = await reindex('1', [eyes, place]);
    expect([phase, counts.unfit]).toEqual(['done', { [eyes.url]: 1 }]);
    expect(await codesOf('Patient')).toEqual(['birth-place']);
    await reindex('2', []);
    expect(index.all().map(({ pk }) => pk)).toEqual(before);
  });

  test('is refused with more parameters than a store may have', async () => {
    const many = Array.from({ length: maxDefinitions + 1 }, (_, number) => definition(`code-${number}`, 'token', 'Patient.gender'));
    await expect(store.reindexing.begin('1', many)).rejects.toMatchObject({ status: 422 });
    expect(await codesOf('Patient')).toEqual([]);
  });

  test('makes an index that was lost anew, history included', async () => {
    await put(patient('a', 'blue'));
    await reindex('1', all);
    await put(patient('a', 'brown'));
    await put(patient('b', 'blue'));
    await store.write({ interaction: 'delete', type: 'Patient', id: 'b' });
    const before = JSON.stringify(index.all());
    await index.batchWrite({ deletes: index.all() });
    let position = store.reindexing.rebuilding();
    while (position.phase !== 'done') position = await store.reindexing.advance(position, 0);
    expect(JSON.stringify(index.all())).toBe(before);
    expect(position.counts.examined).toBe(2);
  });
});
