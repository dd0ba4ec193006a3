/** The part of a data store that reads it as it was at one instant: for a process that does nothing else. */
import { exporting, type Exporting } from './exporting.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';

export function openExporting(parts: DataStoreParts): Exporting {
  // What leads nowhere in the index is found by searches too, and reported by them.
  return exporting(openStoreContext(parts, () => {}));
}
