/** What the operations of SQL answer, over an engine that answers as it is told. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import type { OperationRequest } from '../../../src/operations/operation.ts';
import { serve } from '../../../src/operations/serve.ts';
import { maxCount, maxSavedQueries, maxTimeoutMs } from '../../../src/operations/sql/limits.ts';
import { askedQuery } from '../../../src/operations/sql/query-answer.ts';
import { sqlOperations } from '../../../src/operations/sql/sql-operations.ts';
import { SqlBusy } from '../../../src/ports/sql-engine.ts';
import type { SqlEngine, SqlQuestion, SqlState } from '../../../src/ports/sql-engine.ts';
import { sealer } from '../../../src/store/sealer.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { baseUrl } from '../requests.ts';

const asOf = Date.UTC(2026, 2, 1, 12);
const columns = [{ name: 'id', type: 'varchar' }];
const succeeded: SqlState = { state: 'succeeded', scannedBytes: 12, runMs: 3 };

type Name = keyof ReturnType<typeof sqlOperations>;

function harness(states: readonly SqlState[] = [succeeded], link?: string) {
  const asked: SqlQuestion[] = [];
  const cancelled: string[] = [];
  const waits: number[] = [];
  const left = [...states];
  const engine: SqlEngine = {
    async start(question) {
      if (asked.length === 3) throw new SqlBusy('busy');
      asked.push(question);
      return { id: `query-${asked.length}`, asOf };
    },
    async state(id, waitMs) {
      waits.push(waitMs);
      return /^query-\d$/.test(id) ? (left.length > 1 ? left.shift() : left[0]) : undefined;
    },
    page: async (_id, { limit, next }) => (next === undefined ? { columns, rows: [['a']].slice(0, limit), next: 'two' } : { columns, rows: [[next]] }),
    file: async (_id, format) => (link === undefined ? { sizeBytes: 2, open: async () => (async function* () { yield Buffer.from(format.slice(0, 2)); })() } : { url: link }),
    cancel: async (id) => void cancelled.push(id),
  };
  const operations = sqlOperations({ engine, store: { sealer: sealer(new Uint8Array(32)), read: async () => undefined, search: async () => ({ matches: [] }) }, resources: memoryTable(), clock: { now: () => asOf } });
  const send = async (name: Name, sent: Partial<OperationRequest> & { readonly json?: JsonObject } = {}) => {
    const { json, ...request } = sent;
    const served = serve(operations[name], { ids: { uuid: () => 'fault' }, report: ({ error }) => { throw error; }, ownFormats: true });
    const headers = { 'content-type': 'application/json', ...sent.headers };
    const response = await served({ method: 'POST', baseUrl, path: {}, query: '', caller: 'someone', ...request, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
    return { ...response, body: (response.json === undefined ? {} : JSON.parse(response.json)) as JsonObject };
  };
  const ask = (query: string, others: JsonObject = {}) => send('start-query', { json: { query, ...others } });
  return { send, ask, asked, cancelled, waits };
}

const sealed = (text: string): string => sealer(new Uint8Array(32)).seal(text);
const idOf = (engineId: string, moment: number): string => askedQuery(engineId, moment, { store: { sealer: sealer(new Uint8Array(32)) } }).id;
const diagnostics = ({ body }: { readonly body: JsonObject }): string => (body['issue'] as unknown as readonly { readonly diagnostics: string }[])[0]!.diagnostics;

describe('a question', () => {
  test('is answered by its first page, how fresh it is, and where the next page is', async () => {
    const { ask, send } = harness();
    const { status, headers, body } = await ask('SELECT id FROM patient');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    const { next, ...rest } = body;
    expect(rest).toEqual({ columns, rows: [['a']], asOf: '2026-03-01T12:00:00.000Z', scannedBytes: 12, runMs: 3 });
    const [url, query] = (next as string).split('?');
    expect(url).toBe(headers['Content-Location']);
    const second = await send('query-result', { method: 'GET', path: { queryId: url!.split('/').at(-1)! }, query: query! });
    expect([second.body['rows'], second.body['next'], second.body['asOf']]).toEqual([[['two']], undefined, '2026-03-01T12:00:00.000Z']);
  });

  test('reaches the engine written anew, with the tables that it reads', async () => {
    const { ask, asked } = harness();
    await ask('select ID -- who?\n from Patient p, (SELECT 1 AS one) x;');
    expect(asked[0]).toMatchObject({ tables: ['patient'] });
    expect(asked[0]!.statement).not.toMatch(/who/);
  });

  test.each([
    ['no SELECT', 'DELETE FROM patient', 1, 1],
    ['two of them', 'SELECT 1;\n SELECT 2', 2, 2],
    ['nothing', ' ', 1, 2],
    ['COPY', 'COPY patient TO \'/tmp/x\'', 1, 1],
    ['a file', 'SELECT * FROM \'/etc/passwd\'', 1, 15],
    ['a table that is a function', 'SELECT * FROM read_csv(\'/etc/passwd\')', 1, 15],
    ['recursion', 'WITH RECURSIVE r AS (SELECT 1 AS n) SELECT n FROM r', 1, 6],
    ['an unfinished text', 'SELECT \'Rivera', 1, 8],
  ])('that is %s is refused with its position, and nothing of its values', async (_what, query, line, column) => {
    const { ask, asked } = harness();
    const answer = await ask(query);
    expect([answer.status, answer.body['resourceType'], asked.length]).toEqual([400, 'OperationOutcome', 0]);
    expect(diagnostics(answer)).toMatch(new RegExp(`^line ${line}, column ${column}: `));
    expect(diagnostics(answer)).not.toMatch(/Rivera|passwd|tmp/);
  });

  test('that takes longer than its client waits is 202, with where to wait further', async () => {
    const { ask, send, waits } = harness([{ state: 'running' }, succeeded]);
    const { status, headers } = await ask('SELECT id FROM patient');
    expect([status, headers['Retry-After']]).toEqual([202, '1']);
    const queryId = headers['Content-Location']!.split('/').at(-1)!;
    expect((await send('query-result', { method: 'GET', path: { queryId } })).status).toBe(200);
    expect(waits).toEqual([20_000, 20_000]);
  });

  test.each([['respond-async', 0], ['respond-async, wait=5', 5000], ['wait=3600', 20_000]])('Prefer: %s waits %d ms', async (prefer, waitMs) => {
    const { send, waits } = harness();
    await send('start-query', { json: { query: 'SELECT 1 AS one' }, headers: { prefer } });
    expect(waits).toEqual([waitMs]);
  });

  test.each([
    ['timeout', 403, 'too-costly'], ['too-many-rows', 403, 'too-costly'], ['too-many-bytes', 403, 'too-costly'], ['out-of-memory', 403, 'too-costly'],
    ['refused', 400, 'not-supported'], ['failed', 422, 'processing'],
  ] as const)('that fails of %s is %d', async (reason, status, code) => {
    const answer = await harness([{ state: 'failed', reason, message: 'So it was.' }]).ask('SELECT 1 AS one');
    expect([answer.status, answer.body['issue']]).toEqual([status, [{ severity: 'error', code, diagnostics: 'So it was.' }]]);
  });

  test('beyond as many as may be is 429', async () => {
    const { ask } = harness();
    for (let count = 0; count < 3; count += 1) await ask('SELECT 1 AS one');
    const { status, headers } = await ask('SELECT 1 AS one');
    expect([status, headers['Retry-After']]).toEqual([429, '5']);
  });

  test('may take less than the most', async () => {
    const { ask, asked } = harness();
    await ask('SELECT 1 AS one', { timeoutSeconds: 7, maxRows: 8, maxScannedBytes: 9 });
    expect(asked[0]!.limits).toEqual({ timeoutMs: 7000, rows: 8, scannedBytes: 9 });
    for (const more of [{ timeoutSeconds: maxTimeoutMs / 1000 + 1 }, { maxRows: 0 }, { maxScannedBytes: 1.5 }, { maxRows: '7' }]) {
      expect((await ask('SELECT 1 AS one', more)).status).toBe(400);
    }
  });

  test.each([
    [{}], [{ query: 1 }], [{ query: 'SELECT 1', saved: 'x' }], [{ query: 'SELECT 1', parameters: [] }], [{ sql: 'SELECT 1' }],
  ] as const)('whose body is %j is 400', async (json) => {
    expect((await harness().send('start-query', { json: json as unknown as JsonObject })).status).toBe(400);
  });

  test('is JSON of plain members: a body that is none is refused', async () => {
    const { send } = harness();
    expect((await send('start-query', { body: 'SELECT 1' })).status).toBe(400);
    expect((await send('start-query', { body: '{"query": "SELECT 1"}', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await send('start-query', { body: '[]' })).status).toBe(400);
  });

  test('may say how many rows a page has', async () => {
    const { send } = harness();
    const sent = { json: { query: 'SELECT 1 AS one' } };
    expect((await send('start-query', { ...sent, query: '_count=1' })).body['next']).toContain('?_count=1&next=');
    for (const query of ['_count=0', `_count=${maxCount + 1}`, '_count=x', '_sort=id']) expect((await send('start-query', { ...sent, query })).status).toBe(400);
  });
});

describe('formats', () => {
  test.each([
    [{ headers: { accept: 'text/csv' } }, 'text/csv; charset=utf-8'],
    [{ headers: { accept: 'application/vnd.apache.parquet, */*;q=0.1' } }, 'application/vnd.apache.parquet'],
    [{ query: '_format=csv', headers: { accept: 'application/json' } }, 'text/csv; charset=utf-8'],
    [{ query: '_format=parquet' }, 'application/vnd.apache.parquet'],
    [{ headers: { accept: 'application/fhir+json' } }, 'application/json'],
    [{ headers: { accept: '*/*' } }, 'application/json'],
  ])('%j is answered with %s', async (sent, contentType) => {
    const { status, headers, content } = await harness().send('start-query', { json: { query: 'SELECT 1 AS one' }, ...sent });
    expect([status, headers['Content-Type']]).toEqual([200, contentType]);
    expect(content === undefined).toBe(contentType === 'application/json');
  });

  test('a file that lies elsewhere is to be got there', async () => {
    const { status, headers } = await harness([succeeded], 'https://bucket/x').send('start-query', { json: { query: 'SELECT 1 AS one' }, query: '_format=csv' });
    expect([status, headers['Location']]).toEqual([303, 'https://bucket/x']);
  });

  test('what is not on offer is 406, before anything is asked', async () => {
    const { send, asked } = harness();
    for (const sent of [{ headers: { accept: 'text/html' } }, { query: '_format=xml' }]) {
      expect((await send('start-query', { json: { query: 'SELECT 1 AS one' }, ...sent })).status).toBe(406);
    }
    expect(asked).toEqual([]);
  });
});

