/** A sample of the schedules with `$reindex` jobs; `npm run test:model -- --reindexes` runs as many as are asked for. */
import { describe, expect, test } from '@jest/globals';
import { runSchedule } from './schedule.ts';

const groups = 4;
const schedulesPerGroup = 60;

describe('however jobs that reindex, writers by older rules and searches interleave, crash and repeat', () => {
  test.each(Array.from({ length: groups }, (_, group) => group * schedulesPerGroup))(
    'no version is unreachable by a parameter that is searched, and nothing of one that is gone is left, seeds from %i',
    async (first) => {
      const failures: string[] = [];
      for (let seed = first; seed < first + schedulesPerGroup; seed += 1) {
        await runSchedule(seed, { reindexes: true }).catch((fault: Error) => failures.push(`seed ${seed}: ${fault.message}`));
      }
      expect(failures).toEqual([]);
    },
  );
});
