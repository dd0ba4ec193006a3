/** The part of a data store that writes single resources: for a process that does nothing else. */
import type { DataStore } from './data-store.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { openVersions } from './open-versions.ts';
import { writeOne } from './writer.ts';

/** Entries that could not be removed for lack of an answer are left to the sweep. */
export function openWriter(parts: DataStoreParts): Pick<DataStore, 'read' | 'write'> {
  const context = openStoreContext(parts, () => {});
  return { read: openVersions(parts).read, write: (write, options = {}) => writeOne(context, write, options) };
}
