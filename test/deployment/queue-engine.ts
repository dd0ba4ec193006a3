/**
 * SQS as far as the deployment uses it, in memory: messages that wait, are received, are invisible for a while, come back,
 * and are laid aside when they came too often
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html). Who waits for a message is woken by
 * it: nothing here asks again and again.
 */
import { createHash, randomUUID } from 'node:crypto';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const maxBatchEntries = 10;
const maxMessageBytes = 1024 * 1024;
const maxDelaySeconds = 900;
const maxVisibilitySeconds = 43_200;
const defaultVisibilitySeconds = 30;

/** https://www.w3.org/TR/REC-xml/#charsets: what a body may consist of. */
const unfitCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own input
type Input = any;

export interface QueueEngine {
  /** @throws QueueRefused */
  call(operation: string, input: Input): Input;
  /** Resolves when the queue has something to receive, or the signal is aborted. */
  arrival(queueUrl: string, signal: AbortSignal): Promise<void>;
}

/** What SQS answers with a failure. */
export class QueueRefused extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'QueueRefused';
    this.type = type;
  }
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentMs: number;
  /** Before it nobody receives the message. */
  visibleMs: number;
  receives: number;
  firstReceivedMs: number;
  /** Of the last time that it was received. */
  receipt: string | undefined;
}

interface Queue {
  readonly name: string;
  readonly delaySeconds: number;
  readonly visibilitySeconds: number;
  readonly redrive: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number } | undefined;
  readonly messages: Map<string, Message>;
  /** Told when a message has come, or comes at another time. */
  readonly waiting: Set<() => void>;
}

interface Entry {
  readonly Id?: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

/** @param urlOf a queue's URL, which ends with its name */
export function queueEngine(urlOf: (name: string) => string): QueueEngine {
  const queues = new Map<string, Queue>();
  const named = (name: string): Queue => {
    const queue = queues.get(name);
    if (queue === undefined) throw new QueueRefused('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  };
  const at = (queueUrl: string): Queue => named(lastPart(queueUrl, '/'));
  const operations: Readonly<Record<string, (input: Input) => object>> = {
    CreateQueue: ({ QueueName, Attributes = {} }) => {
      if (queues.has(QueueName)) throw new QueueRefused('QueueNameExists', 'A queue already exists with the same name.');
      queues.set(QueueName, created(QueueName, Attributes));
      return { QueueUrl: urlOf(QueueName) };
    },
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: urlOf(named(QueueName).name) }),
    GetQueueAttributes: ({ QueueUrl }) => ({ Attributes: countsOf(at(QueueUrl)) }),
    SendMessage: ({ QueueUrl, ...entry }) => sent(at(QueueUrl), entry as Entry),
    SendMessageBatch: ({ QueueUrl, Entries }) => sentBatch(at(QueueUrl), Entries),
    ReceiveMessage: (input) => {
      const Messages = received(at(input.QueueUrl), input, (arn) => named(lastPart(arn, ':')));
      return Messages.length === 0 ? {} : { Messages };
    },
    ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) => {
      bounded('VisibilityTimeout', VisibilityTimeout, maxVisibilitySeconds);
      const queue = at(QueueUrl);
      const message = byReceipt(queue, ReceiptHandle);
      if (message === undefined || message.visibleMs <= Date.now()) throw new QueueRefused('MessageNotInflight', 'The message is not in flight.');
      message.visibleMs = Date.now() + VisibilityTimeout * 1000;
      wake(queue);
      return {};
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
      const queue = at(QueueUrl);
      const message = byReceipt(queue, ReceiptHandle);
      if (message !== undefined) queue.messages.delete(message.id);
      return {};
    },
  };
  return {
    call(operation, input) {
      const answer = operations[operation];
      if (answer === undefined) throw new Error(`The harness does not know sqs:${operation}.`);
      return answer(input);
    },
    arrival: (queueUrl, signal) => arrival(at(queueUrl), signal),
  };
}

function lastPart(text: string, separator: string): string {
  return text.split(separator).at(-1)!;
}

function created(name: string, attributes: Readonly<Record<string, string>>): Queue {
  const { VisibilityTimeout = defaultVisibilitySeconds, DelaySeconds = 0, RedrivePolicy } = attributes;
  return {
    name, visibilitySeconds: Number(VisibilityTimeout), delaySeconds: Number(DelaySeconds), messages: new Map(), waiting: new Set(),
    redrive: RedrivePolicy === undefined ? undefined : (JSON.parse(RedrivePolicy) as Queue['redrive']),
  };
}

