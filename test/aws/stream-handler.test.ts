import { describe, expect, test } from '@jest/globals';
import { streamHandler } from '../../src/aws/stream-handler.ts';
import type { StreamRecord } from '../../src/aws/stream-handler.ts';
import { itemValues } from '../../src/aws/dynamo-items.ts';
import { cleanUpFollower, fanOut } from '../../src/operations/stream/fan-out.ts';
import type { SetAsideRecord } from '../../src/operations/stream/fan-out.ts';
import type { CleanUpWork } from '../../src/operations/stream/clean-up-work.ts';
import type { Delivery } from '../../src/ports/change-feed.ts';
import { MemoryQueue } from '../operations/stream/memory-queue.ts';

const datastoreId = 'a'.repeat(32);
const streamArn = (table: string): string => `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}/stream/2026-11-22T00:00:00.000`;
const source = streamArn(`caldera-${datastoreId}-resources`);

/** As Lambda gives it: bodies are base64 text. */
function record(position: string, item: Parameters<typeof itemValues>[0], eventSourceARN = source): StreamRecord {
  const image = itemValues({ announce: true, ...item });
  if (item.body !== undefined) image.body = { B: Buffer.from(item.body).toString('base64') as never };
  return { eventSourceARN, dynamodb: { SequenceNumber: position, NewImage: image } };
}

async function delivered(...Records: StreamRecord[]): Promise<readonly Delivery[]> {
  const seen: Delivery[] = [];
  await streamHandler('caldera', async (deliveries) => {
    seen.push(...deliveries);
    return [];
  })({ Records });
  return seen;
}

describe('records of a DynamoDB stream', () => {
  test('arrive as items without their bodies, with the store whose stream it is', async () => {
    const item = { pk: 'Patient/1', sk: '@', attributes: { version: 3, write: 'w' } };
    expect(await delivered(record('100', { ...item, body: new Uint8Array([1, 2]) }))).toEqual([{ stream: source, position: '100', datastoreId, item }]);
  });

  test.each([
    ['another deployment', streamArn(`other-${datastoreId}-resources`)],
    ['a deployment whose name ends alike', streamArn(`my-caldera-${datastoreId}-resources`)],
    ['another table', streamArn(`caldera-${datastoreId}-index`)],
    ['no table', 'arn:aws:sqs:eu-central-1:123456789012:queue'],
  ])('name no store of ours when they come from %s', async (_, arn) => {
    const [delivery] = await delivered(record('1', { pk: 'Patient/1', sk: '@' }, arn));
    expect(delivery?.datastoreId).toBeUndefined();
  });

  test.each<[string, StreamRecord]>([
    ['nothing in it', {}],
    ['no image', { eventSourceARN: source, dynamodb: { SequenceNumber: '1' } }],
    ['an image without keys', { eventSourceARN: source, dynamodb: { SequenceNumber: '1', NewImage: {} } }],
    ['keys of another kind', { eventSourceARN: source, dynamodb: { SequenceNumber: '1', NewImage: { pk: { N: '1' }, sk: { S: '@' } } } }],
  ])('that have %s are delivered without an item', async (_, poison) => {
    const [delivery] = await delivered(poison);
    expect(delivery?.item).toBeUndefined();
  });

  test('one that cannot be read neither fails its batch nor keeps the others from their queues', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    const setAside = new MemoryQueue<SetAsideRecord>();
    const handler = streamHandler('caldera', fanOut({ followers: [cleanUpFollower(queue)], setAside }));
    const flip = (position: string, sk: string) => record(position, { pk: 'bundles/1', sk, attributes: { state: 'committed' } });
    const poison: StreamRecord = { eventSourceARN: source, dynamodb: { SequenceNumber: '2', NewImage: { pk: { S: 'x' } } } };
    expect(await handler({ Records: [flip('1', 'one'), poison, flip('3', 'two')] })).toEqual({ batchItemFailures: [] });
    expect(queue.messages).toEqual([{ datastoreId, bundle: 'one' }, { datastoreId, bundle: 'two' }]);
    expect(setAside.messages).toEqual([{ stream: source, position: '2' }]);
  });

  test('those that no queue took are told to Lambda by their sequence numbers', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    const setAside = new MemoryQueue<SetAsideRecord>();
    for (const one of [queue, setAside]) one.refuses = () => true;
    const handler = streamHandler('caldera', fanOut({ followers: [cleanUpFollower(queue)], setAside }));
    const answer = await handler({ Records: [record('7', { pk: 'bundles/1', sk: 'one', attributes: { state: 'committed' } })] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
  });
});
