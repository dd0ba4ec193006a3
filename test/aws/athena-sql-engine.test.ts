/** Questions asked of an Athena in memory, which answers as the API's model says. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { athenaSqlEngine } from '../../src/aws/athena-sql-engine.ts';
import type { KeptQuestion } from '../../src/aws/athena-sql-engine.ts';

const id = '01234567-89ab-cdef-0123-456789abcdef';
const question = {
  statement: 'SELECT "id", "name" FROM "patient"', tables: ['patient'], columns: [{ name: 'id', type: 'varchar' }, { name: 'name', type: 'array(row(family varchar))' }],
  limits: { timeoutMs: 10_000, rows: 5000, scannedBytes: 1 },
};

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

let sent: Command[] = [];
let execution: object = {};
let outputRows = 0;
let rows: (string | undefined)[][] = [];
let refusal: string | undefined;
const clock = { time: 1_000_000, now: () => clock.time, sleep: async (ms: number) => void (clock.time += ms) };
const kept = new Map<string, KeptQuestion>();

const answers: Readonly<Record<string, (input: Command['input']) => object>> = {
  StartQueryExecution: () => {
    if (refusal !== undefined) throw Object.assign(new Error(refusal), { name: refusal });
    return { QueryExecutionId: id };
  },
  GetQueryExecution: () => ({ QueryExecution: execution }),
  GetQueryRuntimeStatistics: () => ({ QueryRuntimeStatistics: { Rows: { OutputRows: outputRows } } }),
  StopQueryExecution: () => ({}),
  GetQueryResults: ({ MaxResults, NextToken }) => {
    const from = Number(NextToken ?? 0);
    const page = [['id', 'name'], ...rows].slice(from, from + Number(MaxResults));
    const next = from + page.length;
    return { ResultSet: { Rows: page.map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) })) }, NextToken: next < rows.length + 1 ? String(next) : undefined };
  },
};

const engine = athenaSqlEngine({
  client: {
    send: (async (command: Command) => {
      sent.push(command);
      return answers[command.constructor.name.replace(/Command$/, '')]!(command.input);
    }) as never,
  },
  database: 'caldera_1', workgroup: 'caldera-1', clock, asOf: async () => 7,
  answers: {
    keep: async (key, value) => void kept.set(key, value),
    question: async (key) => kept.get(key),
    file: async (key, format) => ({ url: `https://bucket/${key}.${format}` }),
  },
});

const status = (State: string, StateChangeReason?: string) => ({ Status: { State, StateChangeReason, SubmissionDateTime: new Date(1_000_000) } });

beforeEach(async () => {
  sent = [];
  kept.clear();
  clock.time = 1_000_000;
  refusal = undefined;
  outputRows = 0;
  rows = [];
  execution = status('RUNNING');
  await engine.start(question);
});

describe('a question', () => {
  test('is begun in the database and the workgroup of its store', async () => {
    expect(sent[0]!.input).toEqual({
      QueryString: expect.stringMatching(/^SELECT "c1" AS "id", json_format\(CAST\("c2" AS JSON\)\) AS "name" FROM .* LIMIT 5001$/),
      QueryExecutionContext: { Database: 'caldera_1' }, WorkGroup: 'caldera-1',
    });
    expect(await engine.start(question)).toEqual({ id, asOf: 7 });
  });

  test('is to be asked later where Athena takes no more', async () => {
    refusal = 'TooManyRequestsException';
    await expect(engine.start(question)).rejects.toMatchObject({ name: 'SqlBusy' });
  });

  test('is waited for, and no longer than was asked', async () => {
    expect(await engine.state(id, 3000)).toEqual({ state: 'running' });
    expect(clock.time).toBe(1_003_000);
  });

  test('that takes too long is stopped', async () => {
    clock.time += 10_001;
    expect(await engine.state(id, 0)).toMatchObject({ state: 'failed', reason: 'timeout' });
    expect(sent.at(-1)!.constructor.name).toBe('StopQueryExecutionCommand');
    execution = status('CANCELLED');
    expect(await engine.state(id, 0)).toMatchObject({ state: 'failed', reason: 'timeout' });
  });

  test('that succeeded tells what it read and how long it took', async () => {
    execution = { ...status('SUCCEEDED'), Statistics: { DataScannedInBytes: 12, TotalExecutionTimeInMillis: 34 } };
    outputRows = 5000;
    expect(await engine.state(id, 0)).toEqual({ state: 'succeeded', scannedBytes: 12, runMs: 34 });
    outputRows = 5001;
    expect(await engine.state(id, 0)).toMatchObject({ state: 'failed', reason: 'too-many-rows' });
  });

  test.each([
    ['FAILED', 'INVALID_CAST_ARGUMENT: Cannot cast \'Jane Doe\' to INT', 'failed'], ['FAILED', 'Query exhausted resources at this scale factor', 'out-of-memory'],
    ['CANCELLED', 'Query cancelled! : Bytes scanned limit was exceeded', 'too-many-bytes'], ['FAILED', 'PERMISSION_DENIED: Access Denied', 'refused'],
    ['FAILED', 'GENERIC_INTERNAL_ERROR: Jane Doe', 'failed'],
  ])('that ended as %s for %s tells so without a value', async (State, reason, wanted) => {
    execution = status(State, reason);
    const state = await engine.state(id, 0);
    expect(state).toMatchObject({ state: 'failed', reason: wanted });
    expect(JSON.stringify(state)).not.toContain('Jane');
  });

  test('that was cancelled is, and one that nobody asked is not known', async () => {
    execution = status('CANCELLED', 'Query cancelled by user');
    expect(await engine.state(id, 0)).toEqual({ state: 'cancelled' });
    expect(await engine.state('made-up', 0)).toBeUndefined();
    kept.clear();
    expect(await engine.state(id, 0)).toBeUndefined();
  });
});

describe('an answer', () => {
  test('comes in pages, of as many rows as are asked for, typed', async () => {
    rows = Array.from({ length: 2500 }, (_, index) => [String(index), index === 0 ? undefined : '[{"family":"A, given=[x]"}]']);
    const first = await engine.page(id, { limit: 1500 });
    expect([first.columns, first.rows.length, first.rows[0], first.rows[1]]).toEqual([question.columns, 1500, ['0', null], ['1', [{ family: 'A, given=[x]' }]]]);
    const second = await engine.page(id, { limit: 1500, next: first.next! });
    expect([second.rows.length, second.rows[0]![0], second.next]).toEqual([1000, '1500', undefined]);
  });

  test('without rows has its columns', async () => {
    expect(await engine.page(id, { limit: 10 })).toEqual({ columns: question.columns, rows: [] });
  });

  test('is a file by a link', async () => {
    expect(await engine.file(id, 'csv')).toEqual({ url: `https://bucket/${id}.csv` });
  });
});
