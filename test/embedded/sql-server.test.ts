/** Questions in SQL to a running server: two data stores side by side, and whatever a client may try to get at more than its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPlatform } from '../../src/embedded/platform.ts';
import type { Platform } from '../../src/embedded/platform.ts';
import { lakeThreads } from '../../src/embedded/lake-threads.ts';
import { sqlTurns } from '../../src/embedded/sql-turns.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import type { JsonObject } from '../../src/fhir/json.ts';

let folder: string;
let platform: Platform;
/** Two data stores, each with a patient of its own. */
let [one, other] = ['', ''];
const faults: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-sql-server-'));
  platform = await openPlatform(join(folder, 'data'), { clock: systemClock, ids: randomIds, report: ({ error }) => faults.push(error), lakeThreads: lakeThreads(), sqlTurns: sqlTurns(2) });
  [one, other] = [await platform.createDataStore({ name: 'one' }), await platform.createDataStore({ name: 'other' })];
  for (const id of [one, other]) await put(id, { resourceType: 'Patient', id: `of-${id}`, gender: 'female', birthDate: '1970-02-01', name: [{ family: 'Østergård', given: ['Æsa'] }] });
});

afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true, force: true });
  if (faults.length > 0) throw new AggregateError(faults, 'The server reported faults.');
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

