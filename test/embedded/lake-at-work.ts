/** A process to be killed: writes to a data store and has its lake brought up to date all the time; prints a line for each time. */
import { writeSync } from 'node:fs';
import { lakeThreads } from '../../src/embedded/lake-threads.ts';
import { openPlatform } from '../../src/embedded/platform.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';

/** Ends the process, and is found in what it was to print. */
const report = ({ error }: { error: unknown }): void => {
  throw error;
};
const platform = await openPlatform(process.argv[2]!, { clock: systemClock, ids: randomIds, report, lakeThreads: lakeThreads() });
const datastoreId = platform.datastoreIds()[0] ?? await platform.createDataStore({ name: 'one' });
const { store, lake } = platform.find(datastoreId)!;
const state = { writes: 0 };

async function write(writer: number): Promise<void> {
  for (;;) {
    const number = (state.writes += 1);
    const id = `p${writer}.${number % 7}`;
    if (number % 11 === 0) await store.write({ interaction: 'delete', type: 'Patient', id });
    else await store.write({ interaction: 'update', resource: { resourceType: 'Patient', id, active: number % 2 === 0 } });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function bringIn(): Promise<void> {
  for (;;) {
    if ((await lake.upToDate(60_000)) !== undefined) writeSync(1, `${datastoreId}\n`);
  }
}

await Promise.all([write(1), write(2), bringIn()]);
