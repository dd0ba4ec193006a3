/** Buckets of bulk jobs in S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/): what it refuses is told in the job's terms. */
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { BucketRefused } from '../ports/buckets.ts';
import type { BucketRefusal, Buckets } from '../ports/buckets.ts';
import type { ByteRange } from '../ports/contents.ts';
import { isPassing } from './s3-failures.ts';
import { putStream } from './s3-multipart.ts';

/** S3's bound of a page. */
const maxListKeys = 1000;
/** Asked for at a time, so that no connection is held for as long as a large file takes. */
const windowBytes = 64 * 1024 * 1024;

/** @param client whose credentials reach the buckets */
export function s3Buckets(client: Pick<S3Client, 'send'>): Buckets {
  return {
    async list({ bucket: Bucket, prefix: Prefix, limit, after }) {
      // Keys may have characters that XML has not: they come in percent-encoding.
      const command = new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: Math.min(limit, maxListKeys), EncodingType: 'url', ...(after === undefined ? {} : { StartAfter: after }) });
      const { Contents = [], IsTruncated } = await told(client.send(command));
      const objects = Contents.map(({ Key, Size, ETag }) => ({ key: decodeURIComponent(Key!.replaceAll('+', ' ')), sizeBytes: Size!, revision: ETag! }));
      const last = objects.at(-1);
      return IsTruncated === true && last !== undefined ? { objects, next: last.key } : { objects };
    },
    async head({ bucket: Bucket, key: Key }) {
      try {
        const { ContentLength, ETag, LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key }));
        return { key: Key, sizeBytes: ContentLength!, revision: ETag!, ...(LastModified && { putAt: LastModified.getTime() }) };
      } catch (error) {
        // The answer to HEAD has no body that told which of both is missing.
        if (statusOf(error) !== 404) throw refusalOf(error) ?? error;
        await told(client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 })));
        return undefined;
      }
    },
    async* read({ bucket: Bucket, key: Key, revision: IfMatch }, range) {
      for (const Range of windows(range)) {
        const { Body } = await told(client.send(new GetObjectCommand({ Bucket, Key, IfMatch, ...(Range === undefined ? {} : { Range }) })));
        yield* Body as AsyncIterable<Uint8Array>;
      }
    },
    async put({ bucket: Bucket, key: Key }, body, { kmsKeyId } = {}) {
      const encryption = kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true } as const;
      const target = { Bucket, Key, ...encryption };
      await told<unknown>(body instanceof Uint8Array ? client.send(new PutObjectCommand({ ...target, Body: body })) : putStream(client, target, body));
    },
  };
}

function* windows(range: ByteRange | undefined): Generator<string | undefined> {
  if (range === undefined) yield undefined;
  else for (let from = range.first; from <= range.last; from += windowBytes) yield `bytes=${from}-${Math.min(from + windowBytes - 1, range.last)}`;
}

async function told<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

const missing = 'There is no such bucket, or none of this region. Name one that is there.';
const noPermission = 'Reading or writing is not allowed. The deployment’s setting jobBuckets names the buckets of bulk jobs, and the bucket’s policy and its KMS key have to let the functions of imports and exports in.';
const changed = 'The file was changed or removed while it was being read.';
const badKey = 'A file of this name cannot be written to the bucket.';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, by code, else by status */
const refusals: Readonly<Record<string, readonly [BucketRefusal, string]>> = {
  NoSuchBucket: ['missing-bucket', missing],
  InvalidBucketName: ['missing-bucket', missing],
  PermanentRedirect: ['missing-bucket', missing],
  IllegalLocationConstraintException: ['missing-bucket', missing],
  AuthorizationHeaderMalformed: ['missing-bucket', missing],
  NoSuchKey: ['changed', changed],
  PreconditionFailed: ['changed', changed],
  KeyTooLongError: ['bad-key', badKey],
  301: ['missing-bucket', missing],
  403: ['no-permission', noPermission],
  412: ['changed', changed],
};

/** Also what KMS says of the key by way of S3: `KMS.NotFoundException`, `KMS.DisabledException`; but not that it is throttled. */
function refusalOf(error: unknown): BucketRefused | undefined {
  if (isPassing(error)) return undefined;
  const { name } = error as Error;
  const found = refusals[name] ?? refusals[statusOf(error) ?? ''] ?? (name.startsWith('KMS.') ? refusals[403] : undefined);
  return found && new BucketRefused(found[0], found[1], { cause: error });
}
