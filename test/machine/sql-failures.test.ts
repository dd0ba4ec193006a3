/** Why a question was not answered, in words that hold nothing of a resource. */
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../src/machine/duckdb/sql-failures.ts';

test.each([
  ['Invalid Input Error: This text is no date', 'try_cast'],
  ['Invalid Input Error: This JSON is no single value', 'try_cast'],
  ['Invalid Input Error: Division by zero', 'nullif'],
  ['Conversion Error: Could not convert string \'Rivera\' to INT32', 'try_cast'],
])('a failure says what helps, and no value: %s', (message, help) => {
  const refusal = refusalOf(new Error(message));
  expect(refusal.message).toContain(help);
  expect(refusal.message).not.toContain('Rivera');
});
