/**
 * Works on messages of the transaction queue, and tells Lambda which of them are to come back
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
 *
 * A message may come twice, also at the same time: the job's steps and the store's protocol bear both.
 */
import { FhirError } from '../fhir/outcome.ts';
import { transactionMessage } from './transaction-queue.ts';
import type { TransactionQueue } from './transaction-queue.ts';

export interface QueueEvent {
  readonly Records: readonly QueueRecord[];
}

export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface TransactionJobHandlerOptions {
  /** The runner of a data store's jobs. @throws FhirError when there is no such store, or it does not serve */
  readonly runnerOf: (datastoreId: string) => Promise<{ run(jobId: string): Promise<void> }>;
  readonly queue: Pick<TransactionQueue, 'postpone'>;
  /** Told of every failure that is no answer to a client. */
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

async function succeeds(record: QueueRecord, { runnerOf, queue, report }: TransactionJobHandlerOptions): Promise<boolean> {
  try {
    const { datastoreId, jobId } = transactionMessage(record.body);
    const runner = await runnerOf(datastoreId);
    await runner.run(jobId);
    return true;
  } catch (error) {
    // The data store was deleted, and the job with it.
    if (error instanceof FhirError && error.status === 404) return true;
    report(error);
    const seconds = Math.min(firstRetrySeconds * 2 ** (Number(record.attributes.ApproximateReceiveCount) - 1), lastRetrySeconds);
    await queue.postpone(record.receiptHandle, seconds).catch(report);
    return false;
  }
}
