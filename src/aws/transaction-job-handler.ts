/**
 * Works on messages of the transaction queue, and tells Lambda which of them are to come back
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
 *
 * A message may come twice, also at the same time: the job's steps and the store's protocol bear both.
 */
import type { Postpone } from './transaction-queue.ts';

export interface QueueEvent {
  readonly Records: readonly QueueRecord[];
}

export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string; readonly SentTimestamp: string };
}

export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface TransactionJobHandlerOptions {
  /** Does what one message says, given as parsed JSON. @throws when it is to be tried again later */
  readonly work: (message: unknown) => Promise<void>;
  readonly postpone: Postpone;
  /** Told of every failure. */
  readonly report: (error: unknown) => void;
}

/** A job that failed waits this long, and twice as long each time: most failures are contention, which passes. */
export const firstRetrySeconds = 15;
export const lastRetrySeconds = 900;

export function transactionJobHandler(options: TransactionJobHandlerOptions): (event: QueueEvent) => Promise<QueueAnswer> {
  return async ({ Records }) => {
    const failed: string[] = [];
    for (const record of Records) if (!(await succeeds(record, options))) failed.push(record.messageId);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function succeeds(record: QueueRecord, { work, postpone, report }: TransactionJobHandlerOptions): Promise<boolean> {
  try {
    await work(JSON.parse(record.body));
    return true;
  } catch (error) {
    report(error);
    const seconds = Math.min(firstRetrySeconds * 2 ** (Number(record.attributes.ApproximateReceiveCount) - 1), lastRetrySeconds);
    await postpone(record.receiptHandle, seconds).catch(report);
    return false;
  }
}
