import type { Item } from './ordered-table.ts';

/**
 * Announced puts of one table, in order per key, at least once. On AWS this is the table's stream, embedded an
 * outbox written in the same commit as the item.
 */
export interface ChangeFeed {
  /** Changes behind the consumer's watermark, oldest first, at most `limit`. */
  read(consumer: string, limit: number): Promise<readonly Change[]>;
  /** Moves the consumer's watermark; durable once resolved. Changes behind every consumer's watermark are dropped. */
  acknowledge(consumer: string, sequence: number): Promise<void>;
}

export interface Change {
  readonly sequence: number;
  /** The item as put, without its body. */
  readonly item: Item;
}

/** A change as a stream delivers it to the function that it feeds, in order per key, at least once. */
export interface Delivery {
  /** The stream, and where in it the change stands, in the stream's own words. */
  readonly stream: string;
  readonly position: string;
  /** The data store whose stream it is; absent where that cannot be told. */
  readonly datastoreId?: string;
  /** The item as put, without its body; absent when the record cannot be read. */
  readonly item?: Item;
}

/** Part of a stream that its consumer failed at, both ends included. */
export interface FailedStretch {
  readonly stream: string;
  /** The part of the stream that it lies in, where that is known. */
  readonly shard?: string;
  readonly from: string;
  readonly to: string;
}

/** Reads again what a stream still has. */
export interface StreamReader {
  /** Announced changes of the stretch, oldest first. @throws Error when the stream no longer has them */
  read(stretch: FailedStretch): Promise<readonly Delivery[]>;
}
