/** The writes of a bulk import: each line applied once, the last of a job winning, what users write afterwards staying. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { ImportWrite } from '../../src/store/importing.ts';
import type { DataStoreParts } from '../../src/store/open-store-context.ts';
import type { PutWithEntries } from '../../src/store/store-context.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { maxKeptVersionId } from '../../src/store/kept-version.ts';
import { TableUnavailable } from '../../src/ports/ordered-table.ts';
import type { Batch, OrderedTable } from '../../src/ports/ordered-table.ts';
import { maxEntriesPerResource } from '../../src/store/entries.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from './memory-table.ts';
import { seededRandom } from './model/random.ts';

const job = { job: 'j1', submitted: Date.UTC(2026, 0, 1) };

function open(resources: OrderedTable = memoryTable(), more: Partial<DataStoreParts> = {}): OpenDataStore {
  const objects = new Map<string, Uint8Array>();
  let made = 0;
  return openDataStore({
    resources, index: memoryTable(),
    objects: {
      put: async (key, body) => void objects.set(key, body),
      get: async (key) => objects.get(key),
      delete: async (key) => void objects.delete(key),
      list: () => Promise.reject(new Error('nobody lists')),
    },
    clock: { now: () => job.submitted + (made += 1), sleep: () => Promise.resolve() },
    ids: { uuid: () => `new-${(made += 1)}`, writeId: (nowMs) => encodeWriteId(nowMs, new Uint8Array(10).fill((made += 1))), rev: () => `r${(made += 1)}` },
    secret: new Uint8Array(32), shards: 1, ...more,
  });
}

/** Of tables that can be written under one commit. */
function openTogether(resources: OrderedTable = memoryTable(), { index = memoryTable(), ...more }: Partial<DataStoreParts> = {}): OpenDataStore {
  const putWithEntries: PutWithEntries = async (item, condition, entries) => {
    const outcome = await resources.put(item, condition);
    if (outcome.written) await index.batchWrite({ puts: entries });
    return outcome;
  };
  return open(resources, { ...more, index, putWithEntries });
}

function named(place: number, name: JsonObject[], more: JsonObject & { id: string }): ImportWrite {
  return { type: 'Patient', id: more.id, place: String(place).padStart(4, '0'), resource: () => ({ resourceType: 'Patient', ...more, name }) };
}

function line(place: number, family: string, id = 'a'): ImportWrite {
  return named(place, [{ family }], { id });
}

function numbered(place: number, name: string, versionId: string): ImportWrite {
  return named(place, [{ family: name }], { id: 'a', meta: { versionId, lastUpdated: '2001-01-01T00:00:00Z' } });
}

async function family(store: OpenDataStore, id = 'a'): Promise<string | undefined> {
  const json = (await store.read('Patient', id))?.json;
  return json === undefined ? undefined : (JSON.parse(json) as { name: [{ family: string }] }).name[0].family;
}

async function put(store: OpenDataStore, name: string): Promise<void> {
  await store.write({ interaction: 'update', resource: { resourceType: 'Patient', id: 'a', name: [{ family: name }] } });
}

async function effect(store: OpenDataStore, write: ImportWrite, of = job): Promise<string> {
  const [outcome] = await store.importing.importMany([write], of);
  return 'effect' in outcome! ? outcome.effect : `refused ${outcome!.refused.status}`;
}

