/**
 * Questions in SQL (docs/sql.md): asked by one request, on every runtime alike. Where nothing answers them, as on AWS without
 * Athena, there is nothing to be seen but that the server says so, what is no question, and the queries that are kept.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { follow, freshId, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import type { Topic } from './topic.ts';

/** The longest that a change takes to be queryable, wherever (docs/sql.md), and how often is asked. */
const freshMs = 5 * 60_000;
const pauseMs = 2_000;

const json = { 'content-type': 'application/json' };
const ask = (http: Client, query: string, { headers = {}, ...others }: Body = {}): Promise<Answer> =>
  http.send('POST', '/sql', { body: JSON.stringify({ query, ...others }), headers: { ...json, ...headers } });

/** The answer of a question that may take longer than its client waits. */
async function answered(http: Client, query: string, others: Body = {}): Promise<Answer> {
  let answer = await ask(http, query, others);
  const accept = others.headers?.accept ?? 'application/json';
  while (answer.status === 202) answer = await http.get(answer.headers.get('content-location')!, { accept });
  return answer;
}

/** Tables of a store that is new take a moment. */
const builtMs = 5_000;

/** @returns the status of a question: 200, 409 where there are no tables, or 400 where nothing reads questions */
async function statusOf(http: Client): Promise<number> {
  for (const end = performance.now() + builtMs; ; await pause(200)) {
    const { status } = await answered(http, 'SELECT 1 AS one');
    expect([200, 400, 409]).toContain(status);
    if (status !== 409 || performance.now() > end) return status;
  }
}

/** Asks until the answer has rows, as the lake takes its time. */
async function fresh(http: Client, query: string): Promise<Body> {
  for (const end = performance.now() + freshMs; ; await pause(pauseMs)) {
    const { status, body } = await answered(http, query);
    if ((status === 200 && body.rows.length > 0) || performance.now() > end) return body;
    expect([200, 409]).toContain(status);
  }
}

/** A file, from wherever the answer says that it is. */
async function content(answer: Answer): Promise<Answer> {
  return answer.status === 303 ? follow(answer.headers.get('location')!) : answer;
}

