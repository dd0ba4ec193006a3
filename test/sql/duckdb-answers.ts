/** Statements answered by DuckDB, through the checker, in the shape in which Trino's answers are told (`trino/Trino.java`). */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { SqlType } from '../../src/sql/ast.ts';
import { check, type CheckOptions } from '../../src/sql/check.ts';
import { parseType } from '../../src/sql/parse-type.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { TokenReader } from '../../src/sql/token-reader.ts';

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

export async function openDuckDb(): Promise<{ readonly connection: DuckDBConnection; readonly close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return { connection, close: () => { connection.closeSync(); instance.closeSync(); } };
}

export const typeOf = (text: string): SqlType => parseType(new TokenReader(text, () => { throw new Error('A type holds no query.'); }));

export async function answer(connection: DuckDBConnection, statement: string, options: CheckOptions): Promise<Answer> {
  const checked = check(parseQuery(statement), { ...options, text: statement });
  const reader = await connection.runAndReadAll(checked.duckDb);
  const types = checked.columns.map(({ type }) => typeOf(type));
  return { columns: checked.columns, rows: reader.getRowsJson().map((row) => row.map((value, index) => told(value, types[index]!))) };
}

/** As Trino tells it: rows as lists, timestamps with three digits. */
function told(value: unknown, type: SqlType): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === 'array') return (value as unknown[]).map((item) => told(item, type.element));
  if (type.kind === 'row') return Object.values(value).map((item, index) => told(item, type.fields[index]!.type));
  if (type.kind === 'map') return value;
  if (type.name === 'bigint' || type.name === 'integer') return Number(value);
  if (type.name === 'timestamp') return moment(String(value));
  return type.name === 'timestamp with time zone' ? `${moment(String(value))} UTC` : value;
}

function moment(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(3, '0')}`;
}
