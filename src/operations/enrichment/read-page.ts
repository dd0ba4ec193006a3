/**
 * The documents of a page of an `$enrich`, some at a time. It ends when none is under way any more, and says which need no more, so that a
 * page that was left in the middle is not read, nor paid for, from its beginning.
 */
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SearchMatch } from '../../store/data-store.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { enrichProgress, enrichSteps, noProgress } from './enrich-job.ts';
import type { EnrichProgress } from './enrich-job.ts';
import { ReaderBroken } from './note-reader.ts';
import type { Enriched, NoteReader } from './note-reader.ts';
import type { NoteDocument } from './note-reading.ts';
import type { PendingNotes } from './pending-notes.ts';
import { isOfTheMoment } from './read-pending.ts';
import { readingMark } from './reading-mark.ts';

/** One asks the engine while another writes. When so many wait in a row, the engine is taken to answer nobody. */
export const documentsAtOnce = 4;
/** Visits in a row at which nothing was read, an hour on AWS: then what waits is left to those who read what is pending. */
export const maxWaits = 60;

export interface ReadPageDependencies {
  readonly reader: Pick<NoteReader, 'enrich'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly pending: Pick<PendingNotes, 'add'>;
  readonly report: (error: unknown) => void;
  /** No document is begun after it, ms since the epoch. Without it, there is time. */
  readonly until?: number;
}

export interface PageRead {
  /** What this visit came to. */
  readonly counts: EnrichProgress;
  /** Documents of the page that need no more, as `Type/id`. */
  readonly done: readonly string[];
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
  const { clock, pending, report, until = Infinity } = dependencies;
  const before = new Set(enrichSteps(job).done);
  const done = matches.map(nameOf).filter((name) => before.has(name));
  const left = matches.filter((match) => !before.has(nameOf(match))).values();
  const waiting: Unread[] = [];
  const faults: unknown[] = [];
  let counts = noProgress;
  const settle = (match: SearchMatch, as?: 'read' | 'notRead' | 'postponed'): void => {
    done.push(nameOf(match));
    counts = { ...counts, documents: counts.documents + 1, ...(as !== undefined && { [as]: counts[as] + 1 }) };
  };
  const postpone = async ({ match, error }: Unread): Promise<void> => {
    report(error);
    await pending.add([{ type: match.type, id: match.id }], clock.now());
    settle(match, 'postponed');
  };
  const postponeAll = async (): Promise<void> => {
    for (const unread of waiting.splice(0)) await postpone(unread);
  };
  const readOne = async (match: SearchMatch): Promise<void> => {
    const outcome = await outcomeOf(match, job, dependencies);
    if ('came' in outcome) {
      settle(match, countedAs(outcome.came));
      // There is one who answers: what waits has a reason of its own.
      if (outcome.came === 'read') await postponeAll();
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
  const isAnswered = counts.read > 0 && waiting.length < documentsAtOnce;
  if (isAnswered || (enrichProgress(job).waits ?? 0) >= maxWaits) await postponeAll().catch(noted);
  return { counts, done, isWhole: done.length === matches.length, isWaiting: waiting.length > 0, faults };
}

async function outcomeOf(match: SearchMatch, { submitted }: JobRecord, { reader }: ReadPageDependencies): Promise<{ readonly came: Came } | Unread> {
  // What this job wrote may be met again further on.
  if (isReadSince(match, submitted)) return { came: 'left' };
  try {
    return { came: (await reader.enrich(match, true)).came };
  } catch (error) {
    return { match, error };
  }
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
