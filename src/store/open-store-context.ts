/** What every part of a data store works with, from the ports it is opened over. */
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import { contentCache } from './content-cache.ts';
import { generation } from './generation.ts';
import { partitionHash } from './partition-hash.ts';
import { rulesSource } from './rules-source.ts';
import type { PutWithEntries, StoreContext } from './store-context.ts';

export interface DataStoreParts {
  readonly resources: OrderedTable;
  readonly index: OrderedTable;
  readonly objects: ObjectStore;
  readonly putWithEntries?: PutWithEntries;
  /** As in `StoreContext`; it does not unless given. */
  readonly tableCompresses?: StoreContext['tableCompresses'];
  readonly clock: Clock;
  readonly ids: Ids;
  /** The store's own; partition keys and cursors are made with it. At least 32 random bytes. */
  readonly secret: Uint8Array;
  /** Over how many partitions hot families are spread: 1 embedded, 8 on AWS to begin with. */
  readonly shards: number;
  /** The families in which the store files nothing (omitted-families.ts); none unless given. Never changes. */
  readonly omitted?: readonly string[];
  /**
   * How long a process goes by the index rules that it has read, milliseconds; absent where one process alone has the store
   * open, once.
   */
  readonly rulesLifetimeMs?: number;
  /** As in `StoreContext`; needed where one thread serves many requests. */
  readonly letOthers?: StoreContext['letOthers'];
}

/** @param reportStale what becomes of entries that led nowhere: the sweep finds them too, only later */
export function openStoreContext(parts: DataStoreParts, reportStale: StoreContext['reportStale']): StoreContext {
  const { resources, index, objects, putWithEntries, tableCompresses = () => false, clock, ids, secret, shards, omitted, letOthers = () => undefined } = parts;
  const rules = { generation, shards, omitted: new Set(omitted), hash: partitionHash(secret) };
  const together = putWithEntries === undefined ? {} : { putWithEntries };
  return { resources, index, objects, ...together, tableCompresses, clock, ids, rules, indexRules: rulesSource(parts), contents: contentCache(), reportStale, letOthers };
}
