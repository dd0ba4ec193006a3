/** Removes all that S3 has of a data store: every version and every delete marker under its prefixes. */
import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectRemoval } from '../ports/object-removal.ts';
import { analyticsPrefix, bulkPrefix, enrichmentPrefix, objectsPrefix, sqlAnswersPrefix, uploadsPrefix } from './names.ts';

/** S3's bound of a listing's page and of one request for deletion. */
export const maxRemovedAtOnce = 1000;

/** All that a data store has in the bucket. */
const places = [objectsPrefix, uploadsPrefix, bulkPrefix, analyticsPrefix, sqlAnswersPrefix, enrichmentPrefix];

export interface S3ObjectRemovalOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

export function s3ObjectRemoval({ client, bucket: Bucket }: S3ObjectRemovalOptions): ObjectRemoval {
  const someOf = async (Prefix: string) => {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: maxRemovedAtOnce }));
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
  };
  const firstOf = async (prefixes: readonly string[]): Promise<Awaited<ReturnType<typeof someOf>>> => {
    for (const prefix of prefixes) {
      const found = await someOf(prefix);
      if (found.length > 0) return found;
    }
    return [];
  };
  return {
    async removeSome(datastoreId) {
      const Objects = await firstOf(places.map((prefix) => prefix(datastoreId)));
      if (Objects.length === 0) return 0;
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      const [failed] = Errors;
      if (failed !== undefined) throw new Error(`S3 did not delete ${Errors.length} objects, the first for: ${failed.Code}.`);
      return Objects.length;
    },
  };
}