function countsOf({ messages }: Queue): Readonly<Record<string, string>> {
  const [now, all] = [Date.now(), [...messages.values()]];
  const count = (matches: (message: Message) => boolean): string => String(all.filter(matches).length);
  return {
    ApproximateNumberOfMessages: count(({ visibleMs }) => visibleMs <= now),
    ApproximateNumberOfMessagesDelayed: count(({ visibleMs, receives }) => visibleMs > now && receives === 0),
    ApproximateNumberOfMessagesNotVisible: count(({ visibleMs, receives }) => visibleMs > now && receives > 0),
  };
}

function bounded(name: string, value: unknown, max: number): void {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > max) {
    throw new QueueRefused('InvalidParameterValue', `${name} is to be a whole number up to ${max}.`);
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function sent(queue: Queue, { MessageBody, DelaySeconds = queue.delaySeconds }: Entry): { readonly MessageId: string; readonly MD5OfMessageBody: string } {
  if (typeof MessageBody !== 'string' || MessageBody === '') throw new QueueRefused('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(MessageBody) > maxMessageBytes) throw new QueueRefused('InvalidParameterValue', 'The message is too large.');
  if (unfitCharacter.test(MessageBody)) throw new QueueRefused('InvalidMessageContents', 'The message has characters that are not allowed.');
  bounded('DelaySeconds', DelaySeconds, maxDelaySeconds);
  const now = Date.now();
  const message: Message = { id: randomUUID(), body: MessageBody, sentMs: now, visibleMs: now + DelaySeconds * 1000, receives: 0, firstReceivedMs: 0, receipt: undefined };
  queue.messages.set(message.id, message);
  wake(queue);
  return { MessageId: message.id, MD5OfMessageBody: md5(MessageBody) };
}

function sentBatch(queue: Queue, entries: readonly Entry[]): object {
  if (entries.length === 0) throw new QueueRefused('EmptyBatchRequest', 'There are no entries.');
  if (entries.length > maxBatchEntries) throw new QueueRefused('TooManyEntriesInBatchRequest', `There are more than ${maxBatchEntries} entries.`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new QueueRefused('BatchEntryIdsNotDistinct', 'Ids are repeated.');
  const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > maxMessageBytes) throw new QueueRefused('BatchRequestTooLong', 'The messages together are too large.');
  const [Successful, Failed]: [object[], object[]] = [[], []];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...sent(queue, entry) });
    } catch (error) {
      if (!(error instanceof QueueRefused)) throw error;
      Failed.push({ Id: entry.Id, Code: error.type, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

interface Receiving {
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
}

/** Those that came too often go to the queue for failures instead. */
function received(queue: Queue, { MaxNumberOfMessages = 1, VisibilityTimeout = queue.visibilitySeconds }: Receiving, queueOf: (arn: string) => Queue): readonly ReceivedMessage[] {
  bounded('MaxNumberOfMessages', MaxNumberOfMessages, maxBatchEntries);
  const now = Date.now();
  const taken: ReceivedMessage[] = [];
  for (const message of queue.messages.values()) {
    if (taken.length >= MaxNumberOfMessages) break;
    if (message.visibleMs > now) continue;
    if (queue.redrive !== undefined && message.receives >= queue.redrive.maxReceiveCount) {
      queue.messages.delete(message.id);
      const failures = queueOf(queue.redrive.deadLetterTargetArn);
      failures.messages.set(message.id, { ...message, visibleMs: now, receives: 0, receipt: undefined });
      wake(failures);
      continue;
    }
    message.receives += 1;
    message.firstReceivedMs ||= now;
    message.visibleMs = now + VisibilityTimeout * 1000;
    message.receipt = randomUUID();
    taken.push(described(message));
  }
  return taken;
}

function described({ id, receipt, body, sentMs, receives, firstReceivedMs }: Message): ReceivedMessage {
  return {
    MessageId: id, ReceiptHandle: receipt!, Body: body, MD5OfBody: md5(body),
    Attributes: { SentTimestamp: String(sentMs), ApproximateReceiveCount: String(receives), ApproximateFirstReceiveTimestamp: String(firstReceivedMs) },
  };
}

/** The receipt of an earlier time is none any more. */
function byReceipt({ messages }: Queue, receipt: string): Message | undefined {
  return [...messages.values()].find((message) => message.receipt === receipt);
}

function wake({ waiting }: Queue): void {
  for (const look of waiting) look();
}

function arrival(queue: Queue, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      queue.waiting.delete(look);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const look = (): void => {
      clearTimeout(timer);
      const soonest = Math.min(...[...queue.messages.values()].map(({ visibleMs }) => visibleMs));
      if (signal.aborted || soonest <= Date.now()) settle();
      else if (soonest < Infinity) timer = setTimeout(look, soonest - Date.now());
    };
    queue.waiting.add(look);
    signal.addEventListener('abort', settle);
    look();
  });
}
