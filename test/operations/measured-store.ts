/** A whole data store on counted tables in memory, with a clock that a test can make slow. */
import { costMeter, type CostMeter } from '../../bench/cost-meter.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from '../store/memory-table.ts';

export interface MeasuredStore {
  readonly meter: CostMeter;
  readonly store: OpenDataStore;
  readonly clock: { now(): number; sleep(): Promise<void> };
  /** What each look at the clock takes, ms. */
  readonly pace: { stepMs: number };
}

const noObjects = undefined as unknown as ObjectStore;

export function measuredStore(): MeasuredStore {
  const meter = costMeter();
  const pace = { stepMs: 1 };
  let made = 0;
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => (now += pace.stepMs), sleep: () => Promise.resolve() };
  const store = openDataStore({
    resources: meter.wrap('resources', memoryTable()),
    index: meter.wrap('index', memoryTable()),
    objects: noObjects,
    clock,
    ids: {
      uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`,
      writeId: (nowMs) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, () => (made += 1))),
      rev: () => `rev${(made += 1)}`,
    },
    secret: new Uint8Array(32),
    shards: 8,
  });
  return { meter, store, clock, pace };
}
