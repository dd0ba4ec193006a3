/**
 * The work of a `$reindex`: reads the definitions, has the store's index made for them, and keeps after each slice where it
 * has come, so that whoever goes on with the job goes on from there. It may be cut off anywhere, and two may work on one job.
 */
import { parseJson } from '../../fhir/json.ts';
import { FhirError, unprocessable } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { Clock } from '../../ports/clock.ts';
import { TableUnavailable } from '../../ports/ordered-table.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { Reindexing, ReindexPosition } from '../../store/reindex.ts';
import { changeJob } from '../jobs/change-job.ts';
import type { JobChange } from '../jobs/change-job.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import { chooseDefinitions } from './choose-definitions.ts';
import { kept, keptSteps, noProgress, progressOf, stepsOf } from './reindex-job.ts';
import type { ReindexingSteps, ReindexProgress } from './reindex-job.ts';

/** Progress is told, and a wish to cancel is heard, so often. */
export const reindexSliceMs = 500;
/**
 * Faults in a row at one step, after which a job has failed: some six minutes of the embedded loop, which waits twice as long
 * each time. More than the attempts of the workflow on AWS (lib/reindex/definition.ts), which fails then, and so is seen.
 */
export const maxFaults = 12;
/** R4's own definitions, which some store, are some 1,400. Beyond it nobody could tell what is searchable. */
export const maxStoredDefinitions = 10_000;

export interface RunReindexDependencies extends JobPorts {
  readonly store: Pick<DataStore, 'search' | 'searchParameters'>;
  readonly reindexing: Reindexing;
  readonly clock: Pick<Clock, 'now'>;
  /** As in `DataStoreParts`: for so long after the end other processes may search as before. */
  readonly rulesLifetimeMs?: number;
  /** Lets requests have their turn, where they wait for one in this process. */
  readonly letOthers?: () => Promise<void> | undefined;
}

/**
 * Works on the job until it has ended, has to wait, or the time is up.
 *
 * @param until when no further slice is to be begun, milliseconds since the epoch; one is worked on at least
 * @returns when to go on, in milliseconds from now; `undefined` when there is nothing left to do
 */
export async function runReindex(id: string, dependencies: RunReindexDependencies, until: number): Promise<number | undefined> {
  const { clock } = dependencies;
  for (;;) {
    const job = await readJob('reindex', id, dependencies);
    if (job === undefined || isEnded(job)) return undefined;
    const after = await slice(job, dependencies);
    if (isEnded(after)) return undefined;
    const { position, knownAt = 0 } = reindexingSteps(after);
    const waitMs = Math.max(knownAt - clock.now(), (position?.notBefore ?? 0) - clock.now(), 0);
    // Whoever wants it cancelled need not wait.
    if ((waitMs > 0 && !isBeingCancelled(after)) || clock.now() >= until) return waitMs;
  }
}

/** Records that the job cannot be brought to its end. Its entries are never searched; the next `$reindex` goes on from them. */
export async function failReindex(id: string, dependencies: JobPorts): Promise<void> {
  await changeJob({ kind: 'reindex', id }, (job) => ({ status: 'FAILED', message: unfinished(job) }), dependencies);
}

/** From the phases that take away on, what is wanted is searched. */
const phasesInForce: ReadonlySet<ReindexPosition['phase'] | undefined> = new Set(['retiring', 'removing', 'done']);

function unfinished(job: JobRecord): string {
  const searches = phasesInForce.has(reindexingSteps(job).position?.phase) ? 'searches use the new definitions already' : 'searches are as they were before';
  return `The server could not bring the job to its end, and ${searches}. Reindex again; the server’s log has the reason.`;
}

async function slice(job: JobRecord, dependencies: RunReindexDependencies): Promise<JobRecord> {
  // What is done cannot be cancelled any more.
  if (isBeingCancelled(job) && reindexingSteps(job).position?.phase !== 'done') return changed(job, dependencies, () => ({ status: 'CANCEL_COMPLETED' }));
  try {
    return await changed(job, dependencies, await work(job, dependencies));
  } catch (error) {
    if (error instanceof FhirError && error.status < 500 && !passingStatuses.has(error.status)) {
      const message = error.issues.map(({ diagnostics }) => diagnostics).join(' ');
      return changed(job, dependencies, () => ({ status: 'FAILED', message }));
    }
    if (!mayPass(error)) await countFault(job, dependencies);
    throw error;
  }
}

/** Contention, too many requests, a store that is busy or full: what passes, or is mended by whoever runs the server. */
const passingStatuses: ReadonlySet<number> = new Set([409, 429, 503, 507]);

function mayPass(error: unknown): boolean {
  return error instanceof TableUnavailable || (error instanceof FhirError && passingStatuses.has(error.status));
}

