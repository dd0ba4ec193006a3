/**
 * Asks questions of one data store's lake in SQL. On AWS this is Athena, embedded DuckDB over the same files. An engine is
 * given statements that `src/sql` has read, checked and written again: never the text that a client sent.
 */
import type { RawNumber } from '../fhir/json.ts';
import type { ByteRange } from './contents.ts';

export interface SqlColumn {
  readonly name: string;
  /** As Athena names it: `varchar`, `bigint`, `array(row(family varchar))`. */
  readonly type: string;
}

/**
 * JSON of a value: booleans and numbers as such, decimals and large integers with all their digits; a double that is no number
 * as `NaN`, `Infinity` or `-Infinity`; dates and timestamps as `2024-03-01` and `2024-03-01 12:00:00.000`, rows as objects.
 */
export type SqlValue = null | boolean | number | RawNumber | string | readonly SqlValue[] | { readonly [field: string]: SqlValue };

export interface SqlQuestion {
  /** One SELECT in the Athena dialect. */
  readonly statement: string;
  /** The tables that it reads, in lower case: `patient`, `observation_history`. */
  readonly tables: readonly string[];
  /** What it gives: names and types as the statement was checked. */
  readonly columns: readonly SqlColumn[];
  readonly limits: SqlLimits;
}

export interface SqlLimits {
  readonly timeoutMs: number;
  readonly rows: number;
  readonly scannedBytes: number;
}

/** Why a query ended without an answer; messages never hold values of resources. */
export type SqlFailure = 'timeout' | 'too-many-rows' | 'too-many-bytes' | 'out-of-memory' | 'refused' | 'failed';

export type SqlState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded'; readonly scannedBytes: number; readonly runMs: number }
  | { readonly state: 'failed'; readonly reason: SqlFailure; readonly message: string }
  | { readonly state: 'cancelled' };

export interface SqlPage {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Present when there is more: where the next page begins. */
  readonly next?: string;
}

/** A question that an engine has taken. */
export interface SqlStarted {
  /** `[A-Za-z0-9-]`, at most 40 characters. */
  readonly id: string;
  /** Milliseconds since the epoch: every change until then is in the answer, later ones may be. */
  readonly asOf: number;
}

/** An answer as a file: a link that works for a short time, or the bytes by way of this process. */
export type SqlFile =
  | { readonly url: string }
  | { readonly sizeBytes: number; readonly open: (range?: ByteRange) => Promise<AsyncIterable<Uint8Array> | undefined> };

/** In a CSV, arrays and rows are JSON texts; null is nothing, an empty text `""`. */
export type SqlFileFormat = 'csv' | 'parquet';

export interface SqlEngine {
  /** @throws SqlBusy when more questions run than the engine takes; SqlNotReady */
  start(question: SqlQuestion): Promise<SqlStarted>;
  /** Waits for the end, at most `waitMs`. @returns `undefined` when no such query is kept (any more) */
  state(id: string, waitMs: number): Promise<SqlState | undefined>;
  /** A page of a query that succeeded, from its beginning or `next`. */
  page(id: string, options: { readonly limit: number; readonly next?: string }): Promise<SqlPage>;
  /** The whole answer as a file. */
  file(id: string, format: SqlFileFormat): Promise<SqlFile>;
  /** Ends a query that runs; one that has ended stays as it is. */
  cancel(id: string): Promise<void>;
}

/** The data store has no lake, or none yet. */
export class SqlNotReady extends Error {
  override readonly name = 'SqlNotReady';
}

/** Too many questions at once: to be asked again later. */
export class SqlBusy extends Error {
  override readonly name = 'SqlBusy';
}
