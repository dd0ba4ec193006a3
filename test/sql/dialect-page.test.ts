/** docs/sql-dialect.md tells what the rules say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as limits from '../../src/sql/limits.ts';
import { functionTable } from './function-table.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/sql-dialect.md'), 'utf8');

test('docs/sql-dialect.md has every function, as the checker takes it', () => {
  expect(page).toContain(functionTable());
});

test('docs/sql-dialect.md has every limit', () => {
  const { maxStatementLength, maxNesting, maxTreeHeight, maxExpressionHeight, maxGroupingSets, maxNodes } = limits;
  for (const limit of [maxStatementLength, maxNesting, maxTreeHeight, maxExpressionHeight, maxGroupingSets, maxNodes]) expect(page).toContain(limit.toLocaleString('en-US'));
});
