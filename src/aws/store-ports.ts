/** The ports of one data store on AWS: its tables, its objects, its secret (docs/decisions/0004-one-store-on-aws.md). */
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { DataStoreParts } from '../store/open-store-context.ts';
import { dynamoClient, s3Client } from './clients.ts';
import { dynamoTable } from './dynamo-table.ts';
import { environmentVariable } from './env.ts';
import { environment, objectsPrefix, storeKeyAlias, storeTableName } from './names.ts';
import type { StoreTable } from './names.ts';
import { s3Objects } from './s3-objects.ts';

/** Partitions that a hot family is spread over: 8 take 8,000 writes and 24,000 reads a second. */
const shards = 8;

/** How long a function goes by the index rules that it has read: one read in that time, and what a `$reindex` waits for. */
const rulesLifetimeMs = 30_000;

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

export interface StorePorts extends DataStoreParts {
  readonly jobs: OrderedTable;
}

export function storePorts({ id, secret, omitted }: Pick<DatastoreRecord, 'id' | 'secret' | 'omitted'>): StorePorts {
  const table = (name: StoreTable) => dynamoTable({ client: dynamoClient(), tableName: storeTableName(deployment, id, name) });
  const objects = s3Objects({ client: s3Client(), bucket, prefix: objectsPrefix(id), keyAlias: storeKeyAlias(deployment, id) });
  return {
    resources: table('resources'),
    index: table('index'),
    jobs: table('jobs'),
    objects,
    clock: systemClock,
    ids: randomIds,
    secret,
    shards,
    rulesLifetimeMs,
    ...(omitted && { omitted }),
  };
}
