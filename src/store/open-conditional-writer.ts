/** The part of a data store that writes what a search decides about: for a process that does nothing else. */
import { createUnderClaim } from './claims.ts';
import type { DataStore } from './data-store.ts';
import { searching } from './open-search.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { openVersions } from './open-versions.ts';
import type { StoreContext } from './store-context.ts';
import { writeOne } from './writer.ts';

export function openConditionalWriter(
  parts: DataStoreParts, reportStale: StoreContext['reportStale'],
): Pick<DataStore, 'read' | 'vread' | 'write' | 'search' | 'searchParameters' | 'sealer' | 'createUnderClaim'> {
  const context = openStoreContext(parts, reportStale);
  return {
    ...openVersions(parts),
    ...searching(context, parts),
    write: (write, options = {}) => writeOne(context, write, options),
    createUnderClaim: (resource, claim, options) => createUnderClaim(context, resource, { claim, options }),
  };
}
