/**
 * The documents of a page of an `$enrich`, some at a time. Each that was read is told of at once, and the page ends when none is under way
 * any more: one that was left in the middle, even by whoever was killed, is not read, nor paid for, from its beginning.
 */
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SearchMatch } from '../../store/data-store.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { enrichInput, enrichProgress, enrichSteps, noProgress, sumOf } from './enrich-job.ts';
import type { EnrichProgress } from './enrich-job.ts';
import { ReaderBroken } from './note-reader.ts';
import type { DocumentKey, Enriched, NoteReader } from './note-reader.ts';
import type { NoteDocument } from './note-reading.ts';
import { isOfTheMoment } from './read-pending.ts';
import { isGivenUp, readingMark } from './reading-mark.ts';

/** One asks the engine while another writes. When so many wait in a row, the engine is taken to answer nobody. */
export const documentsAtOnce = 4;
/** Visits in a row at which nothing was read, an hour on AWS: then what waits is left to those who read what is pending. */
export const maxWaits = 60;

export interface ReadPageDependencies {
  readonly reader: Pick<NoteReader, 'enrich'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly pending: {
    /** As that of `PendingNotes`. @param anew whether it is to be read also where the engine has read it, for whoever is able to remember that */
    readonly add: (keys: readonly DocumentKey[], revision: number, anew: boolean) => Promise<void>;
  };
  readonly report: (error: unknown) => void;
  /** No document is begun after it, ms since the epoch. Without it, there is time. */
  readonly until?: number;
  /** Told after each document that was read, of what has not been told yet. */
  readonly tell?: (settled: PageSettled) => Promise<void>;
}

export interface PageSettled {
  /** What was not told before. */
  readonly counts: EnrichProgress;
  /** All documents of the page that need no more, as `Type/id`. */
  readonly done: readonly string[];
}

export interface PageRead extends PageSettled {
  readonly isWhole: boolean;
  /** Nobody's documents can be read at the moment. */
  readonly isWaiting: boolean;
  /** What no document has a part in, and somebody has to look at. */
  readonly faults: readonly unknown[];
}

type Came = Enriched['came'];
interface Unread {
  readonly match: SearchMatch;
  readonly error: unknown;
}

/** Never rejects for what documents or engines do. */
export async function readPage(matches: readonly SearchMatch[], job: JobRecord, dependencies: ReadPageDependencies): Promise<PageRead> {
  const { clock, pending, report, until = Infinity, tell = async () => {} } = dependencies;
  const before = new Set(enrichSteps(job).done);
  const done = matches.map(nameOf).filter((name) => before.has(name));
  const left = matches.filter((match) => !before.has(nameOf(match))).values();
  const waiting: Unread[] = [];
  const faults: unknown[] = [];
  let counts = noProgress;
  let isAnswered = false;
  const settle = (match: SearchMatch, as?: 'read' | 'notRead' | 'postponed'): void => {
    done.push(nameOf(match));
    counts = { ...counts, documents: counts.documents + 1, ...(as !== undefined && { [as]: counts[as] + 1 }) };
  };
  const tellSettled = async (): Promise<void> => {
    const told = counts;
    counts = noProgress;
    try {
      await tell({ counts: told, done: [...done] });
    } catch (error) {
      counts = sumOf(counts, told);
      throw error;
    }
  };
  const postpone = async ({ match, error }: Unread): Promise<void> => {
    report(error);
    await pending.add([{ type: match.type, id: match.id }], clock.now(), isAnew(match, job));
    settle(match, 'postponed');
  };
  const postponeAll = async (): Promise<void> => {
    for (const unread of waiting.splice(0)) await postpone(unread);
  };
  const readOne = async (match: SearchMatch): Promise<void> => {
    const outcome = await outcomeOf(match, job, dependencies);
    if ('came' in outcome) {
      settle(match, countedAs(outcome.came));
      if (outcome.came !== 'read') return;
      isAnswered = true;
      // There is one who answers: what waits has a reason of its own.
      await postponeAll();
      await tellSettled();
    } else if (outcome.error instanceof ReaderBroken) throw outcome.error;
    else if (isOfTheMoment(outcome.error) && !isContention(outcome.error)) waiting.push(outcome);
    else await postpone(outcome);
  };
  const noted = (error: unknown): void => void faults.push(error);
  const isOver = (): boolean => faults.length > 0 || waiting.length >= documentsAtOnce || clock.now() >= until;
  await Promise.all(Array.from({ length: documentsAtOnce }, async () => {
    for (const match of left) {
      if (isOver()) return;
      await readOne(match).catch(noted);
    }
  }));
  if ((isAnswered && waiting.length < documentsAtOnce) || (enrichProgress(job).waits ?? 0) >= maxWaits) await postponeAll().catch(noted);
  return { counts, done, isWhole: done.length === matches.length, isWaiting: waiting.length > 0, faults };
}

async function outcomeOf(match: SearchMatch, job: JobRecord, { reader }: ReadPageDependencies): Promise<{ readonly came: Came } | Unread> {
  // What this job wrote may be met again further on.
  if (isReadSince(match, job.submitted)) return { came: 'left' };
  try {
    return { came: (await reader.enrich(match, isAnew(match, job))).came };
  } catch (error) {
    return { match, error };
  }
}

/** Of documents that were given up nobody has read the text. */
function isAnew({ json, versionId }: SearchMatch, job: JobRecord): boolean {
  if (enrichInput(job).unread !== true) return true;
  const mark = json === undefined ? undefined : readingMark(parseJson(json) as NoteDocument);
  return mark !== undefined && isGivenUp(mark, versionId);
}

function countedAs(came: Came): 'read' | 'notRead' | undefined {
  if (came === 'left') return undefined;
  return came === 'read' ? 'read' : 'notRead';
}

/** Somebody else writes to the document, or to what comes of it: that says nothing of the others. */
function isContention(error: unknown): boolean {
  return error instanceof FhirError && [409, 412].includes(error.status);
}

function isReadSince({ json, versionId, lastUpdated }: SearchMatch, since: number): boolean {
  if (json === undefined || lastUpdated < since) return false;
  return readingMark(parseJson(json) as NoteDocument)?.version === versionId - 1;
}

function nameOf({ type, id }: SearchMatch): string {
  return `${type}/${id}`;
}
