/** Bulk imports on AWS: what the steps of the workflow are made with. */
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { ImportDependencies } from '../operations/import/import-dependencies.ts';
import { openImporting } from '../store/open-importing.ts';
import { announcedPorts } from './announced-jobs.ts';
import { s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { environment, objectsPrefix, storeKeyAlias } from './names.ts';
import { s3Buckets } from './s3-buckets.ts';
import { putStream } from './s3-multipart.ts';

/**
 * The functions read and write with roles of their own, which reach the buckets that the deployment's setting jobBuckets
 * names; a job's DataAccessRoleArn trusts HealthLake, not us, and is told as it was given (docs/decisions/0013-import-on-aws.md).
 */
export function importDependencies(record: DatastoreRecord): ImportDependencies {
  const ports = announcedPorts(record);
  return {
    ...ports,
    datastoreId: record.id,
    importing: openImporting(ports),
    bucketsOf: () => s3Buckets(s3Client()),
    keepContent: keptContents(record),
  };
}

function keptContents({ id }: DatastoreRecord): ImportDependencies['keepContent'] {
  const [Bucket, keyAlias] = [environmentVariable(environment.objectsBucket), storeKeyAlias(environmentVariable(environment.deployment), id)];
  return (key, content) => putStream(s3Client(), { Bucket, Key: `${objectsPrefix(id)}${key}`, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyAlias, BucketKeyEnabled: true }, content);
}