async function send(store: string, method: string, target: string, { body, headers = {} }: { readonly body?: JsonObject; readonly headers?: Record<string, string> } = {}): Promise<Answer> {
  const [path = '', query = ''] = target.split('?');
  const answer = await platform.find(store)!.answer({
    method, path, query, baseUrl: `http://localhost/datastore/${store}/r4`, caller: 'someone',
    headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: answer.json === undefined ? {} : (JSON.parse(answer.json) as JsonObject) };
}

async function put(store: string, resource: JsonObject): Promise<void> {
  const { status } = await send(store, 'PUT', `/${String(resource['resourceType'])}/${String(resource['id'])}`, { body: resource, headers: { 'content-type': 'application/fhir+json' } });
  expect([200, 201]).toContain(status);
}

const ask = (store: string, query: string, others: JsonObject = {}) => send(store, 'POST', '/sql', { body: { query, ...others } });
const diagnostics = ({ body }: Answer): string => (body['issue'] as unknown as readonly { readonly diagnostics: string }[])[0]!.diagnostics;

describe('a data store\'s answers', () => {
  test('are of what was written just before, updated and deleted, and have its history', async () => {
    await put(one, { resourceType: 'Patient', id: 'changing', gender: 'male' });
    expect((await ask(one, 'SELECT gender FROM patient WHERE id = \'changing\'')).body['rows']).toEqual([['male']]);
    await put(one, { resourceType: 'Patient', id: 'changing', gender: 'other' });
    expect((await ask(one, 'SELECT gender FROM patient WHERE id = \'changing\'')).body['rows']).toEqual([['other']]);
    await send(one, 'DELETE', '/Patient/changing');
    expect((await ask(one, 'SELECT gender FROM patient WHERE id = \'changing\'')).body['rows']).toEqual([]);
    const history = 'SELECT resource_version, gender, resource_deleted, valid_to IS NULL FROM patient_history WHERE id = \'changing\' ORDER BY 1';
    expect((await ask(one, history)).body['rows']).toEqual([[1, 'male', false, false], [2, 'other', false, false], [3, null, true, true]]);
  });

  test('have a type each, as the statement was checked, and nested values as JSON', async () => {
    const { body } = await ask(one, 'SELECT name, birthdate_date, name[1].given[1] AS given, \'text\' AS text FROM patient WHERE gender = \'female\'');
    expect((body['columns'] as unknown as { name: string; type: string }[]).slice(1)).toEqual([{ name: 'birthdate_date', type: 'date' }, { name: 'given', type: 'varchar' }, { name: 'text', type: 'varchar' }]);
    expect(body['rows']).toEqual([[[expect.objectContaining({ family: 'Østergård', given: ['Æsa'] })], '1970-02-01', 'Æsa', 'text']]);
  });

  test('of a type that it has none of are empty, with all columns', async () => {
    expect((await ask(one, 'SELECT id, code.coding[1].code, valuequantity.value FROM observation')).body['rows']).toEqual([]);
  });

  test('are its own alone', async () => {
    for (const [store, id] of [[one, other], [other, one]] as const) {
      expect((await ask(store, `SELECT count(*) FROM patient WHERE id = 'of-${id}'`)).body['rows']).toEqual([[0]]);
    }
  });

  test('are asked for again at its own address alone', async () => {
    const { headers } = await ask(one, 'SELECT id FROM patient');
    const path = new URL(headers['Content-Location']!).pathname.split('/r4')[1]!;
    expect((await send(one, 'GET', path)).status).toBe(200);
    expect((await send(other, 'GET', path)).status).toBe(404);
    expect((await send(other, 'DELETE', path)).status).toBe(404);
  });

  test('saved queries are its own alone', async () => {
    await send(one, 'PUT', '/sql/queries/mine', { body: { query: 'SELECT id FROM patient WHERE gender = :gender' } });
    expect((await send(one, 'POST', '/sql', { body: { saved: 'mine', parameters: { gender: 'female' } } })).body['rows']).toEqual([[`of-${one}`]]);
    expect((await send(other, 'GET', '/sql/queries/mine')).status).toBe(404);
    expect((await send(other, 'POST', '/sql', { body: { saved: 'mine' } })).status).toBe(404);
  });
});

/** None of these reaches an engine. */
describe('what is no question', () => {
  test.each([
    ['a file that is read', 'SELECT * FROM read_csv(\'/etc/passwd\')'],
    ['a file that is read as text', 'SELECT read_text(\'/etc/passwd\')'],
    ['a file as a table', 'SELECT * FROM \'/etc/passwd\''],
    ['a file as a quoted name', 'SELECT * FROM "/nowhere/passwd"'],
    ['a file of the lake', 'SELECT * FROM "lake/patient/x.parquet"'],
    ['Parquet', 'SELECT * FROM read_parquet(\'s3://caldera/lake/*\')'],
    ['names of files', 'SELECT * FROM glob(\'/*\')'],
    ['the environment', 'SELECT getenv(\'HOME\')'],
    ['a setting', 'SELECT current_setting(\'memory_limit\')'],
    ['COPY', 'COPY patient TO \'/tmp/caldera-attack\''],
    ['ATTACH', 'ATTACH \'/tmp/caldera-attack\''],
    ['INSTALL', 'INSTALL httpfs'],
    ['PRAGMA', 'PRAGMA database_list'],
    ['SET', 'SET threads = 100'],
    ['EXPLAIN', 'EXPLAIN SELECT 1'],
    ['UNLOAD', 'UNLOAD (SELECT * FROM patient) TO \'s3://elsewhere/\''],
    ['CTAS', 'CREATE TABLE t AS SELECT * FROM patient'],
    ['DROP', 'DROP VIEW patient'],
    ['two statements', 'SELECT 1; DROP VIEW patient'],
    ['two statements, the other behind a comment', 'SELECT 1 /* ; */ ; DELETE FROM patient -- '],
    ['one that goes on behind a comment that ends early', 'SELECT 1 /* /* */ ; COPY patient TO \'/tmp/x\' */'],
    ['the catalog', 'SELECT * FROM information_schema.tables'],
    ['DuckDB\'s catalog', 'SELECT * FROM duckdb_settings()'],
    ['DuckDB\'s catalog without parentheses', 'SELECT * FROM duckdb_settings'],
    ['SQLite\'s catalog', 'SELECT * FROM sqlite_master'],
    ['PostgreSQL\'s catalog', 'SELECT * FROM pg_catalog.pg_class'],
    ['another catalog', 'SELECT * FROM awsdatacatalog.other.patient'],
    ['another database', 'SELECT * FROM other.patient'],
    ['files of all versions', 'SELECT * FROM patient_versions'],
    ['Athena\'s hidden columns', 'SELECT "$path" FROM patient'],
    ['recursion', 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r'],
    ['a way out of a text', 'SELECT \'a\\\\\' , read_text(\'/etc/passwd\') --\''],
    ['a name that ends early', 'SELECT 1 AS "a"" FROM read_text(\'/etc/passwd\') --"; SELECT 1'],
    ['a NUL', 'SELECT 1\u0000; COPY patient TO \'/tmp/x\''],
    ['very deep nesting', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['a very long one', `SELECT 1 FROM patient WHERE id IN (${'\'abcdefgh\','.repeat(40_000)}'z')`],
  ])('%s is refused with a position, and without a value', async (_what, query) => {
    const answer = await ask(one, query);
    expect(answer.status).toBe(400);
    expect(diagnostics(answer)).toMatch(/^line \d+, column \d+: /);
    expect(diagnostics(answer)).not.toMatch(/\/etc|\/tmp|s3:|abcdefgh/);
  });

  test('names that DuckDB has and Athena has not are names of nothing', async () => {
    for (const name of ['read_blob', 'query', 'query_table', 'parquet_metadata', 'sniff_csv', 'duckdb_functions', 'which_secret', 'pragma_version', 'current_database', 'version', 'getvariable', 'sql_auto_complete', 'json_execute_serialized_sql', 'from_substrait']) {
      expect((await ask(one, `SELECT ${name}('SELECT 1')`)).status).toBe(400);
      expect((await ask(one, `SELECT * FROM ${name}('SELECT 1')`)).status).toBe(400);
    }
  });

  test('a value of a parameter is a value, whatever it says', async () => {
    const answer = await ask(one, 'SELECT :said AS said', { parameters: { said: '\'); COPY patient TO \'/tmp/caldera-attack\'; --' } });
    expect(answer.body['rows']).toEqual([['\'); COPY patient TO \'/tmp/caldera-attack\'; --']]);
  });
});

describe('bounds', () => {
  const wide = 'SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), UNNEST(sequence(1, 10000)) c(z) WHERE x * y * z = 7';

  test('a cross join that would never end is ended', async () => {
    const answer = await ask(one, wide, { timeoutSeconds: 1 });
    expect([answer.status, diagnostics(answer)]).toEqual([403, expect.stringContaining('longer than the 1 s')]);
  });

  test('rows beyond the most are a failure, not a part', async () => {
    const answer = await ask(one, 'SELECT x FROM UNNEST(sequence(1, 1000)) a(x)', { maxRows: 10 });
    expect([answer.status, diagnostics(answer)]).toEqual([403, expect.stringContaining('more rows than the 10')]);
  });

  test('a query that is cancelled is gone, and the next one is answered', async () => {
    const { status, headers } = await send(one, 'POST', '/sql', { body: { query: wide }, headers: { prefer: 'respond-async' } });
    expect(status).toBe(202);
    const path = new URL(headers['Content-Location']!).pathname.split('/r4')[1]!;
    expect((await send(one, 'DELETE', path)).status).toBe(202);
    expect((await send(one, 'GET', path)).status).toBe(404);
    expect((await ask(one, 'SELECT 1 AS one')).body['rows']).toEqual([[1]]);
  });
});
