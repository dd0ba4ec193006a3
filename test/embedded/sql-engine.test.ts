/** The engine of SQL over files of its own: what DuckDB is asked comes straight from the tests, as if src/sql had written it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbSql, maxPending } from '../../src/embedded/sql-engine.ts';
import type { DuckdbSql, SqlEngineOptions } from '../../src/embedded/sql-engine.ts';
import { resultLifeMs } from '../../src/embedded/sql-results.ts';
import { sqlTurns } from '../../src/embedded/sql-turns.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { SqlBusy } from '../../src/ports/sql-engine.ts';
import type { SqlLimits, SqlState } from '../../src/ports/sql-engine.ts';

const limits: SqlLimits = { timeoutMs: 60_000, rows: 100_000, scannedBytes: 1e12 };
const longMs = 60_000;
/** Reads the machine for minutes without much memory. */
const endless = 'SELECT count(*) FROM patient a, patient b, patient c WHERE a.id || b.id || c.id = \'x\'';

let root: string;
/** Of the tests that need none of their own: to start its process takes a quarter of a second. */
let shared: DuckdbSql | undefined;
const open: DuckdbSql[] = [];
let now = Date.parse('2026-03-01T12:00:00Z');

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'caldera-sql-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const store of ['one', 'other']) {
    mkdirSync(join(root, store));
    await connection.run(`COPY (SELECT '${store}-' || i AS id, i AS number FROM range(20000) t(i)) TO '${lakeFile(store)}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
});

/** Beyond the end of a test. */
function kept(sql: DuckdbSql): DuckdbSql {
  open.splice(open.indexOf(sql), 1);
  return sql;
}

/** The processes that this one has started and that have not ended. */
async function children(): Promise<readonly number[]> {
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sql-process'));
}

afterEach(async () => void (await Promise.all(open.splice(0).map((engine) => engine.close()))));
afterAll(async () => {
  await shared?.close();
  rmSync(root, { recursive: true, force: true });
});

function lakeFile(store: string): string {
  return join(root, store, 'patient.parquet');
}

/** A store of its own for each test, whose lake has the one table `patient`. */
function engine(options: Partial<SqlEngineOptions> = {}): DuckdbSql {
  const view = { name: 'patient', select: `SELECT * FROM read_parquet('${lakeFile('one')}')` };
  const made = duckdbSql({
    folder: mkdtempSync(join(root, 'sql-')), lakeFolder: join(root, 'one'), turns: sqlTurns(2), clock: { now: () => now }, ids: randomIds, memoryMb: 256,
    prepare: async ({ statement }) => ({ statement, schemas: [], views: [view], files: [lakeFile('one')], filesBytes: 1, asOf: now }),
    ...options,
  });
  open.push(made);
  return made;
}

async function ended(sql: DuckdbSql, statement: string, own: Partial<SqlLimits> = {}): Promise<SqlState & { readonly id: string }> {
  const { id } = await sql.start({ statement, tables: ['patient'], columns: [], limits: { ...limits, ...own } });
  return { ...(await sql.state(id, longMs))!, id };
}

async function rows(sql: DuckdbSql, statement: string) {
  const state = await ended(sql, statement);
  expect(state).toMatchObject({ state: 'succeeded' });
  return (await sql.page(state.id, { limit: 100 })).rows;
}

async function bytesOf(sql: DuckdbSql, id: string, format: 'csv' | 'parquet'): Promise<Buffer> {
  const file = await sql.file(id, format);
  if ('url' in file) throw new Error('The bytes are expected from this process.');
  const parts: Uint8Array[] = [];
  for await (const part of (await file.open())!) parts.push(part);
  const bytes = Buffer.concat(parts);
  expect(bytes.length).toBe(file.sizeBytes);
  return bytes;
}

/** First, while there is no process but that of the test. */
describe('the process of SQL', () => {
  test('that is ended from outside fails what it was at, and the next question has another', async () => {
    const sql = engine();
    const { id } = await sql.start({ statement: endless, tables: [], columns: [], limits });
    const [child] = await children();
    process.kill(child!, 'SIGKILL');
    expect(await sql.state(id, longMs)).toMatchObject({ state: 'failed', reason: 'failed', message: expect.stringContaining('Ask again') });
    expect(await rows(sql, 'SELECT 1')).toEqual([[1]]);
  });

  test('that is ended for a question that does not stop is asked the others again', async () => {
    const sql = engine({ graceMs: 1 });
    const ask = async (length: number): Promise<string> => {
      const statement = `SELECT levenshtein(repeat('a', ${length}), repeat('b', ${length})) AS distance`;
      return (await sql.start({ statement, tables: [], columns: [], limits })).id;
    };
    const [stubborn, other] = [await ask(1_000_000), await ask(10_000)];
    await sql.cancel(stubborn);
    expect(await sql.state(stubborn, longMs)).toMatchObject({ state: 'cancelled' });
    expect(await sql.state(other, longMs)).toMatchObject({ state: 'succeeded' });
    expect((await sql.page(other, { limit: 1 })).rows).toEqual([[10_000]]);
  });

  test('fails the question whose answer cannot be kept, and nothing else', async () => {
    const folder = mkdtempSync(join(root, 'sql-'));
    const sql = engine({ folder });
    rmSync(join(folder, 'results'), { recursive: true });
    await expect(sql.start({ statement: 'SELECT 1', tables: [], columns: [], limits })).rejects.toThrow();
    mkdirSync(join(folder, 'results'));
    const { id } = await sql.start({ statement: endless, tables: [], columns: [], limits });
    rmSync(join(folder, 'results'), { recursive: true });
    await sql.cancel(id);
    expect(await sql.state(id, longMs)).toMatchObject({ state: 'cancelled' });
    expect(await sql.state(id, 0)).toBeUndefined();
    mkdirSync(join(folder, 'results'));
    expect(await rows(sql, 'SELECT 1')).toEqual([[1]]);
  });

  test('that takes more of the machine than it may ends itself, and its questions have asked for too much', async () => {
    const sql = engine({ residentMb: 1 });
    expect(await ended(sql, endless)).toMatchObject({ state: 'failed', reason: 'out-of-memory' });
  });

  test('ends when nobody has asked for a while', async () => {
    const sql = engine({ idleMs: 1 });
    await rows(sql, 'SELECT 1');
    while ((await children()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await rows(sql, 'SELECT 2')).toEqual([[2]]);
  });

  test('knows nothing of the server\'s environment', async () => {
    const sql = engine();
    await rows(sql, 'SELECT 1');
    const [child] = await children();
    const names = readFileSync(`/proc/${child}/environ`, 'utf8').split('\0').map((line) => line.split('=')[0]).filter((name) => name !== '');
    expect(new Set(names)).toEqual(new Set(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'TZ', 'UV_THREADPOOL_SIZE']));
  });

  test('a question that runs when the server ends has failed when it is there again', async () => {
    const folder = mkdtempSync(join(root, 'sql-'));
    const sql = engine({ folder });
    const { id } = await sql.start({ statement: endless, tables: [], columns: [], limits });
    const [record] = readdirSync(join(folder, 'results')).filter((name) => name.endsWith('.json'));
    const running = readFileSync(join(folder, 'results', record!));
    await sql.close();
    // As a crash would have left it, in the middle of an answer.
    writeFileSync(join(folder, 'results', record!), running);
    writeFileSync(join(folder, 'results', `${id}.parquet`), 'PAR1');
    const again = engine({ folder });
    expect(await again.state(id, 0)).toMatchObject({ state: 'failed', message: expect.stringContaining('restarted') });
    expect(readdirSync(join(folder, 'results'))).toEqual([`${id}.json`]);
  });
});

describe('an answer', () => {
  test('has columns by name and Athena\'s type, and rows in the order that was asked for, page by page', async () => {
    const sql = (shared ??= kept(engine()));
    const { id } = await ended(sql, 'SELECT id, number AS "of rows" FROM patient ORDER BY number DESC LIMIT 5');
    const first = await sql.page(id, { limit: 2 });
    expect(first).toEqual({ columns: [{ name: 'id', type: 'varchar' }, { name: 'of rows', type: 'bigint' }], rows: [['one-19999', 19999], ['one-19998', 19998]], next: '2' });
    expect((await sql.page(id, { limit: 10, next: first.next! })).rows).toEqual([['one-19997', 19997], ['one-19996', 19996], ['one-19995', 19995]]);
    expect((await sql.page(id, { limit: 10, next: first.next! })).next).toBeUndefined();
  });

  test.each([
    ['1.10::DECIMAL(10, 2)', 'decimal(10,2)', '1.10'],
    ['9007199254740993', 'bigint', '9007199254740993'],
    ['\'nan\'::DOUBLE', 'double', '"NaN"'],
    ['true', 'boolean', 'true'],
    ['sum(number)', 'bigint', '199990000'],
    ['DATE \'0987-01-02\'', 'date', '"0987-01-02"'],
    ['TIMESTAMP \'2024-03-01 12:00:00.1239\'', 'timestamp', '"2024-03-01 12:00:00.123"'],
    ['TIMESTAMP \'1969-12-31 23:59:59.9991\'', 'timestamp', '"1969-12-31 23:59:59.999"'],
    ['TIMESTAMPTZ \'2024-03-01 12:00:00+02:00\'', 'timestamp with time zone', '"2024-03-01 10:00:00.000 UTC"'],
    ['[{\'family\': \'Rivera\', \'given\': [\'Ana\', NULL]}]', 'array(row(family varchar, given array(varchar)))', '[{"family":"Rivera","given":["Ana",null]}]'],
    ['MAP {\'a\': 1}', 'map(varchar, integer)', '{"a":1}'],
  ])('of %s is %s, in JSON %s', async (expression, type, json) => {
    const sql = (shared ??= kept(engine()));
    const { id } = await ended(sql, `SELECT ${expression} AS it FROM patient LIMIT 1`);
    const page = await sql.page(id, { limit: 1 });
    expect([page.columns[0]!.type, JSON.stringify(page.rows[0]![0])]).toEqual([type, json]);
  });

  test('is a CSV too, in which a text of nothing is told from null, and Parquet', async () => {
    const sql = engine();
    const { id } = await ended(sql, 'SELECT \'a "b", c\' AS text, \'\' AS empty, NULL::VARCHAR AS none, TIMESTAMP \'2024-03-01 12:00:00\' AS at, [{\'family\': \'X\'}] AS name, 1 AS text');
    expect((await bytesOf(sql, id, 'csv')).toString()).toBe('text,empty,none,at,name,text_2\n"a ""b"", c","",,2024-03-01 12:00:00.000,"[{""family"":""X""}]",1\n');
    expect((await bytesOf(sql, id, 'parquet')).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('is kept for a day, over restarts too, and gone after it', async () => {
    const folder = mkdtempSync(join(root, 'sql-'));
    const sql = engine({ folder });
    const { id } = await ended(sql, 'SELECT 1 AS one');
    await sql.close();
    const again = engine({ folder });
    expect(await again.state(id, 0)).toMatchObject({ state: 'succeeded', scannedBytes: 1 });
    expect((await again.page(id, { limit: 1 })).rows).toEqual([[1]]);
    now += resultLifeMs;
    again.sweep();
    expect(await again.state(id, 0)).toBeUndefined();
    expect(readdirSync(join(folder, 'results'))).toEqual([]);
  });

  test('is of nobody who does not know its id, whatever the id is made of', async () => {
    const sql = engine();
    for (const id of ['../one/patient', '', 'a'.repeat(36), randomIds.uuid()]) expect(await sql.state(id, 0)).toBeUndefined();
  });
});

describe('bounds', () => {
  test.each([
    ['more rows than may be', 'SELECT * FROM patient', { rows: 10 }, 'too-many-rows'],
    ['more bytes than may be read', 'SELECT * FROM patient', { scannedBytes: 0 }, 'too-many-bytes'],
    ['more time than there is', endless, { timeoutMs: 300 }, 'timeout'],
    ['more memory than there is', 'SELECT list(a.id || b.id) FROM patient a, patient b', {}, 'out-of-memory'],
    ['recursion without an end', 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r', { timeoutMs: 300 }, 'timeout'],
  ])('a question that takes %s fails, and says so', async (_what, statement, own, reason) => {
    const sql = (shared ??= kept(engine()));
    const state = await ended(sql, statement, own);
    expect(state).toMatchObject({ state: 'failed', reason });
    expect(await rows(sql, 'SELECT count(*) FROM patient')).toEqual([[20000]]);
  });

  test('as many run as there are turns, the others wait, and beyond a number of them nobody waits', async () => {
    const sql = engine({ turns: sqlTurns(1) });
    const wanted = { statement: endless, tables: [], columns: [], limits };
    const started = await Promise.all(Array.from({ length: maxPending }, () => sql.start(wanted)));
    await expect(sql.start(wanted)).rejects.toThrow(SqlBusy);
    for (const { id } of started.reverse()) await sql.cancel(id);
    for (const { id } of started) expect(await sql.state(id, longMs)).toEqual({ state: 'cancelled' });
    expect(await rows(sql, 'SELECT 1')).toEqual([[1]]);
  });

  test('what bytes a question reads is told by the columns that it names', async () => {
    const filesBytes = 20_000_000;
    const sql = engine({ prepare: async ({ statement }) => ({ statement, schemas: [], views: [{ name: 'patient', select: `SELECT * FROM read_parquet('${lakeFile('one')}')` }], files: [lakeFile('one')], filesBytes, asOf: now }) });
    const scanned = async (statement: string) => ((await ended(sql, statement)) as { scannedBytes?: number }).scannedBytes!;
    const [both, id, number, filter] = [await scanned('SELECT id, number FROM patient'), await scanned('SELECT max(id) FROM patient'), await scanned('SELECT sum(number) FROM patient'), await scanned('SELECT max(id) FROM patient WHERE number > 7')];
    expect(id).toBeGreaterThan(0);
    expect(id + number).toBe(both);
    expect(filter).toBe(both);
  });
});

/** What gets past src/sql, if anything does, is stopped here. */
describe('the sandbox', () => {
  test.each([
    ['a file of the machine', 'SELECT * FROM read_text(\'/etc/passwd\')'],
    ['a file as a table', 'SELECT * FROM \'/etc/passwd\''],
    ['a CSV', 'SELECT * FROM read_csv(\'/etc/passwd\')'],
    ['names of files', 'SELECT * FROM glob(\'/etc/*\')'],
    ['another store\'s lake', `SELECT * FROM read_parquet('OTHER')`],
    ['another store\'s lake by a detour', `SELECT * FROM read_parquet('ONE/../OTHER')`],
    ['the environment', 'SELECT getenv(\'PATH\')'],
    ['the network', 'SELECT * FROM read_csv(\'http://127.0.0.1:1/x\')'],
    ['a bucket', 'SELECT * FROM read_parquet(\'s3://caldera/x\')'],
    ['a process\'s memory', 'SELECT * FROM read_blob(\'/proc/self/environ\')'],
    ['a write', 'COPY (SELECT 1) TO \'/tmp/caldera-sql-attack\''],
    ['a write into the lake', 'COPY (SELECT 1) TO \'ONE/x.parquet\''],
    ['a database', 'ATTACH \'/tmp/caldera-sql-attack\' AS other'],
    ['an extension', 'INSTALL httpfs'],
    ['an extension that is there', 'LOAD httpfs'],
    ['a setting', 'SET memory_limit = \'100GB\''],
    ['a setting that opens the door', 'SET enable_external_access = true'],
    ['a pragma', 'PRAGMA database_list'],
    ['a table', 'CREATE TABLE t AS SELECT 1'],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a statement behind a comment', 'SELECT 1 /* */ ; DROP VIEW patient'],
    ['a way out of the parentheses', 'SELECT 1) TO \'/tmp/caldera-sql-attack\' (FORMAT csv); --'],
    ['nothing', ''],
    ['a procedure', 'CALL pragma_version()'],
    ['a plan', 'EXPLAIN ANALYZE SELECT 1'],
    ['a parameter', 'SELECT $1'],
    ['an export', 'EXPORT DATABASE \'/tmp/caldera-sql-attack\''],
  ])('refuses %s', async (_what, statement) => {
    const sql = (shared ??= kept(engine()));
    const state = await ended(sql, statement.replace('ONE', join(root, 'one')).replace('OTHER', statement.includes('..') ? 'other/patient.parquet' : lakeFile('other')));
    expect(state).toMatchObject({ state: 'failed', reason: 'refused' });
    expect(existsSync('/tmp/caldera-sql-attack')).toBe(false);
    expect(JSON.stringify(state)).not.toMatch(/root|passwd|parquet/);
  });

  test('leaves no view of one question to another', async () => {
    const sql = engine({ prepare: async ({ statement, tables }) => ({ statement, schemas: [], views: tables.map((name) => ({ name, select: 'SELECT 1 AS one' })), files: [], filesBytes: 0, asOf: now }) });
    const first = await sql.start({ statement: 'SELECT * FROM observation', tables: ['observation'], columns: [], limits });
    expect(await sql.state(first.id, longMs)).toMatchObject({ state: 'succeeded' });
    const second = await sql.start({ statement: 'SELECT * FROM observation', tables: [], columns: [], limits });
    expect(await sql.state(second.id, longMs)).toMatchObject({ state: 'failed', reason: 'refused' });
  });

  test('tells no value at which a statement failed', async () => {
    const state = await ended(engine(), 'SELECT CAST(id AS INTEGER) FROM patient');
    expect(state).toMatchObject({ state: 'failed', reason: 'failed' });
    expect(JSON.stringify(state)).not.toMatch(/one-/);
  });
});
