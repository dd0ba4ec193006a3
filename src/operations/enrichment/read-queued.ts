/**
 * Reads the documents that a queue names, one a message. What cannot be read now is sent again for later before its message is gone,
 * so that none is lost, and waits as long as what is pending in a table does (read-pending.ts).
 */
import type { Clock } from '../../ports/clock.ts';
import type { Queue } from '../../ports/queue.ts';
import type { EnrichmentWork } from '../stream/enrichment-work.ts';
import { NoteUnfinished } from './note-reader.ts';
import type { NoteReader } from './note-reader.ts';
import { readPending } from './read-pending.ts';

/** Where nobody's documents can be read; no document pays for it with an attempt. */
export const waitSeconds = 60;
/** The most that a queue puts a message off for. */
const maxDelaySeconds = 900;

export interface ReadQueuedDependencies {
  /** @returns `undefined` for a store that is gone, or whose notes are not read */
  readonly readerOf: (datastoreId: string) => Promise<NoteReader | undefined>;
  readonly queue: Queue<EnrichmentWork>;
  readonly clock: Pick<Clock, 'now'>;
  /** Told of every failure that is of a document. */
  readonly report: (error: unknown) => void;
}

/** @returns does what one message says; throws where the message is to be delivered again */
export function readQueued({ readerOf, queue, clock, report }: ReadQueuedDependencies): (work: EnrichmentWork) => Promise<void> {
  const again = async (work: EnrichmentWork, delaySeconds: number): Promise<void> => {
    const left = await queue.send([work], { delaySeconds: Math.min(delaySeconds, maxDelaySeconds) });
    if (left.length > 0) throw new Error('A document that is to be read later could not be sent to the queue of enrichment.');
  };
  return async (work) => {
    const reader = await readerOf(work.datastoreId);
    if (reader === undefined) return;
    const { type, id, failures = 0, anew } = work;
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
    if (outcome === 'wait') await again(work, waitSeconds);
  };
}
