import { describe, expect, test } from '@jest/globals';
import { cleanUpFollower } from '../../../src/operations/stream/fan-out.ts';
import type { SetAsideRecord } from '../../../src/operations/stream/fan-out.ts';
import { failedStretch, redrive } from '../../../src/operations/stream/redrive.ts';
import type { CleanUpWork } from '../../../src/operations/stream/clean-up-work.ts';
import type { Delivery, FailedStretch } from '../../../src/ports/change-feed.ts';
import { MemoryQueue } from './memory-queue.ts';

const stream = 'arn:aws:dynamodb:eu-central-1:123456789012:table/caldera/stream/1';
/** Lambda's own example of a batch that it gave up. */
const givenUp = {
  requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
  version: '1.0',
  DDBStreamBatchInfo: { shardId: 'shardId-1', startSequenceNumber: '800', endSequenceNumber: '900', batchSize: 100, streamArn: stream },
};

describe('what the change feed failed at', () => {
  test.each<[string, unknown, FailedStretch]>([
    ['a batch that Lambda gave up', givenUp, { stream, shard: 'shardId-1', from: '800', to: '900' }],
    ['a record that could not be read', { stream, position: '850' } satisfies SetAsideRecord, { stream, from: '850', to: '850' }],
  ])('names its part of the stream: %s', (_, message, stretch) => {
    expect(failedStretch(message)).toEqual(stretch);
  });

  test.each([[{}], [null], ['text'], [{ DDBStreamBatchInfo: { streamArn: stream } }]])('is refused when it names none: %j', (message) => {
    expect(() => failedStretch(message)).toThrow('names no part of a stream');
  });

  const flip: Delivery = { stream, position: '850', datastoreId: 'a'.repeat(32), item: { pk: 'bundles/1', sk: 'one', attributes: { state: 'committed' } } };
  const reader = { read: async () => [flip] };

  test('is read again and carried on', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    await redrive({ reader, followers: [cleanUpFollower(queue)], setAside: new MemoryQueue() })(failedStretch(givenUp));
    expect(queue.messages).toEqual([{ datastoreId: flip.datastoreId, bundle: 'one' }]);
  });

  test('comes back when no queue takes it, or the stream no longer has it', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    const setAside = new MemoryQueue<SetAsideRecord>();
    for (const one of [queue, setAside]) one.refuses = () => true;
    const dependencies = { followers: [cleanUpFollower(queue)], setAside };
    await expect(redrive({ ...dependencies, reader })(failedStretch(givenUp))).rejects.toThrow('could not be carried');
    const trimmed = { read: async () => Promise.reject(new Error('TrimmedDataAccessException')) };
    await expect(redrive({ ...dependencies, reader: trimmed })(failedStretch(givenUp))).rejects.toThrow('Trimmed');
  });
});
