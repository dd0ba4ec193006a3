/**
 * The queue of asynchronous batches and transactions: a message for each job, which says where the job is. Everything
 * that the job needs lies in its data store.
 */
import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';

export interface TransactionMessage {
  readonly datastoreId: string;
  readonly jobId: string;
}

export interface TransactionQueueOptions {
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
}

export interface TransactionQueue {
  /** Resolves when the message is durable. */
  send(message: TransactionMessage): Promise<void>;
  /** Has a received message come back after so long, and not when its time is over. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}

export function transactionQueue({ client, queueUrl: QueueUrl }: TransactionQueueOptions): TransactionQueue {
  return {
    async send({ datastoreId, jobId }) {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ datastoreId, jobId }) }));
    },
    async postpone(ReceiptHandle, VisibilityTimeout) {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    },
  };
}

/** @throws Error when the text is no message of this queue */
export function transactionMessage(body: string): TransactionMessage {
  const { datastoreId, jobId } = parsed(body);
  if (typeof datastoreId === 'string' && typeof jobId === 'string') return { datastoreId, jobId };
  throw new Error('A message of the transaction queue names no job.');
}

function parsed(body: string): { readonly datastoreId?: unknown; readonly jobId?: unknown } {
  try {
    return Object(JSON.parse(body)) as object;
  } catch {
    return {};
  }
}
