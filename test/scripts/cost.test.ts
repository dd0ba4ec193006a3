/** docs/cost.md says what its script computes from the source as it is, and the arithmetic is that of a bill. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idle, monthOf } from '../../scripts/cost/idle.ts';
import { measureOperations } from '../../scripts/cost/measured-operations.ts';
import type { Measurements } from '../../scripts/cost/measured-operations.ts';
import { month, sumOfLines, workloads } from '../../scripts/cost/months.ts';
import { operationPrice, sumOf } from '../../scripts/cost/operation-prices.ts';
import { costPage } from '../../scripts/cost/page.ts';

let measurements: Measurements;

beforeAll(async () => {
  measurements = await measureOperations();
});

test('the page in docs is the one that the script prints; after a change, npm run cost -- --write', () => {
  expect(readFileSync(join(__dirname, '..', '..', 'docs', 'cost.md'), 'utf8')).toBe(costPage(measurements));
});

describe('a million', () => {
  test('reads of versions under 4 KB are a million read units, requests and calls', () => {
    const { tables, gateway, feed } = operationPrice('read', measurements);
    expect([tables, gateway, feed].map((price) => price * 1e6)).toEqual([expect.closeTo(0.125), expect.closeTo(3.5), 0]);
  });

  test('creates are carried by the change feed, once each', () => {
    expect(measurements.operations.create.changes).toBe(1);
    expect(operationPrice('create', measurements).feed).toBeGreaterThan(0);
  });

  test('transactions of fifty entries cost less than fifty creates', () => {
    const { create, transaction } = measurements.operations;
    expect(transaction.entries).toBe(50);
    expect(transaction.writeUnits).toBeGreaterThan(create.writeUnits);
    expect(sumOf(operationPrice('transaction', measurements))).toBeLessThan(50 * sumOf(operationPrice('create', measurements)));
  });
});

describe('an idle deployment', () => {
  test('keeps each further data store under five dollars a month', () => {
    expect(monthOf(idle(measurements).store)).toBeLessThan(5);
  });

  test('never costs more after allowances than before', () => {
    const { deployment, store } = idle(measurements);
    expect([...deployment, ...store].filter(({ perMonth, afterAllowances }) => afterAllowances > perMonth)).toEqual([]);
  });
});

test('a store of HealthLake costs its 730 hours where what is included suffices', () => {
  expect(sumOfLines(month(workloads[0]!, measurements).healthLakeLines)).toBeCloseTo(197.1);
});
