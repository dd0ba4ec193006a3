/** The part of a data store that bulk imports write with: for a process that does nothing else. */
import { importMany } from './import-writer.ts';
import type { Importing } from './importing.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';

export function openImporting(parts: DataStoreParts): Importing {
  const context = openStoreContext(parts, () => {});
  return { importMany: (writes, job) => importMany(context, writes, job) };
}
