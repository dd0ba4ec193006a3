/** A search whose candidates change between its read of the index and its look at the resources. */
import { describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import type { OrderedTable } from '../../src/ports/ordered-table.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from './memory-table.ts';

const noObjects = undefined as unknown as ObjectStore;
const patient = (id: string, family: string): Resource & { id: string } => ({ resourceType: 'Patient', id, name: [{ family }], birthDate: '1950-01-01' });

/** A writer that stops before its entries are written, and a searcher that lets it finish before it hydrates. */
function raceOf(): { readonly writer: OpenDataStore; readonly searcher: OpenDataStore; begin(write: () => Promise<unknown>): Promise<void> } {
  const tables = { resources: memoryTable(), index: memoryTable() };
  let now = Date.UTC(2026, 0, 1);
  let made = 0;
  let written: Promise<unknown> | undefined;
  let hold = false;
  const stopped = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding: OrderedTable = {
    ...tables.index,
    async batchWrite(batch) {
      if (hold) {
        stopped.resolve();
        await released.promise;
      }
      return tables.index.batchWrite(batch);
    },
  };
  const finishing: OrderedTable = {
    ...tables.resources,
    async batchGet(keys, options) {
      released.resolve();
      await written;
      return tables.resources.batchGet(keys, options);
    },
  };
  const open = (parts: { readonly resources: OrderedTable; readonly index: OrderedTable }): OpenDataStore =>
    openDataStore({
      ...parts,
      objects: noObjects,
      clock: { now: () => (now += 1), sleep: () => Promise.resolve() },
      ids: { uuid: () => `new-${(made += 1)}`, writeId: (nowMs) => encodeWriteId(nowMs, new Uint8Array(10).fill((made += 1))), rev: () => `r${(made += 1)}` },
      secret: new Uint8Array(32),
      shards: 1,
    });
  return {
    writer: open({ ...tables, index: holding }),
    searcher: open({ ...tables, resources: finishing }),
    async begin(write) {
      hold = true;
      written = write();
      await stopped.promise;
    },
  };
}

describe('a resource that is updated in the middle of a search', () => {
  test.each<[string, NameValue[]]>([
    ['of the whole type', []],
    ['by name', [['name', 'a']]],
    ['in order of its change', [['_sort', '-_lastUpdated']]],
    ['in order of another value', [['name', 'a'], ['_sort', 'birthdate']]],
  ])('is found once by a search %s, as the update left it', async (_name, parameters) => {
    const { writer, searcher, begin } = raceOf();
    for (const id of ['x', 'y', 'z']) await writer.write({ interaction: 'update', resource: patient(id, 'ann') });
    await begin(() => writer.write({ interaction: 'update', resource: patient('y', 'abe') }));
    const { matches } = await searcher.search(parseSearch('Patient', parameters, { baseUrl: 'http://store.example', searchParameters: baseParameters }));
    const found = matches.map(({ id, versionId }) => `${id}/${versionId}`).sort((one, other) => (one < other ? -1 : 1));
    expect(found).toEqual(['x/1', 'y/2', 'z/1']);
  });
});
