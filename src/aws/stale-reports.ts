/**
 * Index entries that a search found to lead nowhere, told to the clean-up when the search is done. Most are of writes
 * that are under way and go by themselves: only those are told that are old enough to be removed.
 */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../ports/clock.ts';
import { entryTarget } from '../store/keys.ts';
import { abandonedAfterMs } from '../store/store-context.ts';
import type { StaleEntry } from '../store/store-context.ts';
import { writeIdTime } from '../store/write-id.ts';

/** In one message: an entry's key has 1 kB at most, a message 256 kB. What is beyond it the next search meets, or the sweep. */
export const maxReportedEntries = 200;

export interface StaleMessage {
  readonly datastoreId: string;
  /** Keys of the table `index`. */
  readonly stale: readonly StaleEntry[];
}

export interface StaleReportsOptions {
  readonly datastoreId: string;
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Told when the message could not be sent; the answer is given all the same. */
  readonly report: (error: unknown) => void;
}

export type ReportStale = (entry: StaleEntry) => void;

/**
 * @param workOver makes the work over a store that reports to the function it is given
 * @returns the work, which is done when its reports are sent: what a function leaves behind may never run
 */
export function reportingStale<Asked, Answered>(
  { datastoreId, client, queueUrl, clock, report }: StaleReportsOptions,
  workOver: (reportStale: ReportStale) => (asked: Asked) => Promise<Answered>,
): (asked: Asked) => Promise<Answered> {
  const found = new Map<string, StaleEntry>();
  const isRemovable = (sk: string): boolean => writeIdTime(entryTarget(sk).writeId) + abandonedAfterMs < clock.now();
  const work = workOver(({ pk, sk }) => {
    if (found.size < maxReportedEntries && isRemovable(sk)) found.set(`${pk} ${sk}`, { pk, sk });
  });
  const send = async (): Promise<void> => {
    if (found.size === 0) return;
    const message: StaleMessage = { datastoreId, stale: [...found.values()] };
    found.clear();
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  };
  return async (asked) => {
    try {
      return await work(asked);
    } finally {
      await send().catch(report);
    }
  };
}
