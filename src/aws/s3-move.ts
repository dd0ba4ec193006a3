/** Moves an object within its bucket: it is copied as it was found, then removed (https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html). */
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';

/** S3's bound of one copy. Beyond it an object is copied in parts, which take some seconds each. */
export const maxCopyBytes = 5 * 1024 ** 3;
export const copiedPartBytes = 1024 ** 3;

export interface ObjectMove {
  readonly bucket: string;
  readonly key: string;
  readonly to: string;
  /** Its ETag: an object that has changed since is left where it is. */
  readonly revision: string;
  readonly sizeBytes: number;
}

/** May be done again, wherever it was cut off. */
export async function s3Move(client: Pick<S3Client, 'send'>, { bucket: Bucket, key, to, revision, sizeBytes }: ObjectMove): Promise<void> {
  const source = { CopySource: `${Bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, CopySourceIfMatch: revision };
  const target = { Bucket, Key: to };
  if (sizeBytes <= maxCopyBytes) await client.send(new CopyObjectCommand({ ...target, ...source }));
  else await copyInParts(client, { target, source, sizeBytes });
  await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
}

interface PartedCopy {
  readonly target: { readonly Bucket: string; readonly Key: string };
  readonly source: { readonly CopySource: string; readonly CopySourceIfMatch: string };
  readonly sizeBytes: number;
}

async function copyInParts(client: Pick<S3Client, 'send'>, { target, source, sizeBytes }: PartedCopy): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { ...target, UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let from = 0; from < sizeBytes; from += copiedPartBytes) {
      const PartNumber = Parts.length + 1;
      const CopySourceRange = `bytes=${from}-${Math.min(from + copiedPartBytes, sizeBytes) - 1}`;
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ ...upload, ...source, PartNumber, CopySourceRange }));
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}
