/** A data store over tables in memory whose stream can be looked at, and whose process can die at any put. */
import { encodeWriteId } from '../../../src/store/write-id.ts';
import { openDataStore } from '../../../src/store/open-data-store.ts';
import type { OpenDataStore } from '../../../src/store/open-data-store.ts';
import type { Item, OrderedTable } from '../../../src/ports/ordered-table.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import { memoryTable } from '../../store/memory-table.ts';

export const secret = new Uint8Array(32).fill(7);

export class FeedStore {
  readonly resources = memoryTable();
  readonly index = memoryTable();
  /** Announced puts, in order: what the stream delivers. */
  readonly announced: Item[] = [];
  now = Date.UTC(2026, 10, 1);
  #made = 0;

  readonly clock = { now: () => this.now, sleep: async () => {} };

  /** @param diesAfter true for the put after which this process does nothing any more */
  open(diesAfter: (item: Item) => boolean = () => false): OpenDataStore {
    const state = { dead: false };
    const ids = {
      uuid: () => `id-${(this.#made += 1)}`,
      rev: () => `rev-${(this.#made += 1)}`,
      writeId: (nowMs: number) => encodeWriteId(nowMs, new Uint8Array(10).fill((this.#made += 1) % 256)),
    };
    const table = (real: OrderedTable): OrderedTable => {
      const alive = <Given extends unknown[], Answer>(call: (...given: Given) => Promise<Answer>) => async (...given: Given): Promise<Answer> =>
        (state.dead ? new Promise<Answer>(() => {}) : call(...given));
      return {
        get: alive(real.get), batchGet: alive(real.batchGet), query: alive(real.query), scan: alive(real.scan), delete: alive(real.delete),
        batchWrite: alive(real.batchWrite),
        put: alive(async (item, condition) => {
          const outcome = await real.put(item, condition);
          if (outcome.written && item.announce) this.announced.push(item);
          state.dead ||= diesAfter(item);
          return state.dead ? new Promise(() => {}) : outcome;
        }),
      };
    };
    const objects = undefined as unknown as ObjectStore;
    return openDataStore({ resources: table(this.resources), index: table(this.index), objects, clock: this.clock, ids, secret, shards: 1 });
  }
}
