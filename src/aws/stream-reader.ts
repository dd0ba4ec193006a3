/** The reader of data stores' streams, from the environment of its function. */
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { StreamReader } from '../ports/change-feed.ts';
import { dynamoStreamReader } from './dynamo-stream-reader.ts';
import { environmentVariable } from './env.ts';
import { environment } from './names.ts';

export function streamReader(): StreamReader {
  return dynamoStreamReader({ client: new DynamoDBStreamsClient({}), deployment: environmentVariable(environment.deployment) });
}