describe('a line of an import whose version and entries are put together', () => {
  test('makes the first version of a resource that is new, with its entries', async () => {
    const index = memoryTable();
    const store = openTogether(memoryTable(), { index });
    const outcomes = await store.importing.importMany([line(1, 'One'), line(2, 'Two', 'b')], job);
    expect(outcomes).toEqual([1, 2].map(() => ({ effect: 'written', created: true, versionId: 1 })));
    expect(await family(store, 'b')).toBe('Two');
    const apart = memoryTable();
    await open(memoryTable(), { index: apart }).importing.importMany([line(1, 'One'), line(2, 'Two', 'b')], job);
    expect(index.all().map(({ pk }) => pk)).toEqual(apart.all().map(({ pk }) => pk));
  });

  test('yields to a user who makes the resource between its reading and its writing, and leaves no entries of its own', async () => {
    const [resources, index] = [memoryTable(), memoryTable()];
    let user: Promise<unknown> | undefined;
    const store = openTogether({ ...resources, put: async (item, condition) => {
      user ??= put(open(resources, { index }), 'User');
      await user;
      return resources.put(item, condition);
    } }, { index });
    expect(await store.importing.importMany([line(1, 'Job')], job)).toEqual([{ effect: 'written', created: false, versionId: 2 }]);
    const ofOneVersion = memoryTable();
    await openTogether(memoryTable(), { index: ofOneVersion }).importing.importMany([line(1, 'Job')], job);
    // The history of both versions stays.
    expect(index.all()).toHaveLength(ofOneVersion.all().length + 1);
  });

  test('is refused alone where it has too many values', async () => {
    const name = Array.from({ length: maxEntriesPerResource + 1 }, (_, number) => ({ family: `name${number}` }));
    const outcomes = await openTogether().importing.importMany([named(1, name, { id: 'a' }), line(2, 'Two', 'b')], job);
    expect(outcomes).toMatchObject([{ refused: { status: 422 } }, { effect: 'written' }]);
  });

  test('is not known to be written where the tables cannot tell', async () => {
    const store = open(memoryTable(), { putWithEntries: () => Promise.reject(new TableUnavailable('Nobody knows.')) });
    await expect(store.importing.importMany([line(1, 'One')], job)).rejects.toThrow(TableUnavailable);
  });

  test('need not be held until it is written: others are made ready meanwhile, and it is asked for again where another came between', async () => {
    const resources = memoryTable();
    const landing = Promise.withResolvers<void>();
    let asked = 0;
    const store = open(resources, { putWithEntries: async (_item, _condition) => {
      await landing.promise;
      return { written: false, found: undefined };
    } });
    const write = line(1, 'One');
    const ready = Promise.withResolvers<void>();
    const counted = { ...write, resource: () => {
      asked += 1;
      return write.resource();
    } };
    const outcomes = store.importing.importMany([counted], job, ready.resolve);
    await ready.promise;
    expect(asked).toBe(1);
    landing.resolve();
    expect(await outcomes).toEqual([{ effect: 'written', created: true, versionId: 1 }]);
    expect(asked).toBe(2);
  });
});

