/**
 * What the server and its process of SQL tell each other. The process is given statements that `src/sql` has written, and
 * the files that they may read; it is told nothing of who asks.
 */
import type { SqlColumn, SqlFailure } from '../../ports/sql-engine.ts';

/** What the process is started with: it can be changed by nothing that comes later. Folders are absolute. */
export interface SqlSettings {
  /** All that statements may read. */
  readonly lakeFolder: string;
  /** Where answers are written. */
  readonly resultsFolder: string;
  /** Empty when the process begins. */
  readonly schemaFolder: string;
  /** Where DuckDB lays what does not fit into its memory. */
  readonly temporaryFolder: string;
  readonly memoryMb: number;
  /** All that the process may take of the machine's memory: DuckDB counts only what it lays aside. */
  readonly residentMb: number;
  readonly temporaryMb: number;
  readonly threads: number;
}

/** An empty file of a table's columns, which its view reads beside those of the lake. */
export interface SqlSchema {
  /** In the folder of schemas. */
  readonly path: string;
  /** Makes the file, where it is missing. */
  readonly statement: string;
}

/** A view that one question sees. */
export interface SqlView {
  readonly name: string;
  /** A SELECT of DuckDB. */
  readonly select: string;
}

export interface SqlRun {
  readonly schemas: readonly SqlSchema[];
  /** In the order in which they are made: a view may read those before it. */
  readonly views: readonly SqlView[];
  /** One SELECT of DuckDB. */
  readonly statement: string;
  /** What it gives, as who wrote it knows; by DuckDB's types unless given. */
  readonly columns?: readonly SqlColumn[];
  /** The files behind the views, and what they hold in all. */
  readonly files: readonly string[];
  readonly filesBytes: number;
  readonly rows: number;
  readonly scannedBytes: number;
  /** Parquet, below the folder of results. */
  readonly resultFile: string;
  readonly resultBytes: number;
}

/** A part of an answer that lies in a file. */
export interface SqlPart {
  readonly resultFile: string;
  readonly offset: number;
  readonly limit: number;
}

export type SqlRequest = { readonly ask: number } & (
  | { readonly run: SqlRun }
  | { readonly part: SqlPart }
  | { readonly csv: { readonly resultFile: string; readonly file: string } }
  | { readonly interrupt: true }
);

export interface SqlRan {
  readonly columns: readonly SqlColumn[];
  readonly rows: number;
  readonly scannedBytes: number;
}

export interface SqlReadPart {
  /** JSON: an array of rows, each an array of values. */
  readonly rows: string;
  readonly count: number;
}

export interface SqlRefusal {
  readonly reason: SqlFailure;
  readonly message: string;
}

export type SqlReply = { readonly ask: number } & (
  | { readonly ran: SqlRan }
  | { readonly part: SqlReadPart }
  | { readonly written: true }
  | { readonly refused: SqlRefusal }
);

/** The last that the process says before it ends itself: it takes more of the machine's memory than it may. */
export interface SqlOutOfMemory {
  readonly outOfMemory: true;
}
