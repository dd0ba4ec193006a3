/** Removes all that S3 has of a data store: every version and every delete marker under its prefix. */
import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectRemoval } from '../ports/object-removal.ts';
import { objectsPrefix } from './names.ts';

/** S3's bound of a listing's page and of one request for deletion. */
export const maxRemovedAtOnce = 1000;

export interface S3ObjectRemovalOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

export function s3ObjectRemoval({ client, bucket: Bucket }: S3ObjectRemovalOptions): ObjectRemoval {
  return {
    async removeSome(datastoreId) {
      const listing = new ListObjectVersionsCommand({ Bucket, Prefix: objectsPrefix(datastoreId), MaxKeys: maxRemovedAtOnce });
      const { Versions = [], DeleteMarkers = [] } = await client.send(listing);
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
      if (Objects.length === 0) return 0;
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      const [failed] = Errors;
      if (failed !== undefined) throw new Error(`S3 did not delete ${Errors.length} objects, the first for: ${failed.Code}.`);
      return Objects.length;
    },
  };
}
