/**
 * Parquet files of the lake: those of resources are made here, column by column (`../parquet`), and merged from each other by DuckDB.
 * A file has the columns and fields that occur in it, `id` and those of the version. Rows are not sorted: sorting whole rows by
 * patient was measured at half the rate and 300 MB more memory.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { versionColumns } from '../../fhir/lake/lake-table.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Compaction, Merging, NewFile, ParquetFile, ParquetFiles } from '../../ports/parquet-files.ts';
import { madeHere, partBytes } from '../parquet/file-maker.ts';
import type { FileOfRows, MadeFile } from '../parquet/file-maker.ts';
import type { Task, WriterSettings } from './parquet-writer.ts';
import { copyToParquet, countOf, ParquetWriter, rowsOf } from './parquet-writer.ts';
import { readFiles } from './read-table.ts';

export interface ParquetFilesOptions extends WriterSettings {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  /** Where an object's file lies on a machine that keeps objects as files: it is read in place. */
  readonly pathOf?: (key: string) => string;
  /** Of resources that are held as columns at once; what suits memory unless given. */
  readonly partBytes?: number;
  /** Unless given, all files are made by this thread, one after the other. */
  readonly elsewhere?: FilesElsewhere;
}

/** Where files are made of rows beside this thread. */
export interface FilesElsewhere {
  /** So many are made at a time. */
  readonly filesAtOnce: number;
  /** For less JSON it is not worth it. */
  readonly leastBytes: number;
  /** As `madeHere`, in its turn. */
  make(file: FileOfRows): Promise<MadeFile | undefined>;
}

/** @returns the port, and what closes the DuckDB behind it */
export function parquetFiles(options: ParquetFilesOptions): ParquetFiles & { close(): Promise<void> } {
  const { objects, pathOf } = options;
  const writer = new ParquetWriter(options);

  /** Makes the object of a query's rows. */
  async function publish(connection: DuckDBConnection, query: string, target: { key: string; folder: string }): Promise<ParquetFile> {
    const path = join(target.folder, 'made.parquet');
    const written = await copyToParquet(connection, query, path);
    await objects.put(target.key, await readFile(path));
    return { key: target.key, ...written };
  }

  /** Of rows, and merged where it is made in parts. */
  const written = ({ table, rows, key }: Omit<NewFile, 'expectedBytes'>, make: FilesElsewhere['make']): Task<ParquetFile | undefined> => async (connect, folder) => {
    const parts: string[] = [];
    const takePart = async ({ bytes }: MadeFile): Promise<void> => {
      const path = join(folder, `part-${parts.length}.parquet`);
      await writeFile(path, bytes);
      parts.push(path);
    };
    const made = await make({ table, rows, takePart, partBytes: options.partBytes ?? partBytes });
    if (parts.length > 0) {
      if (made !== undefined) await takePart(made);
      return publish(await connect(), `SELECT * FROM ${readFiles(parts)}`, { key, folder });
    }
    if (made === undefined) return undefined;
    await objects.put(key, made.bytes);
    return { key, rows: made.rows, sizeBytes: made.bytes.length };
  };

  const write: ParquetFiles['write'] = (table, rows, key) => writer.within(written({ table, rows, key }, madeHere));

  async function localFiles(keys: readonly string[], folder: string): Promise<string[]> {
    if (pathOf !== undefined) return keys.map(pathOf);
    const paths: string[] = [];
    for (const [index, key] of keys.entries()) {
      const body = await objects.get(key);
      if (body === undefined) throw new Error(`The lake has no file ${key}.`);
      const path = join(folder, `source-${index}.parquet`);
      await writeFile(path, body);
      paths.push(path);
    }
    return paths;
  }

  return {
    write,
    async writeAll(files) {
      const { elsewhere } = options;
      const isMuch = elsewhere !== undefined && files.reduce((sum, { expectedBytes }) => sum + expectedBytes, 0) >= elsewhere.leastBytes;
      if (isMuch) return sideBySide(files, elsewhere.filesAtOnce + filesOnTheirWay, (file) => writer.beside(written(file, (rows) => elsewhere.make(rows))));
      return sideBySide(files, 1, ({ table, rows, key }) => write(table, rows, key));
    },
    merge: ({ sources, key }: Merging) => writer.within(async (connect, folder) => {
      const connection = await connect();
      const source = readFiles(await localFiles(sources, folder));
      if (await countOf(connection, `SELECT count(*) FROM ${source}`) === 0) return undefined;
      return publish(connection, `SELECT * FROM ${source}`, { key, folder });
    }),
    compact: (compaction) => writer.within(async (connect, folder) => {
      const connection = await connect();
      const source = readFiles(await localFiles(compaction.sources, folder), ', file_row_number = true');
      const counts = await pickVersions(connection, source, compaction.part);
      const make = async (layer: 'current' | 'past') => {
        if (counts[layer] === 0) return undefined;
        const file = await publish(connection, selectPicked(source, layer), { key: compaction[layer], folder });
        // What is published replaces what was there.
        if (file.rows !== counts[layer]) throw new Error(`Of ${counts[layer]} rows ${file.rows} were compacted.`);
        return file;
      };
      const current = await make('current');
      const past = await make('past');
      return { ...(current && { current }), ...(past && { past }) };
    }),
    close: () => writer.close(),
  };
}

