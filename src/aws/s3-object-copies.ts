/** Copies objects within the bucket, from one data store's prefix to another's. */
import { CopyObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { checkObjectKey } from '../ports/object-keys.ts';
import type { ObjectCopies } from '../ports/object-copies.ts';
import { objectsPrefix, storeKeyAlias } from './names.ts';

export interface S3ObjectCopiesOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly deployment: string;
}

export function s3ObjectCopies({ client, bucket: Bucket, deployment }: S3ObjectCopiesOptions): ObjectCopies {
  return {
    async copy(key, { from, to }) {
      checkObjectKey(key);
      try {
        await client.send(new CopyObjectCommand({
          Bucket,
          Key: objectsPrefix(to) + key,
          // Keys have nothing that would have to be encoded.
          CopySource: `${Bucket}/${objectsPrefix(from)}${key}`,
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: storeKeyAlias(deployment, to),
          BucketKeyEnabled: true,
        }));
        return true;
      } catch (error) {
        if (error instanceof NoSuchKey || (error as Error).name === 'NoSuchKey') return false;
        throw error;
      }
    },
  };
}
