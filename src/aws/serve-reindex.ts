/** The functions of the `$reindex` workflow (lib/reindex/definition.ts). */
import { FhirError } from '../fhir/outcome.ts';
import { systemClock } from '../machine/system-clock.ts';
import { failReindex, runReindex } from '../operations/reindex/run-reindex.ts';
import type { RunReindexDependencies } from '../operations/reindex/run-reindex.ts';
import { announcedPorts } from './announced-jobs.ts';
import { servedStores } from './control-table.ts';
import { logError } from './fault-log.ts';
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
  const storeOf = unlessGone(servedStores((record): RunReindexDependencies => {
    const ports = announcedPorts(record);
    // What leads nowhere in the index is found by other searches too, and reported by them.
    return { ...ports, store: openSearch(ports, () => {}), reindexing: openReindexing(ports) };
  }));
  return async ({ datastoreId, jobId }) => {
    const dependencies = await storeOf(datastoreId);
    if (dependencies === undefined) return { done: true };
    const waitMs = await reported(runReindex(jobId, dependencies, systemClock.now() + reindexWorkMs));
    return waitMs === undefined ? { done: true } : { done: false, waitSeconds: Math.ceil(waitMs / 1000) };
  };
}

export function serveReindexFailure(): (run: ReindexRun) => Promise<null> {
  const portsOf = unlessGone(servedStores(announcedPorts));
  return async ({ datastoreId, jobId }) => {
    const ports = await portsOf(datastoreId);
    if (ports !== undefined) await failReindex(jobId, ports);
    return null;
  };
}

/** With a data store its jobs are gone. */
function unlessGone<Opened>(open: (datastoreId: string) => Promise<Opened>): (datastoreId: string) => Promise<Opened | undefined> {
  return async (datastoreId) => {
    try {
      return await open(datastoreId);
    } catch (error) {
      if (error instanceof FhirError && error.status === 404) return undefined;
      throw error;
    }
  };
}

/** The workflow tells what a function threw by its name alone. */
async function reported<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    logError(error);
    throw error;
  }
}
