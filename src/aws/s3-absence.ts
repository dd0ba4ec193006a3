/**
 * Whether an object is not there. S3 says so only to those who may list the bucket; everyone else is answered 403, and a
 * condition on the prefix of listings, which reading a key does not have, counts as not being allowed to
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html). So a refusal is followed by a listing of exactly
 * the key, which the same condition does allow.
 */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';

export interface S3Place {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * @param error what reading the object failed with
 * @throws the error itself when it has another reason
 */
export async function confirmAbsent(client: Pick<S3Client, 'send'>, { Bucket, Key }: S3Place, error: unknown): Promise<void> {
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status === 404) return;
  if (status !== 403) throw error;
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
  if (Contents[0]?.Key === Key) throw error;
}
