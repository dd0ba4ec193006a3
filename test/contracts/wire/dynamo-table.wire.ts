/** The DynamoDB adapter over the wire: `CALDERA_DYNAMODB_ENDPOINT` names the engine. */
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { dynamoTable } from '../../../src/aws/dynamo-table.ts';
import { orderedTableContract } from '../ordered-table.contract.ts';

orderedTableContract('the DynamoDB table', async () => {
  const client = new DynamoDBClient({
    endpoint: process.env.CALDERA_DYNAMODB_ENDPOINT,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
  });
  const TableName = `contract-${randomUUID()}`;
  await client.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  }));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  return {
    table: dynamoTable({ client, tableName: TableName }),
    async close() {
      await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    },
  };
});
