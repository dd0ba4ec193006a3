/**
 * An ordered key-value table with conditional writes: what DynamoDB gives, and nothing more.
 *
 * Keys order by the UTF-8 bytes of `sk` within one `pk`. An implementation retries throttling and
 * unprocessed items itself, with jitter and a bound, and then throws `TableUnavailable`.
 */

/** DynamoDB's limits, held by every implementation so that no runtime accepts what another refuses. */
export const maxPartitionKeyBytes = 2048;
export const maxSortKeyBytes = 1024;
export const maxItemBytes = 400 * 1024;
/** A page of `query` or `scan` closes when its items reach this size. */
export const maxPageBytes = 1024 * 1024;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export type Attributes = Readonly<Record<string, string | number>>;

export interface Item extends Key {
  /** Small values that conditions and readers look at. */
  readonly attributes?: Attributes;
  readonly body?: Uint8Array;
  /** True when the change feed carries this put (a committed version, or the flip of a bundle). Reads do not return it. */
  readonly announce?: boolean;
}

/** A condition on one attribute of the item that is there: absent (also when there is no item), or equal. */
export type Condition =
  | { readonly attribute: string; readonly absent: true }
  | { readonly attribute: string; readonly equals: string | number };

/** What a conditional write found: done, or the item that was there instead (`undefined`: none). */
export type WriteOutcome = { readonly written: true } | { readonly written: false; readonly found: Item | undefined };

export interface ReadOptions {
  /** A strong read sees every write acknowledged before it began. Without it a read may answer an earlier state. */
  readonly strong: boolean;
}

export interface BatchOptions extends ReadOptions {
  /** Asked of items by their attributes: where it says yes, the table may leave their bodies out. */
  readonly isKnown?: (item: Omit<Item, 'body'>) => boolean;
}

export interface Query {
  readonly pk: string;
  /** Inclusive lower bound of sk. */
  readonly from?: string;
  /** Exclusive upper bound of sk. */
  readonly to?: string;
  readonly descending?: boolean;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
  readonly strong: boolean;
}

export interface QueryPage {
  readonly items: readonly Item[];
  /** Present when there may be more: the sk to continue behind. */
  readonly next?: string;
}

export interface Scan {
  /** The whole table is cut into `segments` parts that can be scanned side by side; this is part `segment` (from 0). */
  readonly segment: number;
  readonly segments: number;
  readonly limit: number;
  readonly after?: Key;
  /** As in `ReadOptions`; not strong unless asked. */
  readonly strong?: boolean;
}

export interface ScanPage {
  readonly items: readonly Item[];
  readonly next?: Key;
}

export interface Batch {
  readonly puts?: readonly Item[];
  readonly deletes?: readonly Key[];
}

export interface OrderedTable {
  get(key: Key, options: ReadOptions): Promise<Item | undefined>;
  /** Items in the order of `keys`, `undefined` where there is none. Any number of keys; no key twice. */
  batchGet(keys: readonly Key[], options: BatchOptions): Promise<readonly (Item | undefined)[]>;
  query(query: Query): Promise<QueryPage>;
  /** Replaces the whole item. */
  put(item: Item, condition?: Condition): Promise<WriteOutcome>;
  delete(key: Key, condition?: Condition): Promise<WriteOutcome>;
  /** Unconditional, not atomic, in no order; resolves when all are durable. Any number of items; no key twice. */
  batchWrite(batch: Batch): Promise<void>;
  scan(scan: Scan): Promise<ScanPage>;
}

/** The table could not say whether an operation happened (time-out, throttled beyond the bound). It may still land. */
export class TableUnavailable extends Error {
  override readonly name: string = 'TableUnavailable';
}

/** There is no room for what was to be written; nothing was. */
export class StorageFull extends TableUnavailable {
  override readonly name = 'StorageFull';
}

/** An item or key breaks a limit above (checked by `table-limits.ts`); nothing was written. */
export class ItemTooLarge extends Error {
  override readonly name = 'ItemTooLarge';
}
