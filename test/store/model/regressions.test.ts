/** Schedules that once failed, each with what it found. */
import { describe, expect, test } from '@jest/globals';
import { runSchedule } from './schedule.ts';

const found: readonly (readonly [seed: number, finding: string])[] = [
  [163, 'a page link skipped a resource whose name has two words'],
  [605, 'a page of the system history ended between two types that share an instant and an id, and the second was lost'],
  [931, 'a late repeat revived the record of a committed transaction, and settling it removed the entries of current versions'],
  [1962, 'a late repeat revived the record of a committed transaction, and settling it removed past versions from the history'],
];

describe('schedules that once failed', () => {
  test.each(found)('seed %i: %s', async (seed) => {
    await expect(runSchedule(seed)).resolves.toBeUndefined();
  });
});
