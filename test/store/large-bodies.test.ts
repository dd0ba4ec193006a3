/** Bodies too large for a table's item lie in the object store. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { maxInlineBodyBytes } from '../../src/store/placed-objects.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from './memory-table.ts';
import { seededRandom } from './model/random.ts';

function open(): { readonly store: OpenDataStore; readonly objects: ReadonlyMap<string, Uint8Array> } {
  const objects = new Map<string, Uint8Array>();
  const store: ObjectStore = {
    put: async (key, body) => void objects.set(key, body),
    get: async (key) => objects.get(key),
    delete: async (key) => void objects.delete(key),
    list: () => Promise.reject(new Error('nobody lists')),
  };
  let made = 0;
  const opened = openDataStore({
    resources: memoryTable(),
    index: memoryTable(),
    objects: store,
    clock: { now: () => Date.UTC(2026, 0, 1), sleep: () => Promise.resolve() },
    ids: { uuid: () => `new-${(made += 1)}`, writeId: (nowMs) => encodeWriteId(nowMs, new Uint8Array(10).fill((made += 1))), rev: () => `r${(made += 1)}` },
    secret: new Uint8Array(32),
    shards: 1,
  });
  return { store: opened, objects };
}

/** What no compression makes smaller than an item may be. */
function large(id: string, seed: number): Resource & { id: string } {
  const random = seededRandom(seed);
  const noise = Buffer.from(Uint32Array.from({ length: maxInlineBodyBytes / 3 }, () => random.below(2 ** 32)).buffer).toString('base64');
  return { resourceType: 'Binary', id, contentType: 'application/octet-stream', data: noise };
}

describe('a body too large for an item', () => {
  test('lies in the object store and is read and found as any other', async () => {
    const { store, objects } = open();
    const written = await store.write({ interaction: 'update', resource: large('a', 1) });
    expect(objects.size).toBe(1);
    expect((await store.read('Binary', 'a'))?.json).toBe(written.version?.json);
  });

  test('is its own for each member of a transaction, although they share a write', async () => {
    const { store } = open();
    const results = await store.transact([1, 2].map((seed) => ({ interaction: 'update', resource: large(`m${seed}`, seed) })));
    for (const { id, version } of results) expect((await store.read('Binary', id))?.json === version?.json).toBe(true);
  });

  test('stays with its past version', async () => {
    const { store } = open();
    const first = await store.write({ interaction: 'update', resource: large('a', 1) });
    await store.write({ interaction: 'update', resource: large('a', 2) });
    expect((await store.vread('Binary', 'a', 1))?.json === first.version?.json).toBe(true);
  });

  test('shows nothing of the resource’s id in its key', async () => {
    const { store, objects } = open();
    await store.write({ interaction: 'update', resource: large('ward-7-bed-2', 1) });
    expect([...objects.keys()].join()).not.toContain('ward');
  });
});
