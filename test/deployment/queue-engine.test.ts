/** Queues behave as SQS documents it: what the deployment relies on there has to be so here. */
import { describe, expect, test } from '@jest/globals';
import { queueEngine } from './queue-engine.ts';
import type { QueueEngine, ReceivedMessage } from './queue-engine.ts';

const QueueUrl = 'https://sqs/1/work';

function queues(Attributes: Readonly<Record<string, string>> = {}): QueueEngine {
  const engine = queueEngine((name) => `https://sqs/1/${name}`);
  engine.call('CreateQueue', { QueueName: 'failed' });
  engine.call('CreateQueue', { QueueName: 'work', Attributes });
  return engine;
}

function received(engine: QueueEngine, input: object = {}): readonly ReceivedMessage[] {
  return engine.call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, ...input }).Messages ?? [];
}

const send = (engine: QueueEngine, MessageBody: string, changes: object = {}): void => void engine.call('SendMessage', { QueueUrl, MessageBody, ...changes });
const bodies = (messages: readonly ReceivedMessage[]): readonly string[] => messages.map(({ Body }) => Body);
const counts = (engine: QueueEngine): readonly string[] => Object.values(engine.call('GetQueueAttributes', { QueueUrl }).Attributes as Record<string, string>);

describe('a message', () => {
  test('is received by one, and is there until it is deleted', () => {
    const engine = queues();
    send(engine, 'a');
    const [message] = received(engine);
    expect(message).toMatchObject({ Body: 'a', MD5OfBody: '0cc175b9c0f1b6a831c399e269772661', Attributes: { ApproximateReceiveCount: '1' } });
    expect(received(engine)).toEqual([]);
    expect(counts(engine)).toEqual(['0', '0', '1']);
    engine.call('DeleteMessage', { QueueUrl, ReceiptHandle: message!.ReceiptHandle });
    expect(counts(engine)).toEqual(['0', '0', '0']);
  });

  test('comes back when its time is over, then under another receipt', () => {
    const engine = queues();
    send(engine, 'a');
    const [first] = received(engine, { VisibilityTimeout: 0 });
    const [again] = received(engine);
    expect(again).toMatchObject({ MessageId: first!.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
    engine.call('DeleteMessage', { QueueUrl, ReceiptHandle: first!.ReceiptHandle });
    expect(counts(engine)).toEqual(['0', '0', '1']);
    engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: again!.ReceiptHandle, VisibilityTimeout: 0 });
    expect(bodies(received(engine))).toEqual(['a']);
  });

  test('that is put off, or whose queue puts all off, waits', () => {
    const engine = queues();
    send(engine, 'later', { DelaySeconds: 900 });
    send(engine, 'now');
    expect(bodies(received(engine))).toEqual(['now']);
    expect(counts(engine)).toEqual(['0', '1', '1']);
    const slow = queues({ DelaySeconds: '900' });
    send(slow, 'later');
    expect(received(slow)).toEqual([]);
  });

  test('that came too often goes to the queue for failures', () => {
    const engine = queues({ VisibilityTimeout: '0', RedrivePolicy: JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:1:failed', maxReceiveCount: 2 }) });
    send(engine, 'a');
    expect([1, 2, 3].map(() => bodies(received(engine)))).toEqual([['a'], ['a'], []]);
    expect(bodies(received(engine, { QueueUrl: 'https://sqs/1/failed' }))).toEqual(['a']);
  });
});

test('a batch is taken as far as its entries are fit, and not at all where they are too many or not told apart', () => {
  const engine = queues();
  const batch = (Entries: readonly object[]): object => engine.call('SendMessageBatch', { QueueUrl, Entries }) as object;
  expect(batch([{ Id: '0', MessageBody: 'a' }, { Id: '1', MessageBody: '\0' }])).toMatchObject({ Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: 'InvalidMessageContents' }] });
  expect(() => batch(Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: 'a' })))).toThrow('more than 10');
  expect(() => batch([{ Id: '0', MessageBody: 'a' }, { Id: '0', MessageBody: 'a' }])).toThrow('repeated');
  expect(() => batch([])).toThrow('no entries');
  expect(bodies(received(engine))).toEqual(['a']);
});

test('nothing is sent to a queue that there is not, nor beyond the bounds of a message', () => {
  const engine = queues();
  expect(() => send(engine, 'a', { QueueUrl: 'https://sqs/1/other' })).toThrow('does not exist');
  expect(() => send(engine, '')).toThrow('MessageBody');
  expect(() => send(engine, 'x'.repeat(1024 * 1024 + 1))).toThrow('too large');
  expect(() => send(engine, 'a', { DelaySeconds: 901 })).toThrow('900');
});

test('who waits is woken by what comes, by what comes back, or when there is nothing to wait for any more', async () => {
  const engine = queues();
  const stopping = new AbortController();
  const waiting = engine.arrival(QueueUrl, stopping.signal);
  send(engine, 'a');
  await waiting;
  const [message] = received(engine);
  const back = engine.arrival(QueueUrl, stopping.signal);
  engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout: 0 });
  await back;
  received(engine);
  const ended = engine.arrival(QueueUrl, stopping.signal);
  stopping.abort();
  await ended;
});
