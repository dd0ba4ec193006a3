/** Which objects an item of `resources` needs: bodies too large for it, contents of Binaries. */
import type { Item } from '../ports/ordered-table.ts';
import { intentKeyPrefix, placedObjectPartitions } from './keys.ts';
import { versionOfItem } from './version-item.ts';

const notes: ReadonlySet<string> = new Set(placedObjectPartitions);

export interface ObjectsOfVersion {
  readonly keys: readonly string[];
  /** False for what a transaction intended: it may have come to nothing. */
  readonly certain: boolean;
}

export function objectsOfVersion(item: Item): ObjectsOfVersion {
  const certain = !item.sk.startsWith(intentKeyPrefix);
  if (item.attributes?.version === undefined || notes.has(item.pk)) return { keys: [], certain };
  const { bodyObject, content } = versionOfItem(item);
  return { keys: [...(bodyObject === undefined ? [] : [bodyObject]), ...(content === undefined ? [] : [content.key])], certain };
}
