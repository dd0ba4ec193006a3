/**
 * The DuckDB that writes Parquet (https://duckdb.org/docs/stable/data/parquet/overview): one in a process, opened when it is first needed, within
 * bounds of memory and disk. It runs on threads of its own.
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

/** Holds a row group of each thread, and of what is sorted the rest lies on disk. */
export const defaultMemoryMb = 512;
export const defaultThreads = 2;
/** Of what does not fit into memory. */
const temporaryMb = 16_384;

/**
 * Rows of a row group at most, and about the bytes that they take in memory: readers skip whole row groups, and every thread that
 * writes holds one.
 */
const rowGroupRows = 122_880;
const rowGroupMb = 48;

export class ParquetWriter {
  readonly #settings: WriterSettings;
  #instance: Promise<DuckDBInstance> | undefined;
  #folders = 0;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  /** Runs a task with a connection and an empty folder of its own, which is removed behind it. */
  async within<Result>(task: (connection: DuckDBConnection, folder: string) => Promise<Result>): Promise<Result> {
    const instance = await (this.#instance ??= this.#open());
    const folder = join(this.#settings.directory, String(++this.#folders));
    mkdirSync(folder);
    const connection = await instance.connect();
    try {
      return await task(connection, folder);
    } finally {
      connection.closeSync();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    (await instance)?.closeSync();
  }

  async #open(): Promise<DuckDBInstance> {
    const { directory, memoryMb = defaultMemoryMb, threads = defaultThreads } = this.#settings;
    rmSync(directory, { recursive: true, force: true });
    const temporary = join(directory, 'temporary');
    mkdirSync(temporary, { recursive: true });
    return DuckDBInstance.create(':memory:', {
      memory_limit: `${memoryMb}MB`,
      threads: String(threads),
      temp_directory: temporary,
      max_temp_directory_size: `${temporaryMb}MB`,
      // Rows are sorted where their order matters; otherwise each thread writes what it has.
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
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows}, ROW_GROUP_SIZE_BYTES '${rowGroupMb}MB'`;
  return { rows: await countOf(connection, `COPY (${query}) TO ${quoted(path)} (${options})`), sizeBytes: statSync(path).size };
}

/** The one number that a statement answers with. */
export async function countOf(connection: DuckDBConnection, statement: string): Promise<number> {
  const [row] = await rowsOf(connection, statement);
  return Number(row?.[0]);
}

/** @throws Error without DuckDB's words: these repeat values of resources */
export async function rowsOf(connection: DuckDBConnection, statement: string): Promise<(readonly unknown[])[]> {
  try {
    return (await connection.runAndReadAll(statement)).getRows();
  } catch (error) {
    const kind = /^[A-Za-z]+(?: [A-Za-z]+)* Error/.exec((error as Error).message)?.[0] ?? 'Error';
    // oxlint-disable-next-line preserve-caught-error -- the cause would be printed with the values that it repeats
    throw new Error(`DuckDB could not make a Parquet file of the lake: ${kind}.`);
  }
}
