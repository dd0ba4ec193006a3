/** The queue of asynchronous batches and transactions, from the environment of the functions that send to it. */
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { TransactionWork } from '../operations/bundle/transaction-work.ts';
import type { Queue } from '../ports/queue.ts';
import { sqsClient } from './clients.ts';
import { environmentVariable } from './env.ts';
import { logError } from './fault-log.ts';
import { environment } from './names.ts';
import { sqsQueue } from './sqs-queue.ts';

export function transactionQueue(): Queue<TransactionWork> {
  return sqsQueue({ client: sqsClient(), queueUrl: environmentVariable(environment.transactionQueueUrl), report: logError });
}

/** Has a received message come back after so long, and not when its time is over. */
export type Postpone = (receiptHandle: string, seconds: number) => Promise<void>;

export function postponedTransactions(): Postpone {
  const QueueUrl = environmentVariable(environment.transactionQueueUrl);
  return async (ReceiptHandle, VisibilityTimeout) => {
    await sqsClient().send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };
}
