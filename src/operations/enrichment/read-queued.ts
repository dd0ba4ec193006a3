/**
 * Reads the documents that a queue names, one a message. What cannot be read now is sent again for later before its message is gone,
 * so that none is lost, and waits as long as what is pending in a table does (read-pending.ts).
 */
import type { Queue } from '../../ports/queue.ts';
import type { EnrichmentWork } from '../stream/enrichment-work.ts';
import type { EnrichDependencies } from './enrich-document.ts';
import { readPending } from './read-pending.ts';

/** Where nobody's documents can be read; no document pays for it with an attempt. */
export const waitSeconds = 60;
/** The most that a queue puts a message off for. */
const maxDelaySeconds = 900;

export interface ReadQueuedDependencies {
  /** @returns `undefined` for a store that is gone, or whose notes are not read */
  readonly storeOf: (datastoreId: string) => Promise<EnrichDependencies | undefined>;
  readonly queue: Queue<EnrichmentWork>;
  /** Told of every failure that is of a document. */
  readonly report: (error: unknown) => void;
}

/** @returns does what one message says; throws where the message is to be delivered again */
export function readQueued({ storeOf, queue, report }: ReadQueuedDependencies): (work: EnrichmentWork) => Promise<void> {
  return async (work) => {
    const dependencies = await storeOf(work.datastoreId);
    if (dependencies === undefined) return;
    const { datastoreId, type, id, failures = 0 } = work;
    const again = async (failed: number, delaySeconds: number): Promise<void> => {
      const left = await queue.send([{ datastoreId, type, id, failures: failed }], { delaySeconds: Math.min(delaySeconds, maxDelaySeconds) });
      if (left.length > 0) throw new Error('A document that is to be read later could not be sent to the queue of enrichment.');
    };
    const pending = {
      // With its message.
      remove: async () => {},
      postpone: (_: unknown, until: { readonly failures: number; readonly notBefore: number }) =>
        again(until.failures, Math.max(0, Math.ceil((until.notBefore - dependencies.clock.now()) / 1000))),
    };
    const outcome = await readPending({ type, id, failures, revision: 0, notBefore: 0 }, { ...dependencies, pending, report });
    if (outcome === 'wait') await again(failures, waitSeconds);
  };
}
