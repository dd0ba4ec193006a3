/**
 * Reads parts of DynamoDB streams again, for as long as they are kept: 24 hours
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html).
 */
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBStreamsClient, _Record as Read } from '@aws-sdk/client-dynamodb-streams';
import type { Delivery, FailedStretch, StreamReader } from '../ports/change-feed.ts';
import { itemFieldNames } from '../ports/table-limits.ts';
import { deliveryOf } from './stream-handler.ts';

/** A batch of the feed lies within a few pages, however many records its filter left out; a stretch beyond it is none of ours. */
export const maxPages = 200;

export interface DynamoStreamReaderOptions {
  readonly client: Pick<DynamoDBStreamsClient, 'send'>;
  readonly deployment: string;
}

export function dynamoStreamReader({ client, deployment }: DynamoStreamReaderOptions): StreamReader {
  return {
    async read(stretch) {
      const { stream: StreamArn, from: SequenceNumber, to } = stretch;
      const ShardId = stretch.shard ?? (await shardOf(client, stretch));
      const begin = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber });
      let { ShardIterator } = await client.send(begin);
      const deliveries: Delivery[] = [];
      for (let page = 0; ShardIterator !== undefined; page += 1) {
        if (page === maxPages) throw new Error('The stretch of a stream does not end.');
        const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
        const within = Records.filter((record) => BigInt(positionOf(record)) <= BigInt(to));
        for (const record of within) if (isAnnounced(record)) deliveries.push(deliver(record, StreamArn, deployment));
        const ended = within.length < Records.length || (within.length > 0 && positionOf(within.at(-1)!) === to);
        ShardIterator = ended ? undefined : NextShardIterator;
      }
      return deliveries;
    },
  };
}

/** The shard that has a position. */
async function shardOf(client: DynamoStreamReaderOptions['client'], { stream: StreamArn, from }: FailedStretch): Promise<string> {
  let ExclusiveStartShardId: string | undefined;
  do {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }));
    const { Shards = [], LastEvaluatedShardId } = StreamDescription ?? {};
    const found = Shards.find(({ SequenceNumberRange: { StartingSequenceNumber: low, EndingSequenceNumber: high } = {} }) =>
      low !== undefined && BigInt(low) <= BigInt(from) && (high === undefined || BigInt(from) <= BigInt(high)));
    if (found?.ShardId !== undefined) return found.ShardId;
    ExclusiveStartShardId = LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  throw new Error('The stream no longer has the record.');
}

function positionOf({ dynamodb }: Read): string {
  return dynamodb!.SequenceNumber!;
}

function isAnnounced({ dynamodb }: Read): boolean {
  return dynamodb?.NewImage?.[itemFieldNames.announce]?.BOOL === true;
}

function deliver({ dynamodb = {} }: Read, stream: string, deployment: string): Delivery {
  const { SequenceNumber, NewImage } = dynamodb;
  return deliveryOf({ eventSourceARN: stream, dynamodb: { SequenceNumber, NewImage } }, deployment);
}
