/** A sample of the model test's schedules in every run of the tests; `npm run test:model` runs as many as are asked for. */
import { describe, expect, test } from '@jest/globals';
import { runSchedule } from './schedule.ts';

const groups = 12;
const schedulesPerGroup = 60;

describe('however writers, transactions, searches and clean-up interleave, crash and repeat', () => {
  test.each(Array.from({ length: groups }, (_, group) => group * schedulesPerGroup))(
    'no committed version is unreachable, lost or half-visible and nothing is left over, seeds from %i',
    async (first) => {
      const failures: string[] = [];
      for (let seed = first; seed < first + schedulesPerGroup; seed += 1) {
        await runSchedule(seed).catch((fault: Error) => failures.push(`seed ${seed}: ${fault.message}`));
      }
      expect(failures).toEqual([]);
    },
  );
});
