/** A version as it was stored, for whoever takes resources out of the store as they are: exports and the lake. */
import type { ObjectStore } from '../ports/object-store.ts';
import { TableUnavailable } from '../ports/ordered-table.ts';
import { decodeBodyBytes } from './body.ts';
import type { StoredContent } from './data-store.ts';
import { isDeleted, isFirst } from './next-version.ts';
import type { StoredVersion } from './version-item.ts';

export interface ExportVersion {
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number;
  readonly isDeleted: boolean;
  /** Whether the resource's history begins with it. */
  readonly isFirst: boolean;
  /** What a Binary holds beside its JSON. */
  readonly content?: StoredContent;
  /** The JSON as accepted, with id and meta, in UTF-8 and in one line; `undefined` for a deletion. From the object store where it is large. */
  readonly bytes: () => Promise<Uint8Array | undefined>;
}

export function exportVersion({ objects }: { readonly objects: ObjectStore }, version: StoredVersion): ExportVersion {
  const { type, id, versionId, lastUpdated, content, body, bodyObject } = version;
  return {
    type, id, versionId, lastUpdated, isDeleted: isDeleted(version), isFirst: isFirst(version), ...(content && { content }),
    async bytes() {
      if (body !== undefined) return decodeBodyBytes(body);
      if (bodyObject === undefined) return undefined;
      const object = await objects.get(bodyObject);
      if (object === undefined) throw new TableUnavailable('The object that holds the body of a version is missing.');
      return decodeBodyBytes(object);
    },
  };
}
