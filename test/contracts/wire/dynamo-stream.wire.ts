/**
 * What a change feed promises, of the streams that data stores' tables have: `CALDERA_DYNAMODB_ENDPOINT` names the engine.
 * Consumers' watermarks are Lambda's there, and queues' behind it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams';
import { randomUUID } from 'node:crypto';
import { dynamoStreamReader } from '../../../src/aws/dynamo-stream-reader.ts';
import { dynamoTable } from '../../../src/aws/dynamo-table.ts';
import { storeTableName } from '../../../src/aws/names.ts';
import type { Delivery } from '../../../src/ports/change-feed.ts';
import type { OrderedTable } from '../../../src/ports/ordered-table.ts';

const deployment = 'contract';
const datastoreId = randomUUID().replaceAll('-', '');
const settings = {
  endpoint: process.env.CALDERA_DYNAMODB_ENDPOINT, region: 'eu-central-1', credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
};

describe('the stream of a data store', () => {
  const client = new DynamoDBClient(settings);
  const streams = new DynamoDBStreamsClient(settings);
  const TableName = storeTableName(deployment, datastoreId, 'resources');
  const reader = dynamoStreamReader({ client: streams, deployment });
  let table: OrderedTable;
  let StreamArn: string;

  beforeAll(async () => {
    await client.send(new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }));
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
    table = dynamoTable({ client, tableName: TableName });
    StreamArn = (await client.send(new DescribeTableCommand({ TableName }))).Table!.LatestStreamArn!;
    const put = (sk: string, version: number, announce: boolean) =>
      table.put({ pk: 'Patient/1', sk, attributes: { version }, body: new Uint8Array(10), announce });
    await put('@', 1, true);
    await put('v1', 1, false);
    await put('@', 2, true);
    await table.put({ pk: 'Patient/1', sk: '@', attributes: { version: 9 }, announce: true }, { attribute: 'version', equals: 7 });
    await put('@', 3, true);
  });

  afterAll(async () => {
    await client.send(new DeleteTableCommand({ TableName }));
    client.destroy();
    streams.destroy();
  });

  /** The positions of all records, announced or not, and the shard they lie in. */
  async function positions(): Promise<{ readonly shard: string; readonly all: readonly string[] }> {
    const shard = (await streams.send(new DescribeStreamCommand({ StreamArn }))).StreamDescription!.Shards![0]!.ShardId!;
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' }));
    const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    return { shard, all: Records!.map(({ dynamodb }) => dynamodb!.SequenceNumber!) };
  }

  const versions = (deliveries: readonly Delivery[]) => deliveries.map(({ item }) => item?.attributes?.version);

  test('has announced puts in their order, without their bodies, and none whose condition failed', async () => {
    const { shard, all } = await positions();
    const deliveries = await reader.read({ stream: StreamArn, shard, from: all[0]!, to: all.at(-1)! });
    expect(versions(deliveries)).toEqual([1, 2, 3]);
    expect(deliveries[0]).toEqual({
      stream: StreamArn, position: all[0], datastoreId, item: { pk: 'Patient/1', sk: '@', attributes: { version: 1 } },
    });
  });

  test('is read again from a position to another, or at one whose shard is not known', async () => {
    const { shard, all } = await positions();
    expect(versions(await reader.read({ stream: StreamArn, shard, from: all[1]!, to: all[2]! }))).toEqual([2]);
    expect(versions(await reader.read({ stream: StreamArn, from: all[2]!, to: all[2]! }))).toEqual([2]);
  });
});
