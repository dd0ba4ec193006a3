/** Puts the parts of a data store together over its ports. */
import { baseParameters } from '../fhir/search/parameters.ts';
import { createUnderClaim, reserve } from './claims.ts';
import { cleaner, type Cleaner } from './cleaner.ts';
import { searchCompartment } from './compartment.ts';
import type { DataStore } from './data-store.ts';
import { history } from './history.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { openVersions } from './open-versions.ts';
import { search } from './search.ts';
import { sealer } from './sealer.ts';
import type { StoreContext } from './store-context.ts';
import { forget, transact, transacted } from './transactions.ts';
import { writeOne } from './writer.ts';

export interface OpenDataStore extends DataStore {
  readonly cleaner: Cleaner;
}

/** @param reportStale takes entries that led nowhere; the store's own cleaner unless given */
export function openDataStore(parts: DataStoreParts, reportStale?: StoreContext['reportStale']): OpenDataStore {
  const stale = cleaner(() => context);
  const context: StoreContext = openStoreContext(parts, reportStale ?? stale.report);
  const tokens = sealer(parts.secret);
  return {
    ...openVersions(parts),
    sealer: tokens,
    cleaner: stale,
    history: (request) => history(context, tokens, request),
    write: (write, options = {}) => writeOne(context, write, options),
    createUnderClaim: (resource, claim, options) => createUnderClaim(context, resource, { claim, options }),
    reserve: (type, claim, wantedId) => reserve(context, { type, claim }, wantedId),
    transact: (writes, options = {}) => transact(context, writes, options),
    transacted: (transactionId) => transacted(context, transactionId),
    forget: (transactionId) => forget(context, transactionId),
    searchParameters: () => Promise.resolve(baseParameters),
    search: (query, cursor) => search({ context, sealer: tokens }, query, cursor),
    searchCompartment: (asked, cursor) => searchCompartment({ context, sealer: tokens }, asked, cursor),
  };
}