/** Beside those that are made: one that is put where it belongs, while the next is begun. */
const filesOnTheirWay = 1;

/** The largest first, so that all end at about the same time. When one fails, no other is begun, and those that are at work end. */
async function sideBySide(
  files: readonly NewFile[], atOnce: number, work: (file: NewFile) => Promise<ParquetFile | undefined>,
): Promise<readonly (ParquetFile | undefined)[]> {
  const waiting = [...files.entries()].toSorted(([, one], [, other]) => other.expectedBytes - one.expectedBytes);
  const results: (ParquetFile | undefined)[] = [];
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, files.length) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [position, file] = next;
      try {
        results[position] = await work(file);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  }));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return files.map((_file, position) => results[position]);
}

/**
 * Notes of each version where it lies, once, and of what layer it is to be, when the next was written: of few columns, so that
 * the whole rows are only read and written.
 */
async function pickVersions(connection: DuckDBConnection, source: string, part: Compaction['part']): Promise<{ current: number; past: number }> {
  const { version, validFrom, validTo, deleted } = versionColumns;
  const chosen = part === undefined ? '' : `WHERE md5_number_lower(id) % ${part.buckets} = ${part.bucket}`;
  await rowsOf(connection, `CREATE TEMP TABLE picked AS
    WITH versions AS (
      SELECT id, ${version}, ${validFrom}, ${validTo}, ${deleted}, file_index AS file, file_row_number AS place FROM ${source} ${chosen}
      QUALIFY row_number() OVER (PARTITION BY id, ${version} ORDER BY file_index, file_row_number) = 1)
    SELECT file, place,
      coalesce(lead(${validFrom}) OVER later, ${validTo}) AS until,
      lead(id) OVER later IS NULL AND NOT ${deleted} AS is_current
    FROM versions WINDOW later AS (PARTITION BY id ORDER BY ${version})`);
  const [counts] = await rowsOf(connection, 'SELECT count(*) FILTER (is_current), count(*) FILTER (NOT is_current) FROM picked');
  return { current: Number(counts![0]), past: Number(counts![1]) };
}

/** What is made has no column for its place among the sources: it would stand for the place when the file is compacted again. */
function selectPicked(source: string, layer: 'current' | 'past'): string {
  return `SELECT found.* EXCLUDE (file_index, file_row_number)
      REPLACE (picked.until AS ${versionColumns.validTo}, '${layer}' AS ${versionColumns.layer})
    FROM (SELECT *, file_index FROM ${source}) AS found
    JOIN picked ON picked.file = found.file_index AND picked.place = found.file_row_number
    WHERE picked.is_current = ${layer === 'current'}`;
}