describe.each([['apart', open], ['together', openTogether]])('a line of an import whose version and entries are put %s', (_, open) => {
  test('makes the first version of a resource that is new, and searches find it', async () => {
    const store = open();
    const outcomes = await store.importing.importMany([line(1, 'One'), line(2, 'Two', 'b')], job);
    expect(outcomes).toEqual([1, 2].map(() => ({ effect: 'written', created: true, versionId: 1 })));
    expect(await family(store, 'b')).toBe('Two');
    expect((await store.history({ count: 10 })).versions).toHaveLength(2);
  });

  test('makes a further version of a resource that is there and differs, and none of one that does not', async () => {
    const store = open();
    await put(store, 'One');
    expect(await effect(store, line(1, 'One'))).toBe('unchanged');
    expect(await effect(store, line(2, 'Two'))).toBe('written');
    expect((await store.read('Patient', 'a'))?.versionId).toBe(2);
  });

  test('is applied once, and what a user wrote afterwards stays when it is repeated', async () => {
    const store = open();
    expect(await effect(store, line(1, 'Job'))).toBe('written');
    await put(store, 'User');
    await put(store, 'User again');
    expect(await effect(store, line(1, 'Job'))).toBe('repeated');
    expect(await family(store)).toBe('User again');
  });

  test('that a user deleted stays deleted when it is repeated', async () => {
    const store = open();
    await effect(store, line(1, 'Job'));
    await store.write({ interaction: 'delete', type: 'Patient', id: 'a' });
    expect(await effect(store, line(1, 'Job'))).toBe('repeated');
    expect((await store.read('Patient', 'a'))?.interaction).toBe('delete');
  });

  test('that changed nothing is not applied over what a user wrote afterwards either', async () => {
    const store = open();
    await put(store, 'Same');
    expect(await effect(store, line(1, 'Same'))).toBe('unchanged');
    await put(store, 'User');
    expect(await effect(store, line(1, 'Same'))).toBe('repeated');
    expect(await family(store)).toBe('User');
  });

  test('of another job is applied over what is there', async () => {
    const store = open();
    await effect(store, line(1, 'First'));
    expect(await effect(store, line(1, 'Second'), { ...job, job: 'j2' })).toBe('written');
    expect(await effect(store, line(1, 'First'))).toBe('repeated');
    expect(await family(store)).toBe('Second');
  });

  test('yields to a later one of its job for the same id that was applied before it', async () => {
    const store = open();
    await effect(store, line(2, 'Later'));
    expect(await effect(store, line(1, 'Earlier'))).toBe('superseded');
    expect(await family(store)).toBe('Later');
  });

  test('yields also to a later one that changed nothing', async () => {
    const store = open();
    await put(store, 'Same');
    await effect(store, line(2, 'Same'));
    expect(await effect(store, line(1, 'Earlier'))).toBe('superseded');
    expect(await family(store)).toBe('Same');
    expect((await store.read('Patient', 'a'))?.versionId).toBe(1);
  });

  test('that changed nothing keeps earlier ones away though a writer puts the version it found among the past ones late, as it had read it', async () => {
    const table = memoryTable();
    const late = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const batchWrite = async (batch: Batch): Promise<void> => {
      held.resolve();
      await late.promise;
      await table.batchWrite(batch);
    };
    const store = open(table);
    await put(store, 'One');
    // Has read the version before it is affirmed, and lays it among the past ones after everybody else.
    const slow = put(open({ ...table, batchWrite }), 'Slow');
    await held.promise;
    expect(await effect(store, line(2, 'One'))).toBe('unchanged');
    await put(store, 'User');
    late.resolve();
    await slow;
    await put(store, 'User again');
    expect(await effect(store, line(1, 'Earlier'))).toBe('superseded');
    expect(await effect(store, line(2, 'One'))).toBe('repeated');
    expect(await family(store)).toBe('User again');
  });

  test('is told from those before it whose traces later versions of others still have', async () => {
    const store = open();
    await put(store, 'One');
    expect(await effect(store, line(1, 'One'))).toBe('unchanged');
    await put(store, 'Two');
    await put(store, 'User');
    // Found the second version just so and died: as far as anybody can tell.
    expect(await effect(store, line(2, 'Two'))).toBe('unchanged');
    expect(await effect(store, line(3, 'Zero'))).toBe('written');
  });

  test('that cannot be filed is refused, and the others are applied', async () => {
    const store = open();
    const name = Array.from({ length: maxEntriesPerResource + 1 }, (_, index) => ({ family: `n${index}` }));
    const outcomes = await store.importing.importMany(
      [named(1, name, { id: 'a' }), line(2, 'Two', 'b')], job,
    );
    expect(outcomes.map((outcome) => ('refused' in outcome ? outcome.refused.status : outcome.effect))).toEqual([422, 'written']);
    expect(await store.read('Patient', 'a')).toBeUndefined();
  });

  test('wins as the last of its id, in whatever order and however often all are applied, alone and together', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = seededRandom(seed);
      const store = open();
      if (random.below(2) === 0) await put(store, ['A', 'B', 'C'][random.below(3)]!);
      const lines = [1, 2, 3, 4].map((place) => numbered(place, ['A', 'B', 'C'][random.below(3)]!, String(random.below(9))));
      const calls = Array.from({ length: 10 }, () => lines.filter(() => random.below(3) === 0));
      const of = { ...job, keepsVersions: random.below(2) === 0 };
      await Promise.all([...calls, lines].map((some) => store.importing.importMany(some, of)));
      expect({ seed, family: await family(store) }).toEqual({ seed, family: (lines[3]!.resource()['name'] as [{ family: string }])[0].family });
    }
  });
});

