/**
 * Parquet files of the lake, made by DuckDB from lines of JSON that `src/fhir/lake` has made of resources, and merged from each
 * other. A file has the columns and fields that occur in it, `id` and those of the version. Rows are not sorted: sorting
 * whole rows by patient was measured at half the rate and 300 MB more memory.
 */
import { isUtf8 } from 'node:buffer';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { versionColumns } from '../../fhir/lake/lake-table.ts';
import { RowText } from '../../fhir/lake/row-text.ts';
import { duckDbType } from '../../fhir/lake/type-names.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Compaction, LakeRow, Merging, ParquetFile, ParquetFiles } from '../../ports/parquet-files.ts';
import type { WriterSettings } from './parquet-writer.ts';
import { copyToParquet, countOf, ParquetWriter, rowsOf } from './parquet-writer.ts';
import { readFiles } from './read-table.ts';
import { quoted } from './sql-text.ts';

export interface ParquetFilesOptions extends WriterSettings {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  /** Where an object's file lies on a machine that keeps objects as files: it is read in place. */
  readonly pathOf?: (key: string) => string;
}

/** Bytes of lines that are gathered before they go to the disk. */
const blockBytes = 1024 * 1024;
/** DuckDB's buffers hold some of the longest lines each; smaller ones share a file better among threads. */
const minLineBytes = 4 * 1024 * 1024;

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
    write: (table, rows, key) => writer.within(async (connection, folder) => {
      const path = join(folder, 'rows.ndjson');
      const text = new RowText(table);
      await writeLines(rows, text, path);
      if (text.rows === 0) return undefined;
      return publish(connection, selectLines(text, path), { key, folder });
    }),
    merge: ({ sources, key }: Merging) => writer.within(async (connection, folder) => {
      const source = readFiles(await localFiles(sources, folder));
      if (await countOf(connection, `SELECT count(*) FROM ${source}`) === 0) return undefined;
      return publish(connection, `SELECT * FROM ${source}`, { key, folder });
    }),
    compact: (compaction) => writer.within(async (connection, folder) => {
      const source = readFiles(await localFiles(compaction.sources, folder), ', file_row_number = true');
      const counts = await pickVersions(connection, source, compaction.part);
      const make = async (layer: 'current' | 'past') =>
        counts[layer] === 0 ? undefined : publish(connection, selectPicked(source, layer), { key: compaction[layer], folder });
      const current = await make('current');
      const past = await make('past');
      return { ...(current && { current }), ...(past && { past }) };
    }),
    close: () => writer.close(),
  };
}

async function writeLines(rows: AsyncIterable<LakeRow> | Iterable<LakeRow>, text: RowText, path: string): Promise<void> {
  const file = await open(path, 'wx');
  const flush = async () => {
    const { bytes } = text;
    for (let start = 0; start < bytes.length;) start += (await file.write(bytes, start)).bytesWritten;
    text.clear();
  };
  try {
    for await (const row of rows) {
      text.append(row.json === undefined || isUtf8(row.json) ? row : { ...row, json: repaired(row.json) });
      if (text.bytes.length >= blockBytes) await flush();
    }
    await flush();
  } finally {
    await file.close();
  }
}

/** U+FFFD stands for what is no UTF-8: DuckDB would take none of the file. */
function repaired(json: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8'));
}

/** The lines as rows of the columns that occur in them. */
function selectLines(text: RowText, path: string): string {
  const { columns } = text.occurring();
  const types = columns.map(({ name, type }) => `"${name}": ${quoted(duckDbType(type))}`);
  const lineBytes = Math.max(text.longest, minLineBytes);
  const options = `format = 'newline_delimited', maximum_object_size = ${lineBytes}, columns = {${types.join(', ')}}`;
  return `SELECT * FROM read_json(${quoted(path)}, ${options})`;
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

function selectPicked(source: string, layer: 'current' | 'past'): string {
  return `SELECT found.* EXCLUDE (file_row_number) REPLACE (picked.until AS ${versionColumns.validTo}, '${layer}' AS ${versionColumns.layer})
    FROM (SELECT *, file_index FROM ${source}) AS found
    JOIN picked ON picked.file = found.file_index AND picked.place = found.file_row_number
    WHERE picked.is_current = ${layer === 'current'}`;
}
