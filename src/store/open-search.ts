/** The part of a data store that searches: for a process that does nothing else. */
import { baseParameters } from '../fhir/search/parameters.ts';
import { searchCompartment } from './compartment.ts';
import type { DataStore } from './data-store.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { sealer as openSealer } from './sealer.ts';
import { search } from './search.ts';
import type { StoreContext } from './store-context.ts';

export function openSearch(parts: DataStoreParts, reportStale: StoreContext['reportStale']): Pick<DataStore, 'search' | 'searchCompartment' | 'searchParameters' | 'sealer'> {
  const context = openStoreContext(parts, reportStale);
  const sealer = openSealer(parts.secret);
  return {
    sealer,
    searchParameters: () => Promise.resolve(baseParameters),
    search: (query, cursor) => search({ context, sealer }, query, cursor),
    searchCompartment: (asked, cursor) => searchCompartment({ context, sealer }, asked, cursor),
  };
}
