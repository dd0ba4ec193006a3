/** A sorted `OrderedTable` in memory, for model tests: every operation is one atomic step, taken when it is called. */
import { maxPageBytes } from '../../src/ports/ordered-table.ts';
import type {
  Batch, Condition, Item, Key, OrderedTable, Query, QueryPage, Scan, ScanPage, WriteOutcome,
} from '../../src/ports/ordered-table.ts';
import { checkItem, checkKey, checkLimit, compareUtf8, itemBytes, queryRange } from '../../src/ports/table-limits.ts';

export interface MemoryTable extends OrderedTable {
  /** Every item, by pk and then sk. */
  all(): readonly Item[];
}

export function memoryTable(): MemoryTable {
  const partitions = new Map<string, Partition>();
  const find = ({ pk, sk }: Key) => partitions.get(pk)?.items.get(sk);
  const write = ({ pk, sk }: Key, item: Item | undefined) => {
    let partition = partitions.get(pk);
    if (partition === undefined) partitions.set(pk, (partition = { order: [], items: new Map() }));
    writeTo(partition, sk, item);
    if (partition.order.length === 0) partitions.delete(pk);
  };
  const writeIf = (key: Key, item: Item | undefined, condition: Condition | undefined): WriteOutcome => {
    const found = find(key);
    if (!holds(found, condition)) return { written: false, found };
    write(key, item);
    return { written: true };
  };
  const all = () =>
    [...partitions].sort(([a], [b]) => compareUtf8(a, b)).flatMap(([, { order, items }]) => order.map((sk) => items.get(sk)!));

  return {
    all,
    async get(key) {
      checkKey(key);
      return find(key);
    },
    async batchGet(keys, { isKnown }) {
      keys.forEach(checkKey);
      return keys.map((key) => {
        const found = find(key);
        if (found === undefined || !isKnown?.(found)) return found;
        const { body: _known, ...item } = found;
        return item;
      });
    },
    async query(query) {
      checkKey({ pk: query.pk, sk: '-' });
      return queryPage(query, partitions.get(query.pk));
    },
    async put(item, condition) {
      checkItem(item);
      return writeIf(item, stored(item), condition);
    },
    async delete(key, condition) {
      checkKey(key);
      return writeIf(key, undefined, condition);
    },
    async batchWrite({ puts = [], deletes = [] }: Batch) {
      puts.forEach(checkItem);
      deletes.forEach(checkKey);
      for (const item of puts) write(item, stored(item));
      for (const key of deletes) write(key, undefined);
    },
    async scan(scan) {
      return scanPage(scan, all());
    },
  };
}

interface Partition {
  /** The sort keys in order. */
  readonly order: string[];
  readonly items: Map<string, Item>;
}

function writeTo({ order, items }: Partition, sk: string, item: Item | undefined): void {
  const index = lowerBound(order, sk);
  const present = order[index] === sk;
  if (item === undefined) {
    items.delete(sk);
    if (present) order.splice(index, 1);
    return;
  }
  items.set(sk, item);
  if (!present) order.splice(index, 0, sk);
}

function lowerBound(order: readonly string[], sk: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(order[middle]!, sk) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a read gives back: a copy, without `announce`, without empty attributes. */
function stored({ pk, sk, attributes, body }: Item): Item {
  const kept = attributes !== undefined && Object.keys(attributes).length > 0;
  return { pk, sk, ...(kept && { attributes: { ...attributes } }), ...(body !== undefined && { body: body.slice() }) };
}

function holds(found: Item | undefined, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  const value = found?.attributes?.[condition.attribute];
  return 'absent' in condition ? value === undefined : value === condition.equals;
}

function queryPage(query: Query, partition: Partition | undefined): QueryPage {
  const range = queryRange(query);
  if (range === undefined || partition === undefined) return { items: [] };
  const { order, items } = partition;
  let low = range.from === undefined ? 0 : lowerBound(order, range.from);
  let high = range.to === undefined ? order.length : lowerBound(order, range.to);
  if (range.behind !== undefined) {
    const index = lowerBound(order, range.behind);
    if (query.descending) high = index;
    else low = order[index] === range.behind ? index + 1 : index;
  }
  const keys = order.slice(low, high);
  if (query.descending) keys.reverse();
  const page = cut(keys.map((sk) => items.get(sk)!), query.limit);
  return page.full ? { items: page.items, next: page.items.at(-1)!.sk } : { items: page.items };
}

function scanPage({ segment, segments, limit, after }: Scan, all: readonly Item[]): ScanPage {
  checkLimit(limit);
  const rest = all.filter((item) => segmentOf(item.pk, segments) === segment && (after === undefined || behind(item, after)));
  const page = cut(rest, limit);
  const last = page.items.at(-1);
  return page.full ? { items: page.items, next: { pk: last!.pk, sk: last!.sk } } : { items: page.items };
}

function segmentOf(pk: string, segments: number): number {
  let sum = 0;
  for (let index = 0; index < pk.length; index++) sum = (sum * 31 + pk.charCodeAt(index)) >>> 0;
  return sum % segments;
}

function behind(item: Key, after: Key): boolean {
  const order = compareUtf8(item.pk, after.pk);
  return order > 0 || (order === 0 && compareUtf8(item.sk, after.sk) > 0);
}

/** The first items of a page, `full` when `limit` or the page size closed it. */
function cut(candidates: readonly Item[], limit: number): { items: readonly Item[]; full: boolean } {
  const items: Item[] = [];
  let sizeBytes = 0;
  for (const item of candidates) {
    items.push(item);
    sizeBytes += itemBytes(item);
    if (items.length === limit || sizeBytes >= maxPageBytes) return { items, full: true };
  }
  return { items, full: false };
}