/** With the fault that nobody foresaw the job ends when it has met too many at one step: repeating does not mend it. */
async function countFault(job: JobRecord, dependencies: JobPorts): Promise<void> {
  const decide: Decision = (current) => {
    const faults = (progressOf(current).faults ?? 0) + 1;
    if (faults >= maxFaults) return { status: 'FAILED', message: unfinished(current) };
    return { progress: kept({ ...progressOf(current), faults }) };
  };
  // The fault itself is what is told of, also where it stands in the way of its being counted.
  await changed(job, dependencies, decide).catch(() => {});
}

type Decision = (job: JobRecord) => JobChange;

async function changed(job: JobRecord, ports: JobPorts, decide: Decision): Promise<JobRecord> {
  return (await changeJob(job, decide, ports)) ?? job;
}

/** @returns what has become of the job, to be told of it */
async function work(job: JobRecord, { store, reindexing, clock, rulesLifetimeMs, letOthers }: RunReindexDependencies): Promise<Decision> {
  const steps = stepsOf(job);
  if (steps === undefined) {
    const { wanted, searchable, unused, unlisted } = await chooseDefinitions(await storedDefinitions(store), await store.searchParameters(), letOthers);
    return (current) => ({
      ...begun(current), steps: keptSteps({ wanted }), progress: kept({ ...noProgress, searchable, unused, unlisted }),
    });
  }
  if ('knownAt' in steps) return (current) => (clock.now() < steps.knownAt! ? {} : ending(current, steps.position));
  const position = 'wanted' in steps
    ? await reindexing.begin(job.id, steps.wanted)
    : await reindexing.advance(steps.position, clock.now() + reindexSliceMs);
  const isToBeKnown = position.phase === 'done' && rulesLifetimeMs !== undefined;
  const next = isToBeKnown ? { position, knownAt: clock.now() + rulesLifetimeMs } : { position };
  return (current) => ({
    ...begun(current), ...(isToBeKnown ? {} : ending(current, position)), steps: keptSteps(next), progress: kept(progress(progressOf(current), position)),
  });
}

/** A wish to cancel stays. */
function begun({ status }: JobRecord): JobChange {
  return status === 'SUBMITTED' || status === 'QUEUED' ? { status: 'IN_PROGRESS' } : {};
}

function ending(job: JobRecord, { phase, counts }: ReindexPosition): JobChange {
  if (phase === 'superseded') return { status: 'FAILED', message: 'A later $reindex has taken over.' };
  if (phase !== 'done') return {};
  const { unused = [], unlisted = 0 } = progressOf(job);
  const isWhole = unused.length === 0 && unlisted === 0 && Object.keys(counts.unfit).length === 0;
  return { status: isWhole ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS' };
}

/** What turns out not to fit is not searchable, whatever its definition is. */
function progress(before: ReindexProgress, { counts, segments }: ReindexPosition): ReindexProgress {
  const { examined, filed, removed, unfit } = counts;
  const { searchable = [], unused = [], unlisted = 0 } = before;
  const isFit = ({ url }: { readonly url: string }): boolean => !Object.hasOwn(unfit, url);
  const misfits = searchable.filter((one) => !isFit(one)).map(({ url }) => ({
    url, reason: `It has more values than can be filed in ${unfit[url]} resources or more. Let its expression select less, and reindex.`,
  }));
  return {
    examined, filed, removed,
    segments: segments.length, segmentsDone: segments.filter(({ done }) => done).length,
    searchable: searchable.filter(isFit), unused: [...unused, ...misfits], unlisted,
  };
}

function reindexingSteps(job: JobRecord): Partial<ReindexingSteps> {
  const steps = stepsOf(job);
  return steps !== undefined && 'position' in steps ? steps : {};
}

/** @throws FhirError 403 when a page cannot be found in time, 422 when there are too many */
async function storedDefinitions(store: Pick<DataStore, 'search'>): Promise<readonly Resource[]> {
  const query: SearchQuery = {
    type: 'SearchParameter', baseUrl: '', clauses: [], conditions: [], lists: [], sort: [], count: 1000, total: 'none', explain: false, applied: [], ignored: [],
  };
  const found: Resource[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.search(query, cursor);
    for (const { json } of page.matches) if (json !== undefined) found.push(parseJson(json) as Resource);
    cursor = page.next;
  } while (cursor !== undefined && found.length < maxStoredDefinitions);
  // Those that were not read might be in force: they would leave without anybody having asked for it.
  if (cursor !== undefined) throw unprocessable(`The data store has more than ${maxStoredDefinitions} SearchParameter resources, which is the most that a reindexing reads. Delete those that nobody needs, and reindex.`);
  return found;
}
