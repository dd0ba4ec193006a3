/** Answers that lie in files: parts of them as JSON, and the whole as a CSV (https://www.rfc-editor.org/rfc/rfc4180). */
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBTypeId } from '@duckdb/node-api';
import type { DuckDBType } from '@duckdb/node-api';
import type { SqlPart, SqlReadPart } from './sql-messages.ts';
import { quoted, quotedName, readParquet } from './sql-text.ts';
import { isNested } from './sql-types.ts';
import { jsonText } from './sql-values.ts';

/** A part closes when its text reaches this size; a single row may be larger. */
export const partBytes = 4 * 1024 * 1024;

export async function readPart(connection: DuckDBConnection, { resultFile, offset, limit }: SqlPart): Promise<SqlReadPart> {
  const result = await connection.stream(`SELECT * FROM ${readParquet([resultFile])} LIMIT ${limit} OFFSET ${offset}`);
  const rows: string[] = [];
  let size = 0;
  for await (const chunk of result.yieldRows()) {
    for (const row of chunk) {
      const text = `[${row.map(jsonText).join()}]`;
      size += text.length;
      if (rows.length > 0 && size > partBytes) return { rows: `[${rows.join()}]`, count: rows.length };
      rows.push(text);
    }
  }
  return { rows: `[${rows.join()}]`, count: rows.length };
}

export async function writeCsv(connection: DuckDBConnection, { resultFile, file }: { readonly resultFile: string; readonly file: string }): Promise<void> {
  const source = readParquet([resultFile]);
  const prepared = await connection.prepare(`SELECT * FROM ${source}`);
  const columns = Array.from({ length: prepared.columnCount }, (_, index) => csvColumn(prepared.columnName(index), prepared.columnType(index)));
  await connection.run(`COPY (SELECT ${columns.join()} FROM ${source}) TO ${quoted(file)} (FORMAT csv, HEADER true)`);
}

/** As in JSON, but for values of rows and arrays, which DuckDB writes. */
function csvColumn(column: string, type: DuckDBType): string {
  const name = quotedName(column);
  if (isNested(type)) return `CAST(to_json(${name}) AS VARCHAR) AS ${name}`;
  if (type.typeId === DuckDBTypeId.TIMESTAMP) return `strftime(${name}, '%Y-%m-%d %H:%M:%S.%g') AS ${name}`;
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) return `strftime(${name}, '%Y-%m-%d %H:%M:%S.%g UTC') AS ${name}`;
  return name;
}
