/**
 * What lies in a simulated table, changed one item at a time by the scheduler and read by the probes without any
 * scheduling. It also remembers the state before, which is what reads not asked to be strong are answered with.
 */
import type { Condition, Item, Key, Query, QueryPage, Scan, ScanPage, WriteOutcome } from '../../../src/ports/ordered-table.ts';
import { checkItem, checkKey, queryRange } from '../../../src/ports/table-limits.ts';

type Partitions = Map<string, Map<string, Item>>;

export class TableState {
  readonly partitions: Partitions = new Map();
  readonly #previous: Partitions = new Map();
  /** Counts changes, so that probes look only when there is something new. */
  changes = 0;

  get({ pk, sk }: Key, strong = true): Item | undefined {
    return (strong ? this.partitions : this.#previous).get(pk)?.get(sk);
  }

  has(pk: string, sk: string): boolean {
    return this.partitions.get(pk)?.has(sk) ?? false;
  }

  *all(): Generator<Item> {
    for (const partition of this.partitions.values()) yield* partition.values();
  }

  put(item: Item, condition?: Condition): WriteOutcome {
    checkItem(item);
    return this.#write(item, stored(item), condition);
  }

  delete(key: Key, condition?: Condition): WriteOutcome {
    checkKey(key);
    return this.#write(key, undefined, condition);
  }

  /** After a long time every read answers the last state. */
  converge(): void {
    this.#previous.clear();
    for (const [pk, partition] of this.partitions) this.#previous.set(pk, new Map(partition));
  }

  query(query: Query): QueryPage {
    const range = queryRange(query);
    const partition = (query.strong ? this.partitions : this.#previous).get(query.pk);
    if (range === undefined || partition === undefined) return { items: [] };
    const { from, to, behind } = range;
    const within = (sk: string): boolean =>
      (from === undefined || sk >= from) && (to === undefined || sk < to) &&
      (behind === undefined || (query.descending ? sk < behind : sk > behind));
    const keys = [...partition.keys()].filter(within).sort();
    if (query.descending) keys.reverse();
    const items = keys.slice(0, query.limit).map((sk) => partition.get(sk)!);
    return items.length === query.limit ? { items, next: items.at(-1)!.sk } : { items };
  }

  /** In one segment, whichever was asked for: segments only cut the work. */
  scan({ segment, limit, after, strong }: Scan): ScanPage {
    if (segment > 0) return { items: [] };
    const partitions = strong === true ? this.partitions : this.#previous;
    const all = [...partitions.values()].flatMap((partition) => [...partition.values()]).sort(byKey);
    const items = all.filter((item) => after === undefined || byKey(item, after) > 0).slice(0, limit);
    const last = items.at(-1);
    return items.length === limit ? { items, next: { pk: last!.pk, sk: last!.sk } } : { items };
  }

  #write(key: Key, item: Item | undefined, condition: Condition | undefined): WriteOutcome {
    const found = this.get(key);
    if (!holds(found, condition)) return { written: false, found };
    set(this.#previous, key, found);
    set(this.partitions, key, item);
    this.changes += 1;
    return { written: true };
  }
}

function set(partitions: Partitions, { pk, sk }: Key, item: Item | undefined): void {
  let partition = partitions.get(pk);
  if (partition === undefined) partitions.set(pk, (partition = new Map()));
  if (item === undefined) partition.delete(sk);
  else partition.set(sk, item);
}

function byKey(one: Key, other: Key): number {
  if (one.pk !== other.pk) return one.pk < other.pk ? -1 : 1;
  return one.sk === other.sk ? 0 : one.sk < other.sk ? -1 : 1;
}

function stored({ pk, sk, attributes, body }: Item): Item {
  return { pk, sk, ...(attributes && { attributes: { ...attributes } }), ...(body && { body }) };
}

function holds(found: Item | undefined, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  const value = found?.attributes?.[condition.attribute];
  return 'absent' in condition ? value === undefined : value === condition.equals;
}
