/**
 * A `Queue` of JSON messages in SQS
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html).
 */
import { setTimeout } from 'node:timers/promises';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { maxMessageBytes } from '../ports/queue.ts';
import type { Queue } from '../ports/queue.ts';

/** SQS's bound of a batch; its messages together are as large as one may be. */
export const maxBatchMessages = 10;
/** Batches that are under way at a time. */
const maxConcurrentBatches = 4;
/** For messages that SQS refuses out of a batch that it takes; batches that fail the SDK has sent again already. */
export const sendAttempts = 4;
const firstDelayMs = 100;

export interface SqsQueueOptions {
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  /** Told why messages were not taken. */
  readonly report: (error: unknown) => void;
  readonly sleep?: (durationMs: number) => Promise<unknown>;
}

interface Outgoing {
  readonly index: number;
  readonly text: string;
}

export function sqsQueue<Message>({ client, queueUrl: QueueUrl, report, sleep = setTimeout }: SqsQueueOptions): Queue<Message> {
  /** @returns those of the batch that SQS did not take */
  const send = async (batch: readonly Outgoing[], DelaySeconds: number | undefined): Promise<readonly Outgoing[]> => {
    const Entries = batch.map(({ index, text }) => ({ Id: String(index), MessageBody: text, DelaySeconds }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    for (const { Code } of Failed) report(new Error(`SQS did not take a message: ${Code}.`));
    return batch.filter(({ index }) => Failed.some(({ Id }) => Id === String(index)));
  };
  const sendBatch = async (batch: readonly Outgoing[], delaySeconds: number | undefined): Promise<readonly number[]> => {
    let rest = batch;
    try {
      for (let attempt = 0; rest.length > 0 && attempt < sendAttempts; attempt += 1) {
        if (attempt > 0) await sleep(firstDelayMs * 2 ** attempt);
        rest = await send(rest, delaySeconds);
      }
    } catch (error) {
      report(error);
    }
    return rest.map(({ index }) => index);
  };
  return {
    async send(messages, { delaySeconds } = {}) {
      const batches = batched(messages.map((message, index) => ({ index, text: JSON.stringify(message) })));
      const left: number[] = [];
      for (let from = 0; from < batches.length; from += maxConcurrentBatches) {
        const sent = batches.slice(from, from + maxConcurrentBatches).map((batch) => sendBatch(batch, delaySeconds));
        left.push(...(await Promise.all(sent)).flat());
      }
      return left;
    },
  };
}

/** As few as their number and size allow. */
function batched(messages: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  const batches: Outgoing[][] = [];
  let roomBytes = 0;
  for (const message of messages) {
    const sizeBytes = Buffer.byteLength(message.text);
    const last = batches.at(-1);
    if (last === undefined || last.length === maxBatchMessages || sizeBytes > roomBytes) {
      batches.push([message]);
      roomBytes = maxMessageBytes - sizeBytes;
    } else {
      last.push(message);
      roomBytes -= sizeBytes;
    }
  }
  return batches;
}
