/** Trino reads whatever we write, and still answers as was written down; `npm run test:trino`. */
import { describe, expect, test } from '@jest/globals';
import { resourceTypes } from '../../../src/fhir/definitions/resource-types.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { lakeViews } from '../../../src/fhir/lake/lake-views.ts';
import { toAthena } from '../../../src/sql/to-athena.ts';
import { randomTrees } from '../random-trees.ts';
import { failingStatements, statementGroups } from '../statements.ts';
import { askTrino, writtenStatement } from './ask-trino.ts';
import { comparable, recordedAnswers, type Told } from './recorded-answers.ts';

const statements = statementGroups.flatMap((group) => group.statements);
const views = resourceTypes.flatMap((type) => lakeViews(lakeTable(type)).map(({ statement }) => statement));
const trees = randomTrees(1_000).map(toAthena);
const answers = askTrino({ parse: [...views, ...trees], run: [...statements, ...failingStatements].map(writtenStatement) });

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
    expect(answers.run.slice(statements.length).filter((answer) => !('error' in answer))).toEqual([]);
  });
});
