/**
 * What bulk exports lay into the bucket: apart from the objects of data stores, for a rule of the bucket to forget within a
 * day what was removed. A copy of patients' data that nobody needs any more is not kept, nor paid for, for as long as tables
 * can be restored.
 */
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { Downloads } from '../ports/contents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { bulkPrefix, environment, storeKeyAlias, uploadsPrefix } from './names.ts';
import { s3Contents } from './s3-contents.ts';
import { putStream } from './s3-multipart.ts';
import { s3Objects } from './s3-objects.ts';

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

type Of = Pick<DatastoreRecord, 'id'>;

/** The manifests and files that we serve, and what the steps of jobs that have not ended need. */
export function exportObjects({ id }: Of): ObjectStore {
  return s3Objects({ client: s3Client(), bucket, prefix: bulkPrefix(id), keyAlias: storeKeyAlias(deployment, id) });
}

/** Links to files, by the keys of `exportObjects`. */
export function exportDownloads({ id }: Of): Downloads {
  return s3Contents({ client: s3Client(), bucket, prefix: bulkPrefix(id), uploadsPrefix: uploadsPrefix(id), keyAlias: storeKeyAlias(deployment, id) });
}

/** Lays a file among `exportObjects`, a part at a time. */
export function keepExported({ id }: Of): (key: string, content: AsyncIterable<Uint8Array>) => Promise<void> {
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: storeKeyAlias(deployment, id), BucketKeyEnabled: true } as const;
  return (key, content) => putStream(s3Client(), { Bucket: bucket, Key: `${bulkPrefix(id)}${key}`, ...encryption }, content);
}