describe('the life of a query', () => {
  test('an id that is none, or of no query, is 404', async () => {
    const { send } = harness();
    for (const queryId of ['x', 'query-1', 'query-1.1', sealed('query-1 1'), idOf('other', asOf)]) {
      for (const name of ['query-result', 'cancel-query'] as const) expect((await send(name, { method: 'GET', path: { queryId } })).status).toBe(404);
    }
  });

  test('an id of which one character was changed is 404: nobody makes an answer fresher than it is', async () => {
    const { send } = harness();
    const queryId = idOf('query-1', asOf);
    expect((await send('query-result', { method: 'GET', path: { queryId } })).body['asOf']).toBe('2026-03-01T12:00:00.000Z');
    for (let place = 0; place < queryId.length - 1; place += 1) {
      const changed = `${queryId.slice(0, place)}${queryId[place] === 'A' ? 'B' : 'A'}${queryId.slice(place + 1)}`;
      expect((await send('query-result', { method: 'GET', path: { queryId: changed } })).status).toBe(404);
    }
  });

  test('a page of another query, or made up, is 400', async () => {
    const { ask, send } = harness();
    const next = new URL((await ask('SELECT 1 AS one')).body['next'] as string);
    for (const [queryId, token] of [[idOf('query-2', 1), next.searchParams.get('next')!], [idOf('query-1', 1), 'made-up']] as const) {
      expect((await send('query-result', { method: 'GET', path: { queryId }, query: `next=${token}` })).status).toBe(400);
    }
  });

  test('cancelled, it is there no more', async () => {
    const { send, cancelled } = harness([{ state: 'running' }, { state: 'cancelled' }]);
    const queryId = idOf('query-1', 1);
    expect((await send('cancel-query', { method: 'DELETE', path: { queryId } })).status).toBe(202);
    expect(cancelled).toEqual(['query-1']);
    expect((await send('query-result', { method: 'GET', path: { queryId } })).status).toBe(404);
  });
});

