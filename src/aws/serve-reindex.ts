/** The functions of the `$reindex` workflow (lib/reindex/definition.ts). */
import { systemClock } from '../machine/system-clock.ts';
import { failReindex, runReindex } from '../operations/reindex/run-reindex.ts';
import type { RunReindexDependencies } from '../operations/reindex/run-reindex.ts';
import { announcedPorts } from './announced-jobs.ts';
import { servedStores } from './control-table.ts';
import { reportedStep } from './reported-step.ts';
import { openReindexing } from '../store/open-reindexing.ts';
import { openSearch } from '../store/open-search.ts';

/** What a run of the workflow begins with. */
export interface ReindexRun {
  readonly datastoreId: string;
  readonly jobId: string;
}

export interface ReindexWork {
  readonly done: boolean;
  /** Where it is not done: when to go on. */
  readonly waitSeconds?: number;
}

/** No slice is begun after this; one takes a second or so, and the function has 900 s. */
export const reindexWorkMs = 13 * 60 * 1000;

export function serveReindex(): (run: ReindexRun) => Promise<ReindexWork> {
  const storeOf = servedStores((record): RunReindexDependencies => {
    const ports = announcedPorts(record);
    // What leads nowhere in the index is found by other searches too, and reported by them.
    return { ...ports, store: openSearch(ports, () => {}), reindexing: openReindexing(ports) };
  });
  return ({ datastoreId, jobId }) => reportedStep<ReindexWork>({ done: true }, async () => {
    const waitMs = await runReindex(jobId, await storeOf(datastoreId), systemClock.now() + reindexWorkMs);
    return waitMs === undefined ? { done: true } : { done: false, waitSeconds: Math.ceil(waitMs / 1000) };
  });
}

export function serveReindexFailure(): (run: ReindexRun) => Promise<null> {
  const portsOf = servedStores(announcedPorts);
  return ({ datastoreId, jobId }) => reportedStep(null, async () => {
    await failReindex(jobId, await portsOf(datastoreId));
    return null;
  });
}
