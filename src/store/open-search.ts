/** The part of a data store that searches: for a process that does nothing else. */
import { searchCompartment } from './compartment.ts';
import type { DataStore } from './data-store.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { sealer as openSealer } from './sealer.ts';
import { search } from './search.ts';
import type { StoreContext } from './store-context.ts';

export type Searching = Pick<DataStore, 'search' | 'searchCompartment' | 'searchParameters' | 'sealer'>;

export function openSearch(parts: DataStoreParts, reportStale: StoreContext['reportStale']): Searching {
  return searching(openStoreContext(parts, reportStale), parts);
}

export function searching(context: StoreContext, { secret }: Pick<DataStoreParts, 'secret'>): Searching {
  const sealer = openSealer(secret);
  return {
    sealer,
    searchParameters: async () => (await context.indexRules.current()).parameters,
    search: (query, cursor) => search({ context, sealer }, query, cursor),
    searchCompartment: (asked, cursor) => searchCompartment({ context, sealer }, asked, cursor),
  };
}
