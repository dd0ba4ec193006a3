import { describe, expect, test } from '@jest/globals';
import type { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { maxBatchMessages, sendAttempts, sqsQueue } from '../../src/aws/sqs-queue.ts';
import { maxMessageBytes } from '../../src/ports/queue.ts';
import { queueHandler } from '../../src/aws/queue-handler.ts';

type Entries = NonNullable<SendMessageBatchCommand['input']['Entries']>;

function queueOver(answer: (entries: Entries) => { Failed?: { Id: string; Code: string }[] }) {
  const batches: Entries[] = [];
  const reported: unknown[] = [];
  const client = {
    send: async ({ input }: SendMessageBatchCommand) => {
      batches.push(input.Entries!);
      return answer(input.Entries!);
    },
  };
  return { batches, reported, queue: sqsQueue<string>({ client: client as never, queueUrl: 'url', report: (error) => reported.push(error), sleep: async () => {} }) };
}

describe('a queue in SQS', () => {
  test('sends messages as JSON, ten at a time', async () => {
    const { queue, batches } = queueOver(() => ({}));
    const messages = Array.from({ length: 23 }, (_, index) => `message ${index}`);
    expect(await queue.send(messages, { delaySeconds: 30 })).toEqual([]);
    expect(batches.map(({ length }) => length)).toEqual([maxBatchMessages, maxBatchMessages, 3]);
    expect(batches.flat().map(({ MessageBody }) => JSON.parse(MessageBody!))).toEqual(messages);
    expect(new Set(batches.flat().map(({ DelaySeconds }) => DelaySeconds))).toEqual(new Set([30]));
  });

  test('keeps a batch within the size of a message', async () => {
    const { queue, batches } = queueOver(() => ({}));
    await queue.send(Array.from({ length: 6 }, () => 'x'.repeat(maxMessageBytes / 2 - 10)));
    expect(batches.map(({ length }) => length)).toEqual([2, 2, 2]);
  });

  test('sends again what was refused out of a batch, and nothing else', async () => {
    const { queue, batches, reported } = queueOver((entries) => ({
      Failed: entries.length < 2 ? [] : entries.slice(1).map(({ Id }) => ({ Id: Id!, Code: 'InternalError' })),
    }));
    expect(await queue.send(['a', 'b', 'c'])).toEqual([]);
    expect(batches.map((entries) => entries.map(({ Id }) => Id))).toEqual([['0', '1', '2'], ['1', '2'], ['2']]);
    expect(reported).toHaveLength(3);
  });

  test('tells which messages were not taken in the end, by SQS or because a batch failed', async () => {
    const partly = queueOver((entries) => ({ Failed: entries.filter(({ Id }) => Id === '11').map(({ Id }) => ({ Id: Id!, Code: 'InternalError' })) }));
    expect(await partly.queue.send(Array.from({ length: 12 }, () => 'm'))).toEqual([11]);
    expect(partly.reported).toHaveLength(sendAttempts);
    const wholly = queueOver((entries) => {
      if (entries.length === 2) throw new Error('The connection broke.');
      return {};
    });
    expect(await wholly.queue.send(Array.from({ length: 12 }, () => 'm'))).toEqual([10, 11]);
    expect(wholly.reported).toHaveLength(1);
  });
});

describe('a function that works on a queue', () => {
  const record = (messageId: string, body: string) => ({ messageId, body, receiptHandle: '', attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1700000000000' } });

  test('is told when a message was sent', async () => {
    const times: number[] = [];
    await queueHandler(async (_message, sent) => void times.push(sent), () => {})({ Records: [record('1', '1')] });
    expect(times).toEqual([1_700_000_000_000]);
  });

  test('has only those messages come back whose work failed, unreadable ones among them', async () => {
    const worked: unknown[] = [];
    const reported: unknown[] = [];
    const handler = queueHandler(async (message) => {
      if (message === 'bad') throw new Error('No.');
      worked.push(message);
    }, (error) => reported.push(error));
    const answer = await handler({ Records: [record('1', '"good"'), record('2', '"bad"'), record('3', 'no JSON'), record('4', '"last"')] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '3' }] });
    expect(worked).toEqual(['good', 'last']);
    expect(reported).toHaveLength(2);
  });
});
