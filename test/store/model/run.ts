/**
 * Runs many schedules of the model test: `npm run test:model -- --schedules 100000 --seed 1`. A schedule that fails is
 * named by its seed; `--seed S --only` runs that one and prints its steps. `--joined` takes those that search by chains, `--reindexes`
 * adds jobs that change the search parameters.
 */
import { parseArgs } from 'node:util';
import { joinedEvery, runSchedule } from './schedule.ts';

/** Failures printed in full; more of them say the same. */
const maxShown = 10;

const { values } = parseArgs({
  options: { schedules: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, only: { type: 'boolean', default: false }, reindexes: { type: 'boolean', default: false }, joined: { type: 'boolean', default: false } },
});
const stride = values.joined ? joinedEvery : 1;
const first = Math.ceil(Number(values.seed) / stride) * stride;
const count = values.only ? 1 : Number(values.schedules);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
let failed = 0;
for (let seed = first; seed < first + count * stride; seed += stride) {
  try {
    await runSchedule(seed, { reindexes: values.reindexes, ...(values.only ? { trace: print } : {}) });
  } catch (fault) {
    failed += 1;
    if (failed <= maxShown) print(`seed ${seed}: ${fault instanceof Error && fault.name === 'Violation' ? fault.message : (fault as Error).stack}`);
  }
}
print(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