export const sqlTopic: Topic = (http) => {
  let status = 0;
  // oxlint-disable-next-line jest/valid-title -- it is that of the test
  const testWhere = (statuses: readonly number[]) => (name: string, body: () => Promise<void>, timeoutMs?: number): void => test(name, async () => (statuses.includes(status) ? body() : undefined), timeoutMs);
  const [asked, read] = [testWhere([200]), testWhere([200, 409])];

  beforeAll(async () => void (status = await statusOf(http())), freshMs);

  describe('an answer', () => {
    asked('has columns, rows and how fresh it is, of what was written before', async () => {
      const id = freshId();
      const before = Date.now();
      await http().put(`/Patient/${id}`, { resourceType: 'Patient', id, gender: 'female', birthDate: '1970-02-01', name: [{ family: 'Østergård', given: ['Æsa', 'B.'] }] });
      const body = await fresh(http(), `SELECT id, gender, birthdate_date, name[1].given AS given, cardinality(name[1].given) AS names FROM patient WHERE id = '${id}'`);
      expect(body.columns).toEqual([
        { name: 'id', type: 'varchar' }, { name: 'gender', type: 'varchar' }, { name: 'birthdate_date', type: 'date' }, { name: 'given', type: 'array(varchar)' }, { name: 'names', type: 'bigint' },
      ]);
      expect(body.rows).toEqual([[id, 'female', '1970-02-01', ['Æsa', 'B.'], 2]]);
      expect(Date.parse(body.asOf)).toBeGreaterThanOrEqual(before - 60_000);
      expect(body.next).toBeUndefined();
    }, freshMs + 60_000);

    asked('comes in pages, each where the one before says', async () => {
      const query = 'SELECT x FROM UNNEST(sequence(1, 5)) AS t(x) ORDER BY x';
      const first = await answered(http(), query);
      expect(first.body.rows).toEqual([[1], [2], [3], [4], [5]]);
      const address = first.headers.get('content-location')!;
      const page = await http().get(`${address}?_count=2`);
      expect([page.status, page.body.rows]).toEqual([200, [[1], [2]]]);
      const second = await http().get(page.body.next);
      expect(second.body.rows).toEqual([[3], [4]]);
      const third = await http().get(second.body.next);
      expect([third.body.rows, third.body.next]).toEqual([[[5]], undefined]);
      expect(refusal(await http().get(`${address}?next=made-up`))).toEqual({ status: 400, code: 'invalid' });
    });

    asked('is a CSV where that is accepted', async () => {
      const answer = await content(await answered(http(), 'SELECT x, \'a "b", c\' AS text FROM UNNEST(sequence(1, 2)) AS t(x) ORDER BY x', { headers: { accept: 'text/csv' } }));
      expect(answer.status).toBe(200);
      expect(answer.text.trim().split('\n').slice(1).map((line) => line.replace(/^"?(\d)"?/, '$1'))).toEqual(['1,"a ""b"", c"', '2,"a ""b"", c"']);
    });

    read('of nothing in common with SQL is a refusal that says where and why', async () => {
      const answer = await ask(http(), 'SELECT id\nFROM patients');
      expect(refusal(answer)).toEqual({ status: 400, code: 'invalid' });
      expect(answer.body.issue[0].diagnostics).toMatch(/^line 2, column 6: /);
    });

    read('is none for what changes anything, or reads anything else', async () => {
      for (const query of ['DELETE FROM patient', 'CREATE TABLE t AS SELECT * FROM patient', 'SELECT 1; SELECT 2', 'SELECT * FROM information_schema.tables', 'SELECT * FROM other.patient']) {
        expect(refusal(await ask(http(), query))).toEqual({ status: 400, code: 'invalid' });
      }
    });

    asked('is bounded as the question says', async () => {
      const answer = await answered(http(), 'SELECT x FROM UNNEST(sequence(1, 100)) AS t(x)', { maxRows: 10 });
      expect(refusal(answer)).toEqual({ status: 403, code: 'too-costly' });
    });
  });

  describe('a query', () => {
    asked('that nobody waits for is 202, and answered at its own address', async () => {
      const begun = await ask(http(), 'SELECT 7 AS seven', { headers: { prefer: 'respond-async' } });
      expect([200, 202]).toContain(begun.status);
      let answer = begun;
      do answer = await http().get(begun.headers.get('content-location')!); while (answer.status === 202);
      expect([answer.status, answer.body.rows]).toEqual([200, [[7]]]);
    });

    asked('there is not is 404', async () => {
      expect(refusal(await http().get(`/sql/${freshId()}.1`))).toEqual({ status: 404, code: 'not-found' });
      expect(refusal(await http().delete(`/sql/${freshId()}.1`))).toEqual({ status: 404, code: 'not-found' });
    });

    asked('takes values by name', async () => {
      const answer = await answered(http(), 'SELECT x FROM UNNEST(sequence(1, 5)) AS t(x) WHERE x IN (:some) OR :text = \'x\' ORDER BY x', { parameters: { some: [2, 4], text: 'it\'s' } });
      expect(answer.body.rows).toEqual([[2], [4]]);
    });
  });

  describe('a saved query', () => {
    asked('is run with the values that it has, or others', async () => {
      const name = freshId();
      const query = 'SELECT x FROM UNNEST(sequence(1, 5)) AS t(x) WHERE x <= :most ORDER BY x';
      await http().send('PUT', `/sql/queries/${name}`, { body: JSON.stringify({ query, parameters: { most: 2 } }), headers: json });
      const run = (parameters: Body) => http().send('POST', '/sql', { body: JSON.stringify({ saved: name, parameters }), headers: json });
      for (const [parameters, rows] of [[{}, [[1], [2]]], [{ most: 1 }, [[1]]]] as const) {
        let answer = await run(parameters);
        while (answer.status === 202) answer = await http().get(answer.headers.get('content-location')!);
        expect(answer.body.rows).toEqual(rows);
      }
    });

    test('is kept under its name, listed and forgotten', async () => {
      const name = freshId();
      const save = (query: string) => http().send('PUT', `/sql/queries/${name}`, { body: JSON.stringify({ query, parameters: { most: 2 } }), headers: json });
      expect((await save('SELECT x FROM UNNEST(sequence(1, 5)) AS t(x) WHERE x <= :most ORDER BY x')).status).toBe(201);
      expect((await http().get('/sql/queries')).body.queries.map((query: Body) => query.name)).toContain(name);
      expect((await http().get(`/sql/queries/${name}`)).body.parameters).toEqual({ most: 2 });
      expect(refusal(await save('SELECT'))).toEqual({ status: 400, code: 'invalid' });
      expect((await http().delete(`/sql/queries/${name}`)).status).toBe(204);
      expect((await http().get(`/sql/queries/${name}`)).status).toBe(404);
    });
  });
};
