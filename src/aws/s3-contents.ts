/**
 * Contents of Binaries in an S3 bucket: clients put and get them by presigned URLs
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html), so that they pass neither the gateway
 * nor a function. Keys are random, so that a URL tells nothing of anyone.
 */
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checkObjectKey } from '../ports/object-keys.ts';
import type { ContentDigest, Downloads, Uploads } from '../ports/contents.ts';
import { confirmAbsent } from './s3-absence.ts';

/** Within it a download begins; those of a viewer that asks for parts go on for a while. */
export const downloadLinkSeconds = 300;
/** Within it an upload begins. It may take longer, and be begun again as long as the token is good. */
export const uploadLinkSeconds = 900;

export interface S3ContentsOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Before the names of uploads; a lifecycle rule of the bucket removes what stays there. */
  readonly uploadsPrefix: string;
  /** Before the keys of objects, as in `s3Objects`. */
  readonly prefix: string;
  /** Of the key that encrypts uploads and objects. */
  readonly keyAlias: string;
}

/** Sent as headers, they are part of what is signed, and S3 holds the bytes against them: nothing else can ever lie there. */
const checksumHeaders = { value: 'x-amz-checksum-sha256', algorithm: 'x-amz-sdk-checksum-algorithm' } as const;

export function s3Contents({ client, bucket: Bucket, uploadsPrefix, prefix, keyAlias }: S3ContentsOptions): Uploads & Downloads {
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyAlias, BucketKeyEnabled: true } as const;
  const uploadPlace = (upload: string) => {
    checkObjectKey(upload);
    return { Bucket, Key: uploadsPrefix + upload };
  };
  const objectPlace = (key: string) => {
    checkObjectKey(key);
    return { Bucket, Key: prefix + key };
  };
  return {
    async invite({ upload, digest: { sizeBytes, sha256 } }) {
      const command = new PutObjectCommand({ ...uploadPlace(upload), ...encryption, ContentLength: sizeBytes, ChecksumAlgorithm: 'SHA256', ChecksumSHA256: sha256 });
      const url = await getSignedUrl(client, command, { expiresIn: uploadLinkSeconds, unhoistableHeaders: new Set(Object.values(checksumHeaders)) });
      return {
        url,
        headers: {
          [checksumHeaders.value]: sha256,
          [checksumHeaders.algorithm]: 'SHA256',
          'x-amz-server-side-encryption': encryption.ServerSideEncryption,
          'x-amz-server-side-encryption-aws-kms-key-id': keyAlias,
          'x-amz-server-side-encryption-bucket-key-enabled': 'true',
        },
      };
    },
    async keep(upload, digest, key) {
      const [from, to] = [uploadPlace(upload), objectPlace(key)];
      const found = await headOf(client, from);
      if (found === undefined) return 'missing';
      if (!isOf(found, digest)) return 'different';
      const CopySource = `${from.Bucket}/${from.Key}`;
      await client.send(new CopyObjectCommand({ ...to, ...encryption, CopySource, CopySourceIfMatch: found.ETag }));
      return 'kept';
    },
    async offer(key, { method, contentType, disposition }) {
      const input = { ...objectPlace(key), ResponseContentType: contentType, ResponseContentDisposition: disposition, ResponseCacheControl: 'private, no-cache' };
      const command = method === 'HEAD' ? new HeadObjectCommand(input) : new GetObjectCommand(input);
      return { url: await getSignedUrl(client, command, { expiresIn: downloadLinkSeconds }) };
    },
  };
}

async function headOf(client: S3Client, place: { readonly Bucket: string; readonly Key: string }): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await client.send(new HeadObjectCommand({ ...place, ChecksumMode: 'ENABLED' }));
  } catch (error) {
    await confirmAbsent(client, place, error);
    return undefined;
  }
}

function isOf({ ContentLength, ChecksumSHA256 }: HeadObjectCommandOutput, { sizeBytes, sha256 }: ContentDigest): boolean {
  return ContentLength === sizeBytes && ChecksumSHA256 === sha256;
}
