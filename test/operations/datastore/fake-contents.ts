/** What the data stores of a fake account hold: tables and objects in memory, and a past of one of them to restore. */
import type { Clock } from '../../../src/ports/clock.ts';
import type { ObjectCopies } from '../../../src/ports/object-copies.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import type { Item, OrderedTable } from '../../../src/ports/ordered-table.ts';
import { randomIds } from '../../../src/machine/random-ids.ts';
import { openDataStore, type OpenDataStore } from '../../../src/store/open-data-store.ts';
import { memoryTable, type MemoryTable } from '../../store/memory-table.ts';

export interface StoreContents {
  readonly resources: MemoryTable;
  readonly index: MemoryTable;
  readonly jobs: MemoryTable;
  readonly objects: Map<string, Uint8Array>;
}

export class FakeContents {
  readonly #stores = new Map<string, StoreContents>();
  /** What a restore finds in `resources` of the source. */
  past: readonly Item[] = [];

  of(datastoreId: string): StoreContents {
    const found = this.#stores.get(datastoreId) ?? { resources: memoryTable(), index: memoryTable(), jobs: memoryTable(), objects: new Map() };
    this.#stores.set(datastoreId, found);
    return found;
  }

  async restore(datastoreId: string, _sourceId: string): Promise<void> {
    await this.of(datastoreId).resources.batchWrite({ puts: this.past });
  }

  readonly copies: ObjectCopies = {
    copy: async (key, { from, to }) => {
      const object = this.of(from).objects.get(key);
      if (object !== undefined) this.of(to).objects.set(key, object);
      return object !== undefined;
    },
  };
}

export const storeSecret = new Uint8Array(32).fill(7);

export function openFakeStore(
  { resources, index }: { readonly resources: OrderedTable; readonly index: OrderedTable }, objects: Map<string, Uint8Array>, clock: Clock,
): OpenDataStore {
  return openDataStore({ resources, index, objects: mapObjects(objects), clock, ids: randomIds, secret: storeSecret, shards: 2 });
}

function mapObjects(objects: Map<string, Uint8Array>): ObjectStore {
  return {
    put: async (key, body) => void objects.set(key, body),
    get: async (key) => objects.get(key),
    delete: async (key) => void objects.delete(key),
    list: async ({ prefix }) => ({ keys: [...objects.keys()].filter((key) => key.startsWith(prefix)).sort() }),
  };
}
