/**
 * Queues that feed functions, as Lambda polls them for an event source mapping
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html): with the permissions of the function's
 * role, messages deleted when they succeeded, told one by one where the mapping says so.
 */
import type { Invoked } from './lambda/runtime-api.ts';
import type { Authority } from './iam/authority.ts';
import type { QueueEngine, ReceivedMessage } from './queue-engine.ts';
import type { Resource } from './template/assembly.ts';

export interface QueueFeedOptions {
  /** Of type `AWS::Lambda::EventSourceMapping`. */
  readonly mapping: Resource;
  readonly queues: QueueEngine;
  readonly authority: Authority;
  /** Of the function's role. */
  readonly role: string;
  readonly invoke: (event: unknown) => Promise<Invoked>;
  /** Told of functions that failed, and of calls that the role does not allow. */
  readonly report: (problem: Error) => void;
}

export interface QueueFeed {
  stop(): Promise<void>;
}

const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
/** What SQS gives at once. */
const maxMessages = 10;
/** A batching window is over before its time when nothing has come for so long: whoever writes all the while fills batches, as they do there. */
const quietMs = 1000;

export function queueFeed(options: QueueFeedOptions): QueueFeed {
  const { mapping, queues, authority, role, report } = options;
  const arn = mapping.properties['EventSourceArn'] as string;
  for (const action of needed) {
    const { allowed, reason } = authority.authorize({ caller: role, action, resource: arn });
    if (!allowed) report(new Error(`The event source mapping cannot be made: ${reason}`));
  }
  const stopping = new AbortController();
  const { QueueUrl } = queues.call('GetQueueUrl', { QueueName: arn.split(':')[5] });
  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const messages = await batch();
      if (messages.length === 0) await queues.arrival(QueueUrl, stopping.signal);
      else await deliver(messages, QueueUrl, options);
    }
  };
  const batchSize = (mapping.properties['BatchSize'] ?? 10) as number;
  const windowMs = 1000 * ((mapping.properties['MaximumBatchingWindowInSeconds'] ?? 0) as number);
  const batch = async (): Promise<readonly ReceivedMessage[]> => {
    const messages: ReceivedMessage[] = [];
    for (const end = Date.now() + windowMs; messages.length < batchSize; ) {
      const { Messages = [] } = queues.call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: Math.min(maxMessages, batchSize - messages.length) }) as { Messages?: readonly ReceivedMessage[] };
      messages.push(...Messages);
      if (Messages.length > 0) continue;
      const leftMs = Math.min(quietMs, end - Date.now());
      if (messages.length === 0 || leftMs <= 0 || stopping.signal.aborted || !(await comes(leftMs))) break;
    }
    return messages;
  };
  /** @returns whether something comes within the time */
  const comes = async (ms: number): Promise<boolean> => {
    const late = AbortSignal.timeout(ms);
    await queues.arrival(QueueUrl, AbortSignal.any([late, stopping.signal]));
    return !late.aborted && !stopping.signal.aborted;
  };
  const polling = poll().catch(report);
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

async function deliver(messages: readonly ReceivedMessage[], QueueUrl: string, { mapping, queues, invoke, report }: QueueFeedOptions): Promise<void> {
  const arn = mapping.properties['EventSourceArn'] as string;
  const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
    messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes, messageAttributes: {},
    eventSource: 'aws:sqs', eventSourceARN: arn, awsRegion: arn.split(':')[3],
  }));
  let failed: readonly string[];
  try {
    const answer = JSON.parse((await invoke({ Records })).bytes.toString()) as { batchItemFailures?: readonly { itemIdentifier: string }[] } | null;
    const oneByOne = ((mapping.properties['FunctionResponseTypes'] ?? []) as readonly string[]).includes('ReportBatchItemFailures');
    failed = oneByOne ? (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier) : [];
  } catch (error) {
    report(error as Error);
    failed = messages.map(({ MessageId }) => MessageId);
  }
  for (const { MessageId, ReceiptHandle } of messages) {
    if (!failed.includes(MessageId)) queues.call('DeleteMessage', { QueueUrl, ReceiptHandle });
  }
}
