/**
 * Queues that feed functions, as Lambda polls them for an event source mapping
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html): with the permissions of the function's
 * role, messages deleted when they succeeded, told one by one where the mapping says so.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { queueCall } from './engines.ts';
import type { Invoked } from './lambda/runtime-api.ts';
import type { Authority } from './iam/authority.ts';
import type { Resource } from './template/assembly.ts';

export interface QueueFeedOptions {
  /** Of type `AWS::Lambda::EventSourceMapping`. */
  readonly mapping: Resource;
  readonly engine: string;
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

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const emptyPauseMs = 20;

export function queueFeed(options: QueueFeedOptions): QueueFeed {
  const { mapping, engine, authority, role, report } = options;
  const arn = mapping.properties['EventSourceArn'] as string;
  for (const action of needed) {
    const { allowed, reason } = authority.authorize({ caller: role, action, resource: arn });
    if (!allowed) report(new Error(`The event source mapping cannot be made: ${reason}`));
  }
  const stopping = new AbortController();
  const QueueUrl = `${engine}/${arn.split(':')[4]}/${arn.split(':')[5]}`;
  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const messages = await batch();
      if (messages.length === 0) await pause(emptyPauseMs);
      else await deliver(messages, QueueUrl, options);
    }
  };
  const batchSize = (mapping.properties['BatchSize'] ?? 10) as number;
  /** A window is over when nothing more comes: nobody waits for the time that it has. */
  const batch = async (): Promise<readonly Message[]> => {
    const messages: Message[] = [];
    for (let more = true; more; ) {
      const { Messages = [] } = (await queueCall(engine, 'ReceiveMessage', {
        QueueUrl, MaxNumberOfMessages: Math.min(10, batchSize - messages.length), AttributeNames: ['All'],
      })) as { Messages?: readonly Message[] };
      messages.push(...Messages);
      more = mapping.properties['MaximumBatchingWindowInSeconds'] !== undefined && Messages.length > 0 && messages.length < batchSize;
    }
    return messages;
  };
  const polling = poll().catch(report);
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

async function deliver(messages: readonly Message[], QueueUrl: string, { mapping, engine, invoke, report }: QueueFeedOptions): Promise<void> {
  const arn = mapping.properties['EventSourceArn'] as string;
  const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes = {} }) => ({
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
    if (!failed.includes(MessageId)) await queueCall(engine, 'DeleteMessage', { QueueUrl, ReceiptHandle });
  }
}
