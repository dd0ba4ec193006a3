/**
 * The one consumer of a data store's stream: gives each capability the changes that concern it, in a queue of its own, so
 * that a slow or failing one holds up no other. A record that cannot be read, or that a queue does not take, is set aside
 * and holds up nobody.
 */
import type { Delivery } from '../../ports/change-feed.ts';
import type { Queue, SendOptions } from '../../ports/queue.ts';
import { storeChange } from '../../store/change.ts';
import type { StoreChange } from '../../store/change.ts';
import type { CleanUpWork } from './clean-up-work.ts';
import { isNoteType } from '../enrichment/note-document.ts';
import type { EnrichmentWork } from './enrichment-work.ts';
import type { LakeWork } from './lake-work.ts';

/** A capability that follows the change feed. */
export interface Follower<Work = unknown> extends SendOptions {
  readonly queue: Queue<Work>;
  /** What the change means to the capability; `undefined` when nothing. */
  readonly workOf: (change: StoreChange, datastoreId: string) => Work | undefined;
}

/** What is told of a record that is set aside: where it stands, and nothing of its content. */
export type SetAsideRecord = Pick<Delivery, 'stream' | 'position'>;

export interface FanOutDependencies {
  readonly followers: readonly Follower[];
  /** For an operator to look at, and to have read again (redrive.ts). */
  readonly setAside: Queue<SetAsideRecord>;
}

/** Coordinators settle what they commit within seconds; who comes later finds only what they left. */
export const settleAfterSeconds = 30;

/** The clean-up follows transactions. */
export function cleanUpFollower(queue: Queue<CleanUpWork>): Follower {
  return {
    queue,
    delaySeconds: settleAfterSeconds,
    workOf: (change, datastoreId) => (change.kind === 'transaction' ? { datastoreId, bundle: change.bundleId } : undefined),
  };
}

/** Lakes follow versions; those of a transaction are announced one by one when it is settled, what is affirmed was when it was made. */
export function lakeFollower(queue: Queue<LakeWork>): Follower {
  return {
    queue,
    workOf: (change, datastoreId) => (change.kind === 'version' && change.isAffirmed !== true ? { datastoreId, type: change.type, id: change.id, versionId: change.versionId } : undefined),
  };
}

/** Enrichment follows versions of documents. Whether the store has its notes read, the one who reads them knows. */
export function noteFollower(queue: Queue<EnrichmentWork>): Follower {
  return {
    queue,
    workOf: (change, datastoreId) => (change.kind === 'version' && change.isAffirmed !== true && isNoteType(change.type) ? { datastoreId, type: change.type, id: change.id } : undefined),
  };
}

interface Outgoing {
  readonly delivery: Delivery;
  readonly message: unknown;
}

/** @returns the positions of those that must be delivered again, because they could not even be set aside */
export function fanOut({ followers, setAside }: FanOutDependencies): (deliveries: readonly Delivery[]) => Promise<readonly string[]> {
  return async (deliveries) => {
    const unreadable: Delivery[] = [];
    const outgoing = new Map<Follower, Outgoing[]>(followers.map((follower) => [follower, []]));
    for (const delivery of deliveries) {
      const change = changeOf(delivery);
      if (change === undefined || delivery.datastoreId === undefined) {
        unreadable.push(delivery);
        continue;
      }
      for (const [follower, messages] of outgoing) {
        const message = follower.workOf(change, delivery.datastoreId);
        if (message !== undefined) messages.push({ delivery, message });
      }
    }
    const refused = await Promise.all([...outgoing].map(([{ queue, delaySeconds }, messages]) => sent(messages, queue, { delaySeconds })));
    const aside = [...new Set([...unreadable, ...refused.flat()])];
    const records = aside.map((delivery) => ({ delivery, message: { stream: delivery.stream, position: delivery.position } }));
    return (await sent(records, setAside)).map(({ position }) => position);
  };
}

function changeOf({ item }: Delivery): StoreChange | undefined {
  try {
    return item === undefined ? undefined : storeChange(item);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @returns those that the queue did not take */
async function sent(outgoing: readonly Outgoing[], queue: Queue<unknown>, options: SendOptions = {}): Promise<readonly Delivery[]> {
  if (outgoing.length === 0) return [];
  const left = await queue.send(outgoing.map(({ message }) => message), options);
  return left.map((index) => outgoing[index]!.delivery);
}
