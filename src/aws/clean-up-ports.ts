/** What the clean-up works with, from the environment of its function. */
import { systemClock } from '../machine/system-clock.ts';
import type { CleanUpDependencies } from '../operations/stream/clean-up.ts';
import { openDataStore } from '../store/open-data-store.ts';
import { announcedPorts } from './announced-jobs.ts';
import { servedStores } from './control-table.ts';
import { cleanUpQueue } from './feed-queues.ts';
import { storePorts } from './store-ports.ts';

export function cleanUpDependencies(): CleanUpDependencies {
  const cleanerOf = servedStores((record) => openDataStore(storePorts(record)).cleaner);
  const jobsOf = servedStores(announcedPorts);
  return { cleanerOf, jobsOf, queue: cleanUpQueue(), clock: systemClock };
}
