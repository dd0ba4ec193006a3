/**
 * Reads the documents that a queue names, one a message. What cannot be read now is sent again for later before its message is gone,
 * so that none is lost, and what fails is tried as often as what is pending in a table (read-pending.ts).
 */
import type { Clock } from '../../ports/clock.ts';
import type { Queue } from '../../ports/queue.ts';
import type { EnrichmentWork } from '../stream/enrichment-work.ts';
import { NoteUnfinished } from './note-reader.ts';
import type { NoteReader } from './note-reader.ts';
import { readPending } from './read-pending.ts';

/** Where nobody's documents can be read, the first wait; each is twice as long as the one before. */
export const waitSeconds = 60;
/** The most that a queue puts a message off for. */
export const maxDelaySeconds = 900;
/**
 * With these delays a day: longer than an outage of a region. Until then no document pays for a wait with an attempt. Each further wait
 * counts as one: from here a text at which the engine itself goes wrong cannot be told from an engine that is away, and each question is
 * paid for.
 */
export const maxWaits = 100;

/**
 * A message that has lain for so long is sent anew before anything else is done: a queue keeps what it was sent for 14 days, and more notes
 * than are read in that time may wait. In the nine days that are left, tens of millions can be.
 */
export const renewAfterMs = 5 * 24 * 60 * 60 * 1000;

export interface ReadQueuedDependencies {
  /** @returns `undefined` for a store that is gone, or whose notes are not read */
  readonly readerOf: (datastoreId: string) => Promise<NoteReader | undefined>;
  readonly queue: Queue<EnrichmentWork>;
  readonly clock: Pick<Clock, 'now'>;
  /** Told of every failure that is of a document. */
  readonly report: (error: unknown) => void;
}

/** @returns does what one message says that was sent at a time, ms since the epoch; throws where the message is to be delivered again */
export function readQueued({ readerOf, queue, clock, report }: ReadQueuedDependencies): (work: EnrichmentWork, sent: number) => Promise<void> {
  const again = async (work: EnrichmentWork, delaySeconds: number): Promise<void> => {
    const left = await queue.send([work], { delaySeconds: Math.min(delaySeconds, maxDelaySeconds) });
    if (left.length > 0) throw new Error('A document that is to be read later could not be sent to the queue of enrichment.');
  };
  return async (work, sent) => {
    const reader = await readerOf(work.datastoreId);
    if (reader === undefined) return;
    if (clock.now() - sent > renewAfterMs) return again(work, 0);
    const { type, id, failures = 0, waits = 0, anew } = work;
    const pending = {
      // With its message.
      remove: async () => {},
      postpone: (_: unknown, until: { readonly failures: number; readonly notBefore: number }) =>
        again({ ...work, failures: until.failures }, Math.max(0, Math.ceil((until.notBefore - clock.now()) / 1000))),
    };
    const reading: NoteReader = {
      ...reader,
      enrich: (key) => reader.enrich(key, anew).catch(async (error: unknown) => {
        if (!(error instanceof NoteUnfinished)) throw error;
        await again(work, 0);
        return { came: 'left' };
      }),
    };
    const outcome = await readPending({ type, id, failures, revision: 0, notBefore: 0 }, { reader: reading, pending, clock, report });
    if (outcome === 'done') return;
    const counted = waits < maxWaits ? { waits: waits + 1 } : { failures: failures + 1 };
    await again({ ...work, ...counted }, delayAfter(waits));
  };
}

function delayAfter(waits: number): number {
  return Math.min(waitSeconds * 2 ** waits, maxDelaySeconds);
}
