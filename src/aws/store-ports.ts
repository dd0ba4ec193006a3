/** The ports of one data store on AWS: its tables, its objects, its secret (docs/decisions/0004-one-store-on-aws.md). */
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { DataStoreParts } from '../store/open-store-context.ts';
import { s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { environment, objectsPrefix, storeKeyAlias } from './names.ts';
import { s3Objects } from './s3-objects.ts';
import { ruleParts, storeTable } from './store-tables.ts';

/** Partitions that a hot family is spread over: 8 take 8,000 writes and 24,000 reads a second. */
const shards = 8;

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

export interface StorePorts extends DataStoreParts {
  readonly jobs: OrderedTable;
}

export function storePorts({ id, secret, omitted }: Pick<DatastoreRecord, 'id' | 'secret' | 'omitted'>): StorePorts {
  const objects = s3Objects({ client: s3Client(), bucket, prefix: objectsPrefix(id), keyAlias: storeKeyAlias(deployment, id) });
  return {
    ...ruleParts({ id }),
    index: storeTable(id, 'index'),
    jobs: storeTable(id, 'jobs'),
    objects,
    secret,
    shards,
    ...(omitted && { omitted }),
  };
}
