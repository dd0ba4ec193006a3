/** An `ObjectStore` in an S3 bucket, under a prefix (https://docs.aws.amazon.com/AmazonS3/latest/API/). */
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { checkObjectKey, checkObjectPrefix } from '../ports/object-keys.ts';
import type { CreatesObjects, ObjectStore } from '../ports/object-store.ts';
import { checkLimit } from '../ports/table-limits.ts';
import { confirmAbsent } from './s3-absence.ts';
import { failureOf, unlessUnavailable } from './s3-failures.ts';

/** S3's bound of a page. */
const maxListKeys = 1000;

export interface S3ObjectsOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** Stands before every key, with its own `/` at the end; may be empty. */
  readonly prefix: string;
  /** Of the key that encrypts what is put; the bucket's own when absent. */
  readonly keyAlias?: string;
}

export function s3Objects({ client, bucket: Bucket, prefix: root, keyAlias }: S3ObjectsOptions): ObjectStore & CreatesObjects {
  // A bucket key asks KMS once for many objects (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
  const encryption = keyAlias === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyAlias, BucketKeyEnabled: true } as const;
  const address = (key: string) => {
    checkObjectKey(key);
    return { Bucket, Key: root + key };
  };
  const listPage = async (prefix: string, limit: number, after: string) => {
    const output = await unlessUnavailable(client.send(new ListObjectsV2Command({
      Bucket,
      Prefix: root + prefix,
      MaxKeys: Math.min(limit, maxListKeys),
      ...(after !== '' && { StartAfter: root + after }),
    })));
    return { keys: (output.Contents ?? []).map(({ Key }) => Key!.slice(root.length)), more: output.IsTruncated === true };
  };
  return {
    async put(key, body) {
      await unlessUnavailable(client.send(new PutObjectCommand({ ...address(key), ...encryption, Body: body })));
    },
    async create(key, body) {
      try {
        await client.send(new PutObjectCommand({ ...address(key), ...encryption, Body: body, IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        // There is one, or another put is under way (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
        if ([409, 412].includes(Object(Object(error).$metadata).httpStatusCode)) return false;
        throw failureOf(error);
      }
    },
    async get(key) {
      const target = address(key);
      try {
        const { Body } = await client.send(new GetObjectCommand(target));
        return await Body!.transformToByteArray();
      } catch (error) {
        await unlessUnavailable(confirmAbsent(client, target, error));
        return undefined;
      }
    },
    async delete(key) {
      await unlessUnavailable(client.send(new DeleteObjectCommand(address(key))));
    },
    async list({ prefix, limit, after = '' }) {
      checkLimit(limit);
      checkObjectPrefix(prefix);
      const keys: string[] = [];
      for (let more = true; more; ) {
        const page = await listPage(prefix, limit - keys.length, keys.at(-1) ?? after);
        keys.push(...page.keys);
        if (keys.length >= limit) return { keys, next: keys.at(-1) };
        more = page.more;
      }
      return { keys };
    },
  };
}
