/** The store as it was at one instant: of each resource the newest version then, whatever is written meanwhile. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ExportVersion } from '../../src/store/exporting.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { rulesSettleMs } from '../../src/store/rules-source.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable, type MemoryTable } from './memory-table.ts';
import { seededRandom } from './model/random.ts';

let now: number;
let made: number;
let resources: MemoryTable;
let store: OpenDataStore;

function open(rulesLifetimeMs?: number): OpenDataStore {
  const objects = new Map<string, Uint8Array>();
  return openDataStore({
    resources, index: memoryTable(),
    objects: {
      put: async (key, body) => void objects.set(key, body),
      get: async (key) => objects.get(key),
      delete: async (key) => void objects.delete(key),
      list: () => Promise.reject(new Error('nobody lists')),
    },
    clock: { now: () => (now += 1), sleep: async (ms) => void (now += Math.ceil(ms)) },
    ids: {
      uuid: () => `id-${(made += 1)}`, rev: () => `r${(made += 1)}`,
      writeId: (nowMs) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, (_none, byte) => ((made += 1) >> byte) & 0xff)),
    },
    secret: new Uint8Array(32), shards: 1,
    ...(rulesLifetimeMs === undefined ? {} : { rulesLifetimeMs }),
  });
}

beforeEach(() => {
  [now, made] = [Date.UTC(2026, 0, 1), 0];
  resources = memoryTable();
  store = open();
});

function write(id: string, family: string, type = 'Patient') {
  return store.write({ interaction: 'update', resource: { resourceType: type, id, name: [{ family }] } });
}

async function told(version: ExportVersion | 'gone' | undefined): Promise<string> {
  if (version === undefined || version === 'gone') return String(version);
  return version.isDeleted ? `${version.versionId} deleted` : Buffer.from((await version.bytes())!).toString();
}

async function all(instant: number, segments = 1): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let segment = 0; segment < segments; segment += 1) {
    for (let after: { pk: string; sk: string } | undefined; ; ) {
      const page = await store.exporting.page({ segment, segments, instant, isWanted: (type) => type !== 'Device', ...(after && { after }) });
      for (const { key, version } of page.found) found[key.pk] = await told(version);
      if (page.next === undefined) break;
      after = page.next;
    }
  }
  return found;
}

describe('the store at an instant', () => {
  test('holds the newest version of each resource then, as the API serves it', async () => {
    await write('a', 'One');
    await write('b', 'Two');
    const { version } = await write('a', 'Three');
    const instant = now;
    expect(await store.exporting.settledAt(instant)).toBeUndefined();
    await write('a', 'Four');
    await write('a', 'Five');
    await write('c', 'Six');
    await store.write({ interaction: 'delete', type: 'Patient', id: 'b' });
    const found = await all(instant);
    expect(Object.keys(found)).toEqual(['Patient/a', 'Patient/b']);
    expect(found['Patient/a']).toBe(version!.json);
    expect(found['Patient/b']).toContain('Two');
  });

  test('tells deletions that stood then, and what was there before', async () => {
    await write('a', 'One');
    await store.write({ interaction: 'delete', type: 'Patient', id: 'a' });
    const instant = now;
    await write('a', 'Back');
    expect(await all(instant)).toEqual({ 'Patient/a': '2 deleted' });
    const [version] = await store.exporting.at([{ type: 'Patient', id: 'a' }], instant);
    expect(await told(await store.exporting.before(version as ExportVersion))).toContain('One');
  });

  test('reads only types that are wanted, and nothing of what is beside resources', async () => {
    await store.transact([{ interaction: 'create', resource: { resourceType: 'Patient' } }, { interaction: 'create', resource: { resourceType: 'Device' } }]);
    expect(Object.keys(await all(now))).toHaveLength(1);
  });

  test('holds all of a transaction or nothing of it', async () => {
    await write('a', 'One');
    const before = now;
    await store.transact([
      { interaction: 'update', resource: { resourceType: 'Patient', id: 'a', name: [{ family: 'Two' }] } },
      { interaction: 'update', resource: { resourceType: 'Patient', id: 'b', name: [{ family: 'Two' }] } },
    ]);
    const after = now;
    expect(Object.values(await all(before)).join()).not.toContain('Two');
    expect(Object.values(await all(after)).join().match(/Two/g)).toHaveLength(2);
  });

  test('tells of a version that was erased since that it is gone, never an older one in its place', async () => {
    for (const family of ['One', 'Two']) await write('a', family);
    const instant = now;
    await write('a', 'Three');
    await resources.delete({ pk: 'Patient/a', sk: 'v0000000002' });
    expect(await all(instant)).toEqual({ 'Patient/a': 'gone' });
  });

  test('does not hold a resource that was imported under a later number afterwards, and holds it from then on', async () => {
    const before = now;
    const resource = { resourceType: 'Patient', id: 'a', meta: { versionId: '5' }, name: [{ family: 'Five' }] };
    const imported = { type: 'Patient', id: 'a', place: '1', resource: () => resource };
    await store.importing.importMany([imported], { job: 'j', submitted: now, keepsVersions: true });
    const after = now;
    expect(await all(before)).toEqual({});
    await write('a', 'Six');
    await write('a', 'Seven');
    expect(await all(before)).toEqual({});
    expect((await all(after))['Patient/a']).toContain('Five');
    const [version] = await store.exporting.at([{ type: 'Patient', id: 'a' }], after);
    expect(await store.exporting.before(version as ExportVersion)).toBeUndefined();
    await resources.delete({ pk: 'Patient/a', sk: 'v0000000005' });
    expect(await all(after)).toEqual({ 'Patient/a': 'gone' });
  });

  test('is read in parts side by side that together have everything once', async () => {
    for (let number = 0; number < 50; number += 1) await write(`p${number}`, 'Any');
    expect(Object.keys(await all(now, 4))).toHaveLength(50);
  });

  test('keeps the digits of decimals', async () => {
    const resource = parseJson('{"resourceType":"Observation","id":"o","valueQuantity":{"value":1.10}}') as Resource & { id: string };
    await store.write({ interaction: 'update', resource });
    expect((await all(now))['Observation/o']).toContain('"value":1.10}');
  });

  test('is the same whatever was written between, by any number of writers', async () => {
    const random = seededRandom(7);
    const expected: Record<string, string> = {};
    for (let turn = 0; turn < 200; turn += 1) {
      const id = `p${random.below(20)}`;
      const { version } = await write(id, `F${turn}`);
      expected[`Patient/${id}`] = version!.json!;
    }
    const instant = now;
    const writers = Array.from({ length: 4 }, async () => {
      for (let turn = 0; turn < 50; turn += 1) await write(`p${random.below(25)}`, `G${turn}`);
    });
    expect(await all(instant)).toEqual(expected);
    await Promise.all(writers);
    expect(await all(instant)).toEqual(expected);
  });
});

describe('an instant is settled', () => {
  test('in a store that one process has alone when the writes that it has begun have ended', async () => {
    const { batchWrite } = resources;
    await write('a', 'One');
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    resources.batchWrite = async (batch) => {
      begun.resolve();
      await held.promise;
      await batchWrite(batch);
    };
    const writing = write('a', 'Two');
    await begun.promise;
    const instant = now;
    let settled = false;
    const settling = store.exporting.settledAt(instant).then((at) => {
      settled = true;
      return at;
    });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(settled).toBe(false);
    resources.batchWrite = batchWrite;
    held.resolve();
    await writing;
    expect(await settling).toBeUndefined();
    expect((await all(instant))['Patient/a']).toContain('Two');
  });

  test('elsewhere after the longest that a write may take', async () => {
    store = open(30_000);
    const instant = now;
    expect(await store.exporting.settledAt(instant)).toBe(instant + rulesSettleMs);
    now += rulesSettleMs;
    expect(await store.exporting.settledAt(instant)).toBeUndefined();
  });
});
