/** `caldera sql` over a server that answers as it is told; over a real one in test/embedded/sql-server.test.ts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { caldera, program } from './command.ts';
import { recordedServer } from './recorded-server.ts';
import type { Asked, RecordedServer, Told } from './recorded-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'caldera-sql-'));
const base = '/datastore/one/r4';
const columns = [{ name: 'id', type: 'varchar' }, { name: 'cost', type: 'decimal(10,2)' }];
let server: RecordedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const begun: Told = { status: 202, headers: { 'content-location': `http://elsewhere${base}/sql/q.1` }, body: '{}' };
const page = (rows: string, next = ''): Told => ({ body: `{"columns":${JSON.stringify(columns)},"rows":${rows},"asOf":"2026-03-01T12:00:00.000Z"${next}}` });

async function ran(line: readonly string[], answer: (asked: Asked, count: number) => Told, input = '') {
  server = await recordedServer(answer);
  return caldera([...line, '--endpoint', server.url, '--datastore', 'one'], { input });
}

const inTurn = (...answers: readonly Told[]) => (_asked: Asked, count: number): Told => answers[count]!;
const sent = (): Record<string, unknown> => JSON.parse(server!.asked[0]!.body.toString()) as Record<string, unknown>;

describe('a question', () => {
  test('is answered by a table, with the digits of its numbers', async () => {
    const { code, out, errors } = await ran(['sql', 'SELECT id, cost FROM claim'], inTurn(begun, { ...begun }, page('[["a",1.10],["b\\nc",null]]')));
    expect([code, out]).toEqual([0, 'id   cost\na    1.10\nb c\n']);
    expect(errors).toContain('2 rows, as of 2026-03-01T12:00:00.000Z');
    expect(server!.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${base}/sql`, `GET ${base}/sql/q.1?_count=1000`, `GET ${base}/sql/q.1?_count=1000`]);
    expect(sent()).toEqual({ query: 'SELECT id, cost FROM claim', parameters: {} });
  });

  test('as JSON has all pages, fetched from the endpoint alone', async () => {
    const { out } = await ran(['sql', 'SELECT 1', '--json'], inTurn(begun, page('[["a",1.10]]', `,"next":"http://elsewhere${base}/sql/q.1?next=two"`), page('[["b",2.00]]')));
    expect(out).toBe(`{"columns":${JSON.stringify(columns)},"asOf":"2026-03-01T12:00:00.000Z","rows":[\n["a",1.10],\n["b",2.00]\n]}\n`);
    expect(server!.asked[2]!.url).toBe(`${base}/sql/q.1?next=two`);
  });

  test('may be in a file or on standard input, and its answer go to a file', async () => {
    const [query, answer] = [join(folder, 'q.sql'), join(folder, 'answer.csv')];
    writeFileSync(query, 'SELECT 2');
    const { code, out } = await ran(['sql', '--file', query, '--format', 'csv', '--output', answer], inTurn(begun, { headers: { 'content-type': 'text/csv' }, body: 'id\na\n' }));
    expect([code, out, readFileSync(answer, 'utf8'), sent()['query'], server!.asked[1]!.headers.accept]).toEqual([0, '', 'id\na\n', 'SELECT 2', 'text/csv']);
    await server!.close();
    await ran(['sql', '--file', '-'], inTurn(begun, page('[]')), 'SELECT 3');
    expect(sent()['query']).toBe('SELECT 3');
  });

  test('that was saved is asked with values: texts, or JSON', async () => {
    await ran(['sql', '--saved', 'one', '--parameter', 'code=44=5', '--parameter', 'since:=1.10', '--parameter', 'of:=["a"]', '--timeout', '9', '--max-rows', '8'], inTurn(begun, page('[]')));
    expect(server!.asked[0]!.body.toString()).toBe('{"saved":"one","parameters":{"code":"44=5","since":1.10,"of":["a"]},"timeoutSeconds":9,"maxRows":8}');
  });

  test('that fails says where and why', async () => {
    const { code, errors } = await ran(['sql', 'SELEC'], () => ({ status: 400, body: { issue: [{ code: 'invalid', diagnostics: 'line 1, column 1: One SELECT is asked here.' }] } }));
    expect([code, errors]).toEqual([1, 'error: 400 invalid: line 1, column 1: One SELECT is asked here.\n']);
  });

  test.each([
    [['sql']], [['sql', 'SELECT 1', '--file', 'x']], [['sql', 'SELECT 1', '--saved', 'x']], [['sql', 'SELECT 1', '--format', 'xml']],
    [['sql', 'SELECT 1', '--parameter', 'x']], [['sql', 'SELECT 1', '--parameter', 'x:=y']], [['sql', 'SELECT 1', '--timeout', '0']],
  ])('%j is wrong use', async (line) => {
    expect((await ran(line, () => ({ status: 500 }))).code).toBe(2);
    expect(server!.asked).toEqual([]);
  });

  test('interrupted, is cancelled', async () => {
    let isCancelled = false;
    server = await recordedServer(({ method }) => {
      isCancelled ||= method === 'DELETE';
      return isCancelled ? { status: 404, body: { issue: [{ code: 'not-found', diagnostics: 'There is no query of this id.' }] } } : begun;
    });
    const child = spawn(process.execPath, [program, 'sql', 'SELECT 1', '--endpoint', server.url, '--datastore', 'one'], { env: { HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    const code = new Promise((resolve) => child.once('exit', resolve));
    while (server.asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    expect(await code).toBe(1);
    expect(errors).toContain('error: The query was cancelled.');
  });
});

describe('saved queries', () => {
  test('are saved, listed, shown and removed', async () => {
    const kept = { name: 'one', description: 'Of one', query: 'SELECT :x', parameters: { x: null } };
    const saved = await ran(['sql', 'save', 'one', 'SELECT :x', '--description', 'Of one', '--parameter', 'x:=1'], () => ({ status: 201, body: kept }));
    expect([saved.code, saved.out, server!.asked[0]!.method, server!.asked[0]!.url, sent()]).toEqual([0, 'one\n', 'PUT', `${base}/sql/queries/one`, { query: 'SELECT :x', parameters: { x: 1 }, description: 'Of one' }]);
    await server!.close();
    expect((await ran(['sql', 'saved'], () => ({ body: { queries: [kept] } }))).out).toBe('NAME  PARAMETERS  DESCRIPTION\none   x           Of one\n');
    await server!.close();
    expect((await ran(['sql', 'show', 'one'], () => ({ body: kept }))).out).toBe('SELECT :x\n');
    await server!.close();
    expect((await ran(['sql', 'remove', 'one'], () => ({ status: 204, body: '' }))).code).toBe(0);
    expect(server!.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([`DELETE ${base}/sql/queries/one`]);
  });
});
