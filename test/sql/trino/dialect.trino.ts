/** Trino reads whatever we write, and still answers as was written down; `npm run test:trino`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { resourceTypes } from '../../../src/fhir/definitions/resource-types.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { lakeViews } from '../../../src/fhir/lake/lake-views.ts';
import { parametersOf, fillParameters } from '../../../src/operations/sql/statement-parameters.ts';
import { parseQuery } from '../../../src/sql/parse.ts';
import { toAthena } from '../../../src/sql/to-athena.ts';
import { shippedViews } from '../../../src/sql/views/shipped-views.ts';
import { ambiguousHealthLakeQuery, healthLakeQueries } from '../healthlake-queries.ts';
import { randomTrees } from '../random-trees.ts';
import { failingStatements, statementGroups } from '../statements.ts';
import { askTrino, writtenStatement } from './ask-trino.ts';
import { checkedOverLake, overEmptyTables } from './empty-tables.ts';
import { comparable, recordedAnswers, type Told } from './recorded-answers.ts';

const statements = statementGroups.flatMap((group) => group.statements);
const views = resourceTypes.flatMap((type) => lakeViews(lakeTable(type)).map(({ statement }) => statement));
const trees = randomTrees(1_000).map(toAthena);

const questions = join(import.meta.dirname, '../../../docs/questions');
const values: Readonly<Record<string, string | number>> = { as_of: '2025-06-30', code: '59621000', days: 365, least: 1 };
const filled = (text: string) => fillParameters(text, Object.fromEntries(parametersOf(text).map((name) => [name, values[name]!]))).text;

/** What reads the lake's tables: their rows are not there, but names and types are Trino's to check. */
const overLake = [
  ...[...shippedViews().values()].map(({ name, query }) => ({ name, checked: checkedOverLake(query) })),
  ...healthLakeQueries.map(({ what, statement }) => ({ name: what, checked: checkedOverLake(parseQuery(statement)) })),
  ...readdirSync(questions).filter((name) => name.endsWith('.sql')).map((name) => ({ name, checked: checkedOverLake(parseQuery(filled(readFileSync(join(questions, name), 'utf8')))) })),
];

/** Not checked by us, who refuse it. */
const ambiguous = toAthena(overEmptyTables({ query: parseQuery(ambiguousHealthLakeQuery), tables: ['patient', 'observation'] }));

const answers = askTrino({
  parse: [...views, ...trees],
  run: [...[...statements, ...failingStatements].map(writtenStatement), ...overLake.map(({ checked }) => toAthena(overEmptyTables(checked))), ambiguous],
});

describe('Trino', () => {
  test('reads the views of every table of the lake, and trees of every kind', () => {
    expect(answers.parse.filter((reason) => reason !== null)).toEqual([]);
  });

  test('answers every statement as was written down', () => {
    const recorded = recordedAnswers();
    statements.forEach((statement, index) => {
      const answer = answers.run[index]!;
      expect([statement, 'error' in answer ? answer : comparable(answer)]).toEqual([statement, comparable(recorded.get(statement) as Told)]);
    });
  });

  test('fails at the values at which DuckDB fails', () => {
    expect(answers.run.slice(statements.length).slice(0, failingStatements.length).filter((answer) => !('error' in answer))).toEqual([]);
  });

  test('finds the columns that we tell in the shipped views, the questions of docs/questions and HealthLake\'s', () => {
    overLake.forEach(({ name, checked }, index) => {
      const answer = answers.run[statements.length + failingStatements.length + index]!;
      const told = comparable({ columns: checked.columns, rows: [] }).columns;
      expect([name, 'error' in answer ? answer : comparable(answer).columns]).toEqual([name, told]);
    });
  });

  test('finds the sample of HealthLake\'s ambiguous that we refuse as ambiguous', () => {
    expect(answers.run.at(-1)).toEqual({ error: expect.stringContaining("Column 'meta' is ambiguous") });
  });
});
