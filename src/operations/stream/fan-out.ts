/**
 * The one consumer of a data store's stream: gives each capability the changes that concern it, in a queue of its own, so
 * that a slow or failing one holds up no other. A record that cannot be read is set aside and holds up nobody.
 */
import type { Delivery } from '../../ports/change-feed.ts';
import type { Queue, SendOptions } from '../../ports/queue.ts';
import { storeChange } from '../../store/change.ts';
import type { StoreChange } from '../../store/change.ts';
import type { CleanUpWork } from './clean-up-work.ts';

/** A capability that follows the change feed. */
export interface Follower<Work = unknown> extends SendOptions {
  readonly queue: Queue<Work>;
  /** What the change means to the capability; `undefined` when nothing. */
  readonly workOf: (change: StoreChange, datastoreId: string) => Work | undefined;
}

/** What is told of a record that cannot be read: where it stands, and nothing of its content. */
export type UnreadableRecord = Pick<Delivery, 'stream' | 'position'>;

export interface FanOutDependencies {
  readonly followers: readonly Follower[];
  /** For an operator to look at. */
  readonly unreadable: Queue<UnreadableRecord>;
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

interface Outgoing {
  readonly position: string;
  readonly message: unknown;
}

/** @returns the positions of those that must be delivered again, because a queue did not take what they gave rise to */
export function fanOut({ followers, unreadable }: FanOutDependencies): (deliveries: readonly Delivery[]) => Promise<readonly string[]> {
  return async (deliveries) => {
    const aside: Outgoing[] = [];
    const outgoing = new Map<Follower, Outgoing[]>(followers.map((follower) => [follower, []]));
    for (const delivery of deliveries) {
      const { stream, position, datastoreId } = delivery;
      const change = changeOf(delivery);
      if (change === undefined || datastoreId === undefined) {
        aside.push({ position, message: { stream, position } satisfies UnreadableRecord });
        continue;
      }
      for (const [follower, messages] of outgoing) {
        const message = follower.workOf(change, datastoreId);
        if (message !== undefined) messages.push({ position, message });
      }
    }
    const left = await Promise.all([
      sent(aside, unreadable),
      ...[...outgoing].map(([{ queue, delaySeconds }, messages]) => sent(messages, queue, { delaySeconds })),
    ]);
    return [...new Set(left.flat())];
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

/** @returns the positions of those that the queue did not take */
async function sent(outgoing: readonly Outgoing[], queue: Queue<unknown>, options: SendOptions = {}): Promise<readonly string[]> {
  if (outgoing.length === 0) return [];
  const left = await queue.send(outgoing.map(({ message }) => message), options);
  return left.map((index) => outgoing[index]!.position);
}