describe('parameters', () => {
  test('of an empty list are a list of nothing: IN finds none, NOT IN all', async () => {
    const { ask, asked } = harness();
    await ask('SELECT id FROM patient WHERE id NOT IN ( :none ) OR gender in (:none)', { parameters: { none: [] } });
    const nothing = '(SELECT NULL WHERE FALSE)';
    expect(asked[0]!.statement).toContain(`"id" NOT IN ${nothing}`);
    expect(asked[0]!.statement).toContain(`"gender" IN ${nothing}`);
    const answer = await ask('SELECT id FROM patient WHERE id IN (\'a\', :none)', { parameters: { none: [] } });
    expect([answer.status, diagnostics(answer)]).toEqual([400, 'The parameter none has no values: such a list stands alone, as in IN (:none).']);
  });

  test('are values by their names, quoted as the dialect says, and never read as anything else', async () => {
    const { ask, asked } = harness();
    await ask('SELECT id FROM patient WHERE id = :who OR id IN (:more) OR id = \':who\' -- :who', { parameters: { who: '\' OR 1=1 --', more: ['a', 'b\'c'] } });
    expect(asked[0]!.statement).toContain('\'\'\' OR 1=1 --\'');
    expect(asked[0]!.statement).toContain('\'b\'\'c\'');
    expect(asked[0]!.statement).toContain('\':who\'');
  });

  test.each([
    [{}, 'no value'], [{ who: 'x', other: 'y' }, 'not in the query'], [{ who: { a: 1 } }, 'a text'], [{ who: [['a']] }, 'a text'],
  ] as const)('%j are refused', async (parameters, reason) => {
    const answer = await harness().ask('SELECT id FROM patient WHERE id = :who', { parameters: parameters as unknown as JsonObject });
    expect([answer.status, diagnostics(answer)]).toEqual([400, expect.stringContaining(reason)]);
  });

  test('positions are those of the query as it was sent', async () => {
    const answer = await harness().ask('SELECT id FROM patient WHERE id = :who AND\n id = :who AND AND', { parameters: { who: 'a much longer value\nof two lines' } });
    expect(diagnostics(answer)).toMatch(/^line 2, column 16: /);
  });
});

