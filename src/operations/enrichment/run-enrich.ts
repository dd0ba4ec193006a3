/**
 * The work of an `$enrich`: a page of what the searches find at a time, and after each it is kept where the job has come; also in the
 * middle of one, where it has to wait. It may be cut off anywhere, and two may work on one job. A document that cannot be read now
 * becomes pending, as one that has changed.
 */
import { FhirError } from '../../fhir/outcome.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import type { DataStore, SearchMatch, SearchPage } from '../../store/data-store.ts';
import { changeJob } from '../jobs/change-job.ts';
import type { JobChange } from '../jobs/change-job.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import { parseParameters } from '../parameters.ts';
import { resolveQuery } from '../search/resolve-query.ts';
import { enrichInput, enrichProgress, enrichSteps, kept, sumOf } from './enrich-job.ts';
import type { EnrichProgress, EnrichSteps } from './enrich-job.ts';
import { readPage } from './read-page.ts';
import type { PageRead, PageSettled, ReadPageDependencies } from './read-page.ts';
import { isOfTheMoment } from './read-pending.ts';

/** Progress is told, and a wish to cancel is heard, after so many documents. */
const documentsOfPage = 20;
/** After which a job has failed: some six minutes of the embedded loop, which waits twice as long each time. */
export const maxFaults = 12;
/** When nobody's notes can be read, the job looks again after so long, ms. */
const waitMs = 5_000;

export interface RunEnrichDependencies extends JobPorts, ReadPageDependencies {
  readonly clock: JobPorts['clock'];
  readonly store: Pick<DataStore, 'read' | 'search' | 'searchParameters'>;
}

/**
 * Works on the job for a page, or until it has ended.
 *
 * @returns when to go on, in milliseconds from now; `undefined` when there is nothing left to do
 */
export async function runEnrich(id: string, dependencies: RunEnrichDependencies): Promise<number | undefined> {
  const job = await readJob('enrich', id, dependencies);
  if (job === undefined || isEnded(job)) return undefined;
  const change = (decide: (current: JobRecord) => JobChange) => changeJob(job, decide, dependencies);
  if (isBeingCancelled(job)) {
    await change(() => ({ status: 'CANCEL_COMPLETED' }));
    return undefined;
  }
  try {
    const page = await pageOf(job, dependencies);
    if (page === undefined) {
      await change((current) => ({ status: enrichProgress(current).postponed === 0 ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS' }));
      return undefined;
    }
    const tell = async ({ counts, done }: PageSettled): Promise<void> => {
      await change((current) => ({ ...begun(current), steps: kept(doneWith(done, current, job)), progress: kept({ ...enrichProgress(current), ...sumOf(enrichProgress(current), counts) }) }));
    };
    const read = await readPage(page.matches, job, { ...dependencies, tell });
    await change((current) => ({ ...begun(current), steps: kept(read.isWhole ? page.next : doneWith(read.done, current, job)), progress: kept(progressed(enrichProgress(current), read)) }));
    if (read.faults.length > 0) throw read.faults[0];
    return read.isWaiting ? waitMs : 0;
  } catch (error) {
    if (isOfTheMoment(error)) return waitMs;
    const isRefusal = error instanceof FhirError && error.status < 500;
    await change((current) => (isRefusal ? { status: 'FAILED', message: error.message } : faulted(current)));
    if (isRefusal) return undefined;
    throw error;
  }
}

/** Records that the job cannot be brought to its end. */
export async function failEnrich(id: string, ports: JobPorts): Promise<void> {
  await changeJob({ kind: 'enrich', id }, () => ({ status: 'FAILED', message: unfinished }), ports);
}

interface Page {
  readonly matches: readonly SearchMatch[];
  readonly next: EnrichSteps;
}

/** @returns `undefined` when all searches are through */
async function pageOf(job: JobRecord, { store }: RunEnrichDependencies): Promise<Page | undefined> {
  const { baseUrl, searches } = enrichInput(job);
  const steps = enrichSteps(job);
  const search = searches[steps.search];
  if (search === undefined) return undefined;
  const context = { baseUrl, searchParameters: await store.searchParameters() };
  const query = { ...await resolveQuery(store, parseSearch(search.type, parseParameters(search.query), context)), count: documentsOfPage, total: 'none' as const };
  const { matches, next }: SearchPage = await store.search(query, steps.cursor);
  return { matches, next: next === undefined ? { search: steps.search + 1 } : { search: steps.search, cursor: next } };
}

/** What is done of the page that the job was at, beside what another may have done of it. One that has gone further meanwhile stays there. */
function doneWith(done: readonly string[], current: JobRecord, job: JobRecord): EnrichSteps {
  const [steps, before] = [enrichSteps(current), enrichSteps(job)];
  if (steps.search !== before.search || steps.cursor !== before.cursor) return steps;
  return { ...steps, done: [...new Set([...steps.done ?? [], ...done])] };
}

/** A fault is counted by whoever catches it. */
function progressed(before: EnrichProgress, { counts, isWaiting, faults }: PageRead): EnrichProgress {
  const { faults: earlier, waits = 0 } = before;
  return { ...sumOf(before, counts), ...(faults.length > 0 && earlier !== undefined && { faults: earlier }), ...(isWaiting && { waits: waits + 1 }) };
}

/** A wish to cancel stays. */
function begun({ status }: JobRecord): JobChange {
  return status === 'SUBMITTED' || status === 'QUEUED' ? { status: 'IN_PROGRESS' } : {};
}

const unfinished = 'The server could not bring the job to its end. What was read is read; the server’s log has the reason.';

function faulted(job: JobRecord): JobChange {
  const faults = (enrichProgress(job).faults ?? 0) + 1;
  if (faults >= maxFaults) return { status: 'FAILED', message: unfinished };
  return { progress: kept({ ...enrichProgress(job), faults }) };
}
