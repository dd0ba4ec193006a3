/** DuckDB gives Trino's answers: to what `statements.ts` asks, those that Trino itself gave (`trino/answers.json`). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { functionGroups } from '../../src/sql/functions/table.ts';
import { answer, openDuckDb } from './duckdb-answers.ts';
import { refusals } from './refusals.ts';
import { failingStatements, statementGroups } from './statements.ts';
import { comparable, recordedAnswers } from './trino/recorded-answers.ts';

let duckDb: Awaited<ReturnType<typeof openDuckDb>>;
beforeAll(async () => { duckDb = await openDuckDb(); });
afterAll(() => duckDb.close());

const noTables = { columnsOf: () => undefined };
const recorded = recordedAnswers();

describe.each(statementGroups)('$title ($documentation)', ({ statements }) => {
  test.each(statements)('%s', async (statement) => {
    expect(comparable(await answer(duckDb.connection, statement, noTables))).toEqual(comparable(recorded.get(statement)!));
  });
});

test('Every function is asked for', () => {
  const asked = statementGroups.flatMap(({ statements }) => statements).join('\n');
  const unasked = functionGroups.flatMap(({ rules }) => rules.map(({ name }) => name)).filter((name) => !new RegExp(`\\b${name}\\b`).test(asked));
  expect(unasked).toEqual([]);
});

describe('Values at which Trino fails', () => {
  test.each(failingStatements)('end the query on DuckDB too: %s', async (statement) => {
    await expect(answer(duckDb.connection, statement, noTables)).rejects.toThrow(/Invalid Input|Conversion|Out of Range/);
  });
});

describe('A statement outside of the subset is refused with its place and the reason', () => {
  test.each(refusals)('%s', async (statement, line, column, reason) => {
    await expect(answer(duckDb.connection, statement, noTables)).rejects.toMatchObject({ name: 'SqlSyntaxError', line, column, reason });
  });
});
