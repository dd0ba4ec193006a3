/**
 * The work of an `$enrich`: a page of what the searches find at a time, and after each it is kept where the job has come. It may be cut
 * off anywhere, and two may work on one job. A document that cannot be read now becomes pending, as one that has changed.
 */
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataStore, SearchMatch, SearchPage } from '../../store/data-store.ts';
import { changeJob } from '../jobs/change-job.ts';
import type { JobChange } from '../jobs/change-job.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import { parseParameters } from '../parameters.ts';
import { resolveQuery } from '../search/resolve-query.ts';
import { enrichInput, enrichProgress, enrichSteps, kept } from './enrich-job.ts';
import type { EnrichProgress, EnrichSteps } from './enrich-job.ts';
import { ReaderBroken } from './note-reader.ts';
import type { NoteReader } from './note-reader.ts';
import type { NoteDocument } from './note-reading.ts';
import type { PendingNotes } from './pending-notes.ts';
import { readingMark } from './reading-mark.ts';
import { isOfTheMoment } from './read-pending.ts';

/** Progress is told, and a wish to cancel is heard, after so many documents. */
const documentsOfPage = 20;
/** One asks the engine while another writes. */
const documentsAtOnce = 4;
/** After which a job has failed: some six minutes of the embedded loop, which waits twice as long each time. */
export const maxFaults = 12;
/** When nobody's notes can be read, the job looks again after so long, ms. */
const waitMs = 5_000;

export interface RunEnrichDependencies extends JobPorts {
  readonly reader: Pick<NoteReader, 'enrich'>;
  readonly store: Pick<DataStore, 'read' | 'search' | 'searchParameters'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly pending: Pick<PendingNotes, 'add'>;
  readonly report: (error: unknown) => void;
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
    const counts = await readPage(page.matches, job, dependencies);
    await change((current) => ({ ...begun(current), steps: kept(page.next), progress: kept(sum(enrichProgress(current), counts)) }));
    return 0;
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

async function readPage(matches: readonly SearchMatch[], job: JobRecord, dependencies: RunEnrichDependencies): Promise<EnrichProgress> {
  let counts: EnrichProgress = { documents: matches.length, read: 0, notRead: 0, postponed: 0 };
  const left = matches.values();
  await Promise.all(Array.from({ length: documentsAtOnce }, async () => {
    for (const match of left) {
      const came = await readOne(match, job, dependencies);
      counts = { ...counts, ...(came === undefined ? {} : { [came]: counts[came] + 1 }) };
    }
  }));
  return counts;
}

async function readOne(match: SearchMatch, job: JobRecord, dependencies: RunEnrichDependencies): Promise<'read' | 'notRead' | 'postponed' | undefined> {
  const { reader, clock, pending, report } = dependencies;
  // What this job wrote may be met again further on.
  if (isReadSince(match, job.submitted)) return undefined;
  try {
    const { came } = await reader.enrich(match, true);
    return came === 'left' ? undefined : came === 'read' ? 'read' : 'notRead';
  } catch (error) {
    // Of an engine that answers nobody or cannot be asked, and of a store that is full, all of the page would say the same.
    if (error instanceof ReaderBroken || (isOfTheMoment(error) && !(error instanceof FhirError && [409, 412].includes(error.status)))) throw error;
    report(error);
    await pending.add([{ type: match.type, id: match.id }], clock.now());
    return 'postponed';
  }
}

function isReadSince({ json, versionId, lastUpdated }: SearchMatch, since: number): boolean {
  if (json === undefined || lastUpdated < since) return false;
  return readingMark(parseJson(json) as NoteDocument)?.version === versionId - 1;
}

function sum(one: EnrichProgress, other: EnrichProgress): EnrichProgress {
  return {
    documents: one.documents + other.documents, read: one.read + other.read, notRead: one.notRead + other.notRead, postponed: one.postponed + other.postponed,
  };
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