describe('a line of an import that keeps the numbers of versions', () => {
  const keeping = { ...job, keepsVersions: true };
  const versionsOf = async (store: OpenDataStore): Promise<readonly number[]> =>
    (await store.history({ type: 'Patient', id: 'a', count: 10 })).versions.map(({ versionId }) => versionId);

  test('begins the history of a new resource with its number, at the time of the import', async () => {
    const store = open();
    const outcomes = await store.importing.importMany([numbered(1, 'Five', '5'), line(2, 'None', 'b')], keeping);
    expect(outcomes).toEqual([5, 1].map((versionId) => ({ effect: 'written', created: true, versionId })));
    const { versionId, lastUpdated, json } = (await store.vread('Patient', 'a', 5))!;
    expect({ versionId, meta: (JSON.parse(json!) as { meta: object }).meta }).toEqual({ versionId: 5, meta: { versionId: '5', lastUpdated: new Date(lastUpdated).toISOString() } });
    expect(lastUpdated).toBeGreaterThan(job.submitted);
    expect(await Promise.all([1, 4, 6].map((number) => store.vread('Patient', 'a', number)))).toEqual([undefined, undefined, undefined]);
    expect((await store.history({ count: 10 })).versions.map((version) => [version.id, version.versionId])).toEqual(expect.arrayContaining([['a', 5], ['b', 1]]));
  });

  test('is counted on from by whoever writes next, over a deletion too', async () => {
    const store = open();
    await effect(store, numbered(1, 'Five', '5'), keeping);
    await put(store, 'User');
    await store.write({ interaction: 'delete', type: 'Patient', id: 'a' });
    expect(await effect(store, numbered(1, 'Nine', '9'), { ...keeping, job: 'j2' })).toBe('written');
    expect(await versionsOf(store)).toEqual([8, 7, 6, 5]);
    expect(await store.vread('Patient', 'a', 4)).toBeUndefined();
    expect((await store.vread('Patient', 'a', 6))?.json).toContain('User');
  });

  test('leaves the numbers of a resource that is there as they are, and makes no version of what is just so', async () => {
    const store = open();
    await put(store, 'One');
    expect(await effect(store, numbered(1, 'One', '7'), keeping)).toBe('unchanged');
    expect(await effect(store, numbered(2, 'Two', '7'), keeping)).toBe('written');
    expect(await versionsOf(store)).toEqual([2, 1]);
    expect(await effect(store, numbered(1, 'Two', '9'), { ...keeping, job: 'j2' })).toBe('unchanged');
  });

  test('finds its own version when it is repeated, and says again that it made the resource', async () => {
    const store = open();
    await effect(store, numbered(1, 'Five', '5'), keeping);
    await put(store, 'User');
    expect(await store.importing.importMany([numbered(1, 'Five', '5')], keeping)).toEqual([{ effect: 'repeated', created: true, versionId: 5 }]);
    expect(await family(store)).toBe('User');
    expect(await versionsOf(store)).toEqual([6, 5]);
  });

  test('yields to a user who makes the resource between its reading and its writing', async () => {
    const table = memoryTable();
    let user: Promise<unknown> | undefined;
    const store = open({
      ...table,
      put: async (item, condition) => {
        user ??= put(open(table), 'User');
        await user;
        return table.put(item, condition);
      },
    });
    expect(await store.importing.importMany([numbered(1, 'Five', '5')], keeping)).toEqual([{ effect: 'written', created: false, versionId: 2 }]);
    expect(await versionsOf(store)).toEqual([2, 1]);
  });

  test.each(['0', '-1', '05', '1.5', 'abc', String(maxKeptVersionId + 1), '9'.repeat(20)])('begins with 1 where its versionId is %j, which is no number of ours', async (versionId) => {
    const store = open();
    await effect(store, numbered(1, 'One', versionId), keeping);
    expect(await versionsOf(store)).toEqual([1]);
  });

  test('may bring the largest number that there can be, and others follow', async () => {
    const store = open();
    await effect(store, numbered(1, 'One', String(maxKeptVersionId)), keeping);
    await put(store, 'User');
    expect(await versionsOf(store)).toEqual([maxKeptVersionId + 1, maxKeptVersionId]);
  });

  test('begins with 1 in an import that does not ask for it', async () => {
    const store = open();
    await effect(store, numbered(1, 'Five', '5'));
    expect(await versionsOf(store)).toEqual([1]);
  });
});
