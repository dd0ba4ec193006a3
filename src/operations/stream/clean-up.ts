/** Works on the clean-up queue: settles what transactions left, tells of jobs what nobody was told, removes what searches and sweeps find to lead nowhere. */
import { FhirError } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Queue } from '../../ports/queue.ts';
import type { Cleaner } from '../../store/cleaner.ts';
import { announceJobs } from '../jobs/announce-job.ts';
import type { AnnouncedPorts } from '../jobs/announce-job.ts';
import type { CleanUpWork } from './clean-up-work.ts';

/** Whoever changes a job tells of it; publishing takes far less. */
export const untoldGraceMs = 10_000;

/** A slice of a sweep ends in a fifth of its function's time, and the next goes to whoever is free. */
export const sweepSliceMs = 60_000;

/**
 * A day's sweep looks at one part of the store, so that all of it is looked at in a month. What it finds leads nowhere
 * and costs only its storage; looking at every entry every day would cost more than all else.
 */
export const sweepParts = 30;
const dayMs = 24 * 60 * 60 * 1000;

export interface CleanUpDependencies {
  /** @throws FhirError 404 when there is no such store any more */
  readonly cleanerOf: (datastoreId: string) => Promise<Cleaner>;
  /** The jobs of which something may be untold. @throws FhirError 404 when there is no such store any more */
  readonly jobsOf: (datastoreId: string) => Promise<AnnouncedPorts>;
  readonly queue: Queue<CleanUpWork>;
  readonly clock: Clock;
}

/** Work may be done twice, and by several at a time: every step of the cleaner is safe so. */
export function cleanUp(dependencies: CleanUpDependencies): (work: CleanUpWork) => Promise<void> {
  return async (work) => {
    const cleaner = await cleanerOf(work.datastoreId, dependencies);
    if (cleaner === undefined) return;
    if ('bundle' in work) await cleaner.settleTransaction(work.bundle);
    else if ('stale' in work) await cleaner.remove(work.stale);
    else if (work.due === 'settle') await settle(cleaner, work, dependencies);
    else await sweep(cleaner, work, dependencies);
  };
}

async function settle(cleaner: Cleaner, { datastoreId }: CleanUpWork, { jobsOf }: CleanUpDependencies): Promise<void> {
  await cleaner.settleTransactions();
  await announceJobs(await jobsOf(datastoreId), untoldGraceMs);
}

/** With a data store its work is gone. */
async function cleanerOf(datastoreId: string, { cleanerOf: open }: CleanUpDependencies): Promise<Cleaner | undefined> {
  try {
    return await open(datastoreId);
  } catch (error) {
    if (error instanceof FhirError && error.status === 404) return undefined;
    throw error;
  }
}

/** What is left goes back into the queue before this message is done with. */
async function sweep(
  cleaner: Cleaner, { datastoreId, from }: Extract<CleanUpWork, { due: 'sweep' }>, { queue, clock }: CleanUpDependencies,
): Promise<void> {
  const part = { segment: Math.floor(clock.now() / dayMs) % sweepParts, segments: sweepParts };
  const { next } = await cleaner.sweepSlice({ until: clock.now() + sweepSliceMs, ...(from === undefined ? { part } : { from }) });
  if (next === undefined) return;
  const left = await queue.send([{ datastoreId, due: 'sweep', from: next }]);
  if (left.length > 0) throw new Error('The rest of a sweep could not be sent on.');
}
