/** Whether a worker of a workflow's import is to begin another piece. */
import { workedOn } from './import-dependencies.ts';
import type { ImportContext } from './import-dependencies.ts';

/** A wish to cancel is heard within this time. */
export const cancelLookMs = 5000;

/** `on`; `late` when time is up; `over` when the job is to end. */
export type GoesOn = () => Promise<'on' | 'late' | 'over'>;

/** @param until when time is up, ms since the epoch */
export function watch(context: ImportContext, until: number): GoesOn {
  let looked = context.clock.now();
  return async () => {
    const now = context.clock.now();
    if (now - looked >= cancelLookMs) {
      looked = now;
      if ((await workedOn(context.job.id, context)) === undefined) return 'over';
    }
    return now >= until ? 'late' : 'on';
  };
}
