/**
 * Reads one document that is pending. What is of the moment, as an engine that is throttled, has it tried again for as long as it
 * takes; what is of the document has it tried so often, and then its status says that it was given up.
 */
import { FhirError } from '../../fhir/outcome.ts';
import { NlpUnavailable } from '../../ports/clinical-nlp.ts';
import type { Clock } from '../../ports/clock.ts';
import { ObjectsUnavailable } from '../../ports/object-store.ts';
import { TableUnavailable } from '../../ports/ordered-table.ts';
import { ReaderBroken } from './note-reader.ts';
import type { NoteReader } from './note-reader.ts';
import type { PendingNote, PendingNotes } from './pending-notes.ts';

/** The first wait; each is twice as long as the one before. */
export const firstRetryMs = 1_000;
export const lastRetryMs = 15 * 60 * 1_000;
/** With these waits some half an hour: longer than a fault of a service that is fixed by being restarted. */
export const maxFailures = 12;
/** Failures after which a document that cannot even be told so is let go of, some three hours later: the log has the reasons. */
export const maxGivingUp = 2 * maxFailures;

export interface ReadPendingDependencies {
  readonly reader: NoteReader;
  readonly clock: Pick<Clock, 'now'>;
  readonly pending: Pick<PendingNotes, 'remove' | 'postpone'>;
  /** Told of every failure that is of a document. */
  readonly report: (error: unknown) => void;
  /** Told of versions that were written, as `Type/id/version`. */
  readonly wrote?: (version: string) => void;
}

/** @returns `wait` where nobody's documents can be read or written at the moment: this one is pending as before. @throws ReaderBroken */
export async function readPending(note: PendingNote, dependencies: ReadPendingDependencies): Promise<'done' | 'wait'> {
  const { reader, pending, clock, report } = dependencies;
  if (note.failures >= maxFailures) return giveUp(note, dependencies);
  try {
    told(note, (await reader.enrich(note)).versionId, dependencies);
  } catch (error) {
    if (isOfTheMoment(error)) return 'wait';
    if (error instanceof ReaderBroken) throw error;
    report(error);
    const failures = note.failures + 1;
    if (failures < maxFailures) {
      await pending.postpone(note, { failures, notBefore: clock.now() + retryAfterMs(failures) });
      return 'done';
    }
    return giveUp({ ...note, failures }, dependencies);
  }
  await pending.remove(note);
  return 'done';
}

/** What cannot be told now is told later, and the document is not read for it again. */
async function giveUp(note: PendingNote, dependencies: ReadPendingDependencies): Promise<'done'> {
  const { reader, pending, clock, report } = dependencies;
  try {
    told(note, await reader.giveUp(note), dependencies);
  } catch (error) {
    const passes = isOfTheMoment(error) || error instanceof ReaderBroken;
    const failures = note.failures + (passes ? 0 : 1);
    report(error);
    if (failures < maxGivingUp) {
      await pending.postpone(note, { failures, notBefore: clock.now() + retryAfterMs(failures) });
      return 'done';
    }
  }
  await pending.remove(note);
  return 'done';
}

export function retryAfterMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs);
}

/** Contention, a store that is busy or full: what passes, or is mended by whoever runs it. */
const passingStatuses: ReadonlySet<number> = new Set([409, 412, 429, 503, 507]);

export function isOfTheMoment(error: unknown): boolean {
  if (error instanceof NlpUnavailable || error instanceof TableUnavailable || error instanceof ObjectsUnavailable) return true;
  return error instanceof FhirError && passingStatuses.has(error.status);
}

function told({ type, id }: PendingNote, versionId: number | undefined, { wrote }: ReadPendingDependencies): void {
  if (versionId !== undefined) wrote?.(`${type}/${id}/${versionId}`);
}
