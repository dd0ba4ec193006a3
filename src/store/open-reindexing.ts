/** The part of a data store that makes its index anew: for a process that does nothing else. */
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { reindexing, type Reindexing } from './reindex.ts';

export function openReindexing(parts: DataStoreParts): Reindexing {
  return reindexing(openStoreContext(parts, () => {}));
}
