/**
 * Puts bytes of unknown length into S3: what is short as one object, what is long in parts
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html). Nobody sees the object before it is whole, and
 * what is held is one part.
 */
import { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';

/** S3 takes 10,000 parts of an object: 80 GB, more than a file of a bulk job may have. */
export const partBytes = 8 * 1024 * 1024;

export type MultipartTarget = Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'ServerSideEncryption' | 'SSEKMSKeyId' | 'BucketKeyEnabled'>;

export async function putStream(client: Pick<S3Client, 'send'>, target: MultipartTarget, source: AsyncIterable<Uint8Array>): Promise<void> {
  const parts = inParts(source);
  const first = await parts.next();
  const second = first.done === true ? first : await parts.next();
  if (second.done === true) {
    await client.send(new PutObjectCommand({ ...target, Body: first.done === true ? new Uint8Array() : first.value }));
    return;
  }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId };
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  const send = async (Body: Uint8Array): Promise<void> => {
    const PartNumber = Parts.length + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  };
  try {
    await send(first.value as Uint8Array);
    await send(second.value);
    for await (const part of parts) await send(part);
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    // Parts of an upload that nobody ends are kept and paid for.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

/** All but the last have `partBytes`. */
async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let part = Buffer.allocUnsafe(partBytes);
  let held = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; ) {
      const taken = chunk.subarray(from, from + partBytes - held);
      part.set(taken, held);
      held += taken.length;
      from += taken.length;
      if (held < partBytes) continue;
      yield part;
      part = Buffer.allocUnsafe(partBytes);
      held = 0;
    }
  }
  if (held > 0) yield part.subarray(0, held);
}
