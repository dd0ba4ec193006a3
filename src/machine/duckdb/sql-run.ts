/**
 * Runs one question in the sandbox, its answer into a Parquet file. The statement comes from `src/sql`, which has read and
 * checked it; that it is one SELECT is made sure of once more.
 */
import { statSync } from 'node:fs';
import { StatementType } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { SqlRefused } from './sql-failures.ts';
import type { SqlRan, SqlRun, SqlSchema } from './sql-messages.ts';
import { leastChargedBytes, scannedBytes } from './sql-scanned.ts';
import { quoted, quotedName } from './sql-text.ts';
import { athenaType, keptType } from './sql-types.ts';

/** How often the file of an answer is looked at while it grows. */
const lookMs = 100;

/** Such moments come as timestamps of UTC, which is the sandbox's zone too. */
const zoned = /^timestamp.* with time zone$/;

/** @param connection of this question alone: its views are seen by no other. @throws SqlRefused; what DuckDB throws */
export async function runQuestion(connection: DuckDBConnection, run: SqlRun): Promise<SqlRan> {
  for (const schema of run.schemas) await made(schema, connection);
  for (const { name, select } of run.views) await connection.run(`CREATE TEMP VIEW ${quotedName(name)} AS ${select}`);
  const prepared = await prepareSelect(connection, run.statement);
  const columns = run.columns ?? Array.from({ length: prepared.columnCount }, (_, index) => ({
    name: prepared.columnName(index), type: athenaType(prepared.columnType(index)),
  }));
  const scanned = await boundedScan(connection, run);
  const rows = await written(connection, { ...run, columns }, prepared);
  if (rows > run.rows) throw new SqlRefused('too-many-rows', `The answer has more rows than the ${run.rows} that it may have. Count, group or limit.`);
  return { columns, rows, scannedBytes: scanned };
}

/** Schemas that the process has made: two questions at a time make one file. */
const schemas = new Map<string, Promise<unknown>>();

async function made({ path, statement }: SqlSchema, connection: DuckDBConnection): Promise<void> {
  const isThere = schemas.get(path)?.then(() => true, () => false);
  if (await isThere) return;
  const making = connection.run(statement);
  schemas.set(path, making);
  await making;
}

async function prepareSelect(connection: DuckDBConnection, statement: string): Promise<DuckDBPreparedStatement> {
  const extracted = await connection.extractStatements(statement).catch(() => undefined);
  if (extracted?.count !== 1) throw new SqlRefused('refused', 'There is one statement in a query.');
  const prepared = await extracted.prepare(0);
  if (prepared.statementType !== StatementType.SELECT || prepared.parameterCount !== 0) throw new SqlRefused('refused', 'A query is a SELECT.');
  return prepared;
}

async function boundedScan(connection: DuckDBConnection, { statement, files, filesBytes, scannedBytes: most }: SqlRun): Promise<number> {
  const scanned = filesBytes <= leastChargedBytes ? filesBytes : await scannedBytes(connection, statement, files);
  if (scanned > most) throw new SqlRefused('too-many-bytes', `The query reads ${scanned} bytes, more than the ${most} that it may. Select fewer columns.`);
  return scanned;
}

/** @returns how many rows were written: at most one more than may be */
async function written(connection: DuckDBConnection, { statement, columns, rows, resultFile, resultBytes }: SqlRun & Pick<SqlRan, 'columns'>, prepared: DuckDBPreparedStatement): Promise<number> {
  const names = uniqueNames(columns.map(({ name }) => name)).map(quotedName);
  const kept = names.map((name, index) => `CAST(${name} AS ${zoned.test(columns[index]!.type) ? 'TIMESTAMPTZ' : keptType(prepared.columnType(index))}) AS ${name}`);
  const select = `SELECT ${kept.join()} FROM (${statement}\n) AS answer(${names.join()}) LIMIT ${rows + 1}`;
  let isTooLarge = false;
  const watch = setInterval(() => {
    isTooLarge ||= (statSync(resultFile, { throwIfNoEntry: false })?.size ?? 0) > resultBytes;
    if (isTooLarge) connection.interrupt();
  }, lookMs);
  try {
    const result = await connection.run(`COPY (${select}) TO ${quoted(resultFile)} (FORMAT parquet, COMPRESSION zstd)`);
    return Number((await result.getRows())[0]![0]);
  } catch (error) {
    if (isTooLarge) throw new SqlRefused('too-many-rows', `The answer is larger than the ${resultBytes} bytes that it may have. Select fewer columns or rows.`);
    throw error;
  } finally {
    clearInterval(watch);
  }
}

/** Parquet's columns have one name each, whatever their case: a second `id` becomes `id_2`. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; taken.has(unique.toLowerCase()); count += 1) unique = `${name}_${count}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
