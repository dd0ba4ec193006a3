/** Objects of versions, and those of attempts that came to nothing. */
import { expect, test } from '@jest/globals';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';
import { abandonedAfterMs } from '../../src/store/store-context.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from './memory-table.ts';

function opened() {
  const objects = new Map<string, Uint8Array>();
  const time = { now: Date.UTC(2026, 0, 1) };
  const port: ObjectStore = {
    put: async (key, body) => void objects.set(key, body),
    get: async (key) => objects.get(key),
    delete: async (key) => void objects.delete(key),
    list: () => Promise.reject(new Error('nobody lists')),
  };
  let made = 0;
  const store = openDataStore({
    resources: memoryTable(), index: memoryTable(), objects: port,
    clock: { now: () => time.now, sleep: async () => {} },
    ids: { uuid: () => `new-${(made += 1)}`, writeId: (nowMs) => encodeWriteId(nowMs, new Uint8Array(10).fill((made += 1))), rev: () => `r${(made += 1)}` },
    secret: new Uint8Array(32), shards: 1,
  });
  return { store, objects, time };
}

const resource: Resource & { id: string } = { resourceType: 'Binary', id: 'b', contentType: 'image/png' };
const content = { sizeBytes: 3, sha256: 'x', place: new Uint8Array(3) };

test('a content belongs to the version that it came with, and stays with it', async () => {
  const { store, objects } = opened();
  await store.write({ interaction: 'update', resource, content });
  await store.write({ interaction: 'update', resource });
  const first = await store.vread('Binary', 'b', 1);
  expect(first?.content).toEqual({ key: expect.stringMatching(/^contents\//), sizeBytes: 3, sha256: 'x' });
  expect(objects.has(first!.content!.key)).toBe(true);
  expect((await store.read('Binary', 'b'))?.content).toBeUndefined();
});

test('what an attempt placed that came to nothing is removed, but not before it can come to something no more', async () => {
  const { store, objects, time } = opened();
  await store.write({ interaction: 'update', resource, content });
  const place = async (key: string): Promise<void> => {
    objects.set(key, new Uint8Array(3));
    throw new Error('died');
  };
  await expect(store.write({ interaction: 'update', resource, content: { ...content, place } })).rejects.toThrow('died');
  expect(objects.size).toBe(2);
  await store.cleaner.sweep();
  expect(objects.size).toBe(2);
  time.now += abandonedAfterMs + 1;
  await store.cleaner.sweep();
  expect([...objects.keys()]).toEqual([(await store.read('Binary', 'b'))!.content!.key]);
  await store.cleaner.sweep();
  expect(objects.size).toBe(1);
});

test('of a write that a precondition refuses nothing is placed', async () => {
  const { store, objects } = opened();
  await expect(store.write({ interaction: 'update', resource, content, ifMatch: 7 })).rejects.toMatchObject({ status: 412 });
  expect(objects.size).toBe(0);
});