describe('saved queries', () => {
  const query = 'SELECT id FROM patient WHERE gender = :gender LIMIT 5';
  const path = { name: 'by-gender' };

  test('are kept, listed, run with values of their own or others, and forgotten', async () => {
    const { send, asked } = harness();
    const created = await send('save-query', { method: 'PUT', path, json: { query, description: 'By gender', parameters: { gender: 'female' } } });
    const kept = { name: 'by-gender', description: 'By gender', query, parameters: { gender: 'female' }, saved: '2026-03-01T12:00:00.000Z', savedBy: 'someone' };
    expect([created.status, created.body]).toEqual([201, kept]);
    expect((await send('save-query', { method: 'PUT', path, json: { query, description: 'By gender', parameters: { gender: 'female' } } })).status).toBe(200);
    expect((await send('saved-queries', { method: 'GET' })).body).toEqual({ queries: [kept] });
    expect((await send('saved-queries', { method: 'GET', path })).body).toEqual(kept);
    expect((await send('start-query', { json: { saved: 'by-gender' } })).status).toBe(200);
    expect((await send('start-query', { json: { saved: 'by-gender', parameters: { gender: 'male' } } })).status).toBe(200);
    expect(asked.map(({ statement }) => /'(\w+)'/.exec(statement)?.[1])).toEqual(['female', 'male']);
    expect((await send('remove-query', { method: 'DELETE', path })).status).toBe(204);
    for (const name of ['saved-queries', 'remove-query'] as const) expect((await send(name, { method: 'GET', path })).status).toBe(404);
    expect((await send('start-query', { json: { saved: 'by-gender' } })).status).toBe(404);
  });

  test('that are no queries are refused with their position', async () => {
    const answer = await harness().send('save-query', { method: 'PUT', path, json: { query: 'SELECT id FRM patient' } });
    expect([answer.status, diagnostics(answer)]).toEqual([400, expect.stringMatching(/^line 1, column /)]);
  });

  test('are a bounded number', async () => {
    const { send } = harness();
    for (let count = 0; count < maxSavedQueries; count += 1) await send('save-query', { method: 'PUT', path: { name: `q${count}` }, json: { query } });
    expect((await send('save-query', { method: 'PUT', path: { name: 'one-more' }, json: { query } })).status).toBe(403);
    expect((await send('save-query', { method: 'PUT', path: { name: 'q7' }, json: { query } })).status).toBe(200);
  });
});
