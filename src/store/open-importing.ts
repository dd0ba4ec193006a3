/** The part of a data store that bulk imports write by: for a thread or a process that does nothing else. */
import { importingOver } from './import-writer.ts';
import type { Importing } from './importing.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';

export interface JoinedImporting extends Importing {
  /** From now on goes by the index rules of this moment or later ones. */
  renewRules(): Promise<void>;
}

/** Entries that could not be removed for lack of an answer are left to the sweep. */
export function openImporting(parts: DataStoreParts): JoinedImporting {
  const context = openStoreContext(parts, () => {});
  return {
    ...importingOver(context),
    renewRules: async () => void (await context.indexRules.fresh()),
  };
}
