/**
 * Index entries that a search found to lead nowhere, told to the clean-up when the search is done. Most are of writes
 * that are under way and go by themselves: only those are told that are old enough to be removed.
 */
import type { CleanUpWork } from '../operations/stream/clean-up-work.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import { entryTarget } from '../store/keys.ts';
import { abandonedAfterMs } from '../store/store-context.ts';
import type { StaleEntry } from '../store/store-context.ts';
import { writeIdTime } from '../store/write-id.ts';

/** In one message: an entry's key has 1 kB at most, a message 256 kB. What is beyond it the next search meets, or the sweep. */
export const maxReportedEntries = 200;

export interface StaleReportsOptions {
  readonly datastoreId: string;
  readonly queue: Queue<CleanUpWork>;
  readonly clock: Pick<Clock, 'now'>;
}

export type ReportStale = (entry: StaleEntry) => void;

/**
 * @param workOver makes the work over a store that reports to the function it is given
 * @returns the work, which is done when its reports are sent: what a function leaves behind may never run
 */
export function reportingStale<Asked, Answered>(
  { datastoreId, queue, clock }: StaleReportsOptions,
  workOver: (reportStale: ReportStale) => (asked: Asked) => Promise<Answered>,
): (asked: Asked) => Promise<Answered> {
  const found = new Map<string, StaleEntry>();
  const isRemovable = (sk: string): boolean => writeIdTime(entryTarget(sk).writeId) + abandonedAfterMs < clock.now();
  const work = workOver(({ pk, sk }) => {
    if (found.size < maxReportedEntries && isRemovable(sk)) found.set(`${pk} ${sk}`, { pk, sk });
  });
  const send = async (): Promise<void> => {
    if (found.size === 0) return;
    const stale = [...found.values()];
    found.clear();
    // What is not taken is met again, by a search or by the sweep.
    await queue.send([{ datastoreId, stale }]);
  };
  return async (asked) => {
    try {
      return await work(asked);
    } finally {
      await send();
    }
  };
}
