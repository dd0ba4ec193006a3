/**
 * Parquet files of the lake: those of resources are made here, column by column (`../parquet`), and merged from each other by DuckDB.
 * A file has the columns and fields that occur in it, `id` and those of the version. Rows are not sorted: sorting whole rows by
 * patient was measured at half the rate and 300 MB more memory.
 */
import { isUtf8 } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { versionColumns } from '../../fhir/lake/lake-table.ts';
import { RowColumns } from '../../fhir/lake/row-columns.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Compaction, Merging, ParquetFile, ParquetFiles } from '../../ports/parquet-files.ts';
import { parquetFile } from '../parquet/parquet-file.ts';
import type { WriterSettings } from './parquet-writer.ts';
import { copyToParquet, countOf, ParquetWriter, rowsOf } from './parquet-writer.ts';
import { readFiles } from './read-table.ts';

export interface ParquetFilesOptions extends WriterSettings {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  /** Where an object's file lies on a machine that keeps objects as files: it is read in place. */
  readonly pathOf?: (key: string) => string;
  /** Of resources that are held as columns at once; what suits memory unless given. */
  readonly partBytes?: number;
}

/** Resources whose columns are held at once, as bytes of JSON, of which they take about half. A larger file is merged of such parts. */
const partBytes = 128 * 1024 * 1024;

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

  async function put(columns: RowColumns, key: string): Promise<ParquetFile> {
    const body = Buffer.concat(await parquetFile(columns));
    await objects.put(key, body);
    return { key, rows: columns.rows, sizeBytes: body.length };
  }

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
    write: (table, rows, key) => writer.within(async (connect, folder) => {
      const parts: string[] = [];
      let columns = new RowColumns(table);
      const endPart = async (): Promise<void> => {
        const path = join(folder, `part-${parts.length}.parquet`);
        await writeFile(path, await parquetFile(columns));
        parts.push(path);
        columns = new RowColumns(table);
      };
      for await (const row of rows) {
        columns.append(row.json === undefined || isUtf8(row.json) ? row : { ...row, json: repaired(row.json) });
        if (columns.sizeBytes >= (options.partBytes ?? partBytes)) await endPart();
      }
      if (parts.length === 0) return columns.rows === 0 ? undefined : put(columns, key);
      if (columns.rows > 0) await endPart();
      return publish(await connect(), `SELECT * FROM ${readFiles(parts)}`, { key, folder });
    }),
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

/** U+FFFD stands for what is no UTF-8: readers would take none of the file. */
function repaired(json: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8'));
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
