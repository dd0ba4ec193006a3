import { describe, expect, test } from '@jest/globals';
import { compiledQuestion, duckDbStatement } from '../../../src/operations/sql/compiled-question.ts';

describe('A question that names a view', () => {
  test('reads the tables that the view is over', () => {
    const { statement, tables, columns } = compiledQuestion('SELECT c.code_display, p.gender FROM conditions c JOIN patient_demographics p USING (patient_id)', {});
    expect([...tables].toSorted()).toEqual(['condition', 'patient']);
    expect(columns.map(({ name }) => name)).toEqual(['code_display', 'gender']);
    expect(duckDbStatement(statement)).toContain('"condition"');
  });

  test('may name it in a subquery, and have another table of that name', () => {
    expect(compiledQuestion('SELECT * FROM patient WHERE id IN (SELECT patient_id FROM patient_features WHERE has_diabetes)', {}).tables).toContain('medicationrequest');
    expect(compiledQuestion('WITH conditions AS (SELECT id FROM patient) SELECT * FROM conditions', {}).tables).toEqual(['patient']);
  });

  test('is told of a column that the view has not', () => {
    expect(() => compiledQuestion('SELECT nothing FROM encounters', {})).toThrow(/nothing/);
  });
});
