/**
 * The DuckDB that writes Parquet (https://duckdb.org/docs/stable/data/parquet/overview): opened when it is needed, closed when it has
 * had nothing to do for a while, within bounds of memory and disk. It runs on threads of its own.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { quoted } from './sql-text.ts';

export interface WriterSettings {
  /** A directory that nobody else writes to: what a crash left there is removed. */
  readonly directory: string;
  /** Default {@link defaultMemoryMb}. */
  readonly memoryMb?: number;
  /** Default {@link defaultThreads}. */
  readonly threads?: number;
}

/** For merging: holds what both threads read and a row group of each, of the widest rows that Synthea makes. */
export const defaultMemoryMb = 512;
export const defaultThreads = 2;
/** Of what does not fit into memory. */
const temporaryMb = 16_384;
/** Files that this thread of Node makes at a time, of whatever stores: columns of one while DuckDB merges another. */
export const filesAtATime = 2;
/** An open DuckDB holds some ten megabytes, and opening one takes 25 ms: a store that is quiet has none. */
const idleMs = 3000;

/**
 * Rows of a row group at most, and about the bytes that they take in memory: readers skip whole row groups, and every thread that
 * writes holds one.
 */
const rowGroupRows = 122_880;
const rowGroupMb = 32;
/** Where rows are so large that memory does not suffice for that, one thread writes these. */
const leastRowGroupMb = 4;

let running = 0;
const waiting: (() => void)[] = [];

async function turn(): Promise<void> {
  if (running < filesAtATime) running++;
  else await new Promise<void>((resolve) => { waiting.push(resolve); });
}

/** Whoever waits takes over the place. */
function endTurn(): void {
  const next = waiting.shift();
  if (next === undefined) running--;
  else next();
}

export type Task<Result> = (connect: () => Promise<DuckDBConnection>, folder: string) => Promise<Result>;

export class ParquetWriter {
  readonly #settings: WriterSettings;
  #instance: Promise<DuckDBInstance> | undefined;
  #folders = 0;
  #tasks = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
    rmSync(settings.directory, { recursive: true, force: true });
  }

  /** Runs a task, in its turn, with an empty folder of its own, which is removed behind it, and a connection if it asks for one. */
  async within<Result>(task: Task<Result>): Promise<Result> {
    await turn();
    try {
      return await this.beside(task);
    } finally {
      endTurn();
    }
  }

  /** As `within`, at once: for a task whose work is done in its turn elsewhere. */
  async beside<Result>(task: Task<Result>): Promise<Result> {
    clearTimeout(this.#idle);
    this.#tasks++;
    try {
      return await this.#run(task);
    } finally {
      if (--this.#tasks === 0) this.#idle = setTimeout(() => void this.close(), idleMs).unref();
    }
  }

  /** Ends the DuckDB; the next task opens another. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const instance = this.#instance;
    this.#instance = undefined;
    (await instance)?.closeSync();
  }

  async #run<Result>(task: Task<Result>): Promise<Result> {
    const folder = join(this.#settings.directory, String(++this.#folders));
    mkdirSync(folder, { recursive: true });
    let connection: DuckDBConnection | undefined;
    try {
      return await task(async () => connection ??= await (await (this.#instance ??= this.#open())).connect(), folder);
    } finally {
      connection?.closeSync();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #open(): Promise<DuckDBInstance> {
    const { directory, memoryMb = defaultMemoryMb, threads = defaultThreads } = this.#settings;
    const temporary = join(directory, 'temporary');
    mkdirSync(temporary, { recursive: true });
    return DuckDBInstance.create(':memory:', {
      memory_limit: `${memoryMb}MB`,
      threads: String(threads),
      temp_directory: temporary,
      max_temp_directory_size: `${temporaryMb}MB`,
      // Each thread writes what it has: to keep an order, they would hold what comes later.
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
  }
}

export interface WrittenFile {
  readonly rows: number;
  readonly sizeBytes: number;
}

/** Writes a query's rows. */
export async function copyToParquet(connection: DuckDBConnection, query: string, path: string): Promise<WrittenFile> {
  const copy = (groupMb: number) => countOf(connection, `COPY (${query}) TO ${quoted(path)}
    (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows}, ROW_GROUP_SIZE_BYTES '${groupMb}MB')`);
  try {
    return { rows: await copy(rowGroupMb), sizeBytes: statSync(path).size };
  } catch (error) {
    if (!(error instanceof ParquetFault && error.isOutOfMemory)) throw error;
  }
  const [threads] = await rowsOf(connection, "SELECT current_setting('threads')");
  await rowsOf(connection, 'SET threads = 1');
  try {
    return { rows: await copy(leastRowGroupMb), sizeBytes: statSync(path).size };
  } finally {
    await rowsOf(connection, `SET threads = ${Number(threads?.[0])}`);
  }
}

/** The one number that a statement answers with. */
export async function countOf(connection: DuckDBConnection, statement: string): Promise<number> {
  const [row] = await rowsOf(connection, statement);
  return Number(row?.[0]);
}

/** @throws ParquetFault */
export async function rowsOf(connection: DuckDBConnection, statement: string): Promise<(readonly unknown[])[]> {
  try {
    return (await connection.runAndReadAll(statement)).getRows();
  } catch (error) {
    // Without the cause, which would be printed with the values that it repeats.
    throw new ParquetFault((error as Error).message);
  }
}

/** A fault in DuckDB's kind alone: its messages repeat values of resources. */
export class ParquetFault extends Error {
  override readonly name = 'ParquetFault';
  readonly isOutOfMemory: boolean;

  constructor(message: string) {
    const kind = /^[A-Za-z]+(?: [A-Za-z]+)* Error/.exec(message)?.[0] ?? 'Error';
    super(`DuckDB could not make a Parquet file of the lake: ${kind}.`);
    this.isOutOfMemory = kind === 'Out of Memory Error';
  }
}
