/** Puts the parts of a data store together over its ports. */
import { createUnderClaim, reserve } from './claims.ts';
import { cleaner, type Cleaner } from './cleaner.ts';
import type { DataStore } from './data-store.ts';
import { exporting, type Exporting } from './exporting.ts';
import { history } from './history.ts';
import { searching } from './open-search.ts';
import { importingOver } from './import-writer.ts';
import type { Importing } from './importing.ts';
import { openStoreContext } from './open-store-context.ts';
import type { DataStoreParts } from './open-store-context.ts';
import { openVersions } from './open-versions.ts';
import { reindexing, type Reindexing } from './reindex.ts';
import type { StoreContext } from './store-context.ts';
import { forget, transact, transacted } from './transactions.ts';
import { writeOne } from './writer.ts';

export interface OpenDataStore extends DataStore {
  readonly cleaner: Cleaner;
  /** Changes the store's own search parameters, and makes the index anew. */
  readonly reindexing: Reindexing;
  /** For bulk imports. */
  readonly importing: Importing;
  /** For bulk exports. */
  readonly exporting: Exporting;
  /**
   * Does work of other threads, which write by the index rules that they find when it begins: as long as it is not done,
   * nobody counts on newer ones.
   */
  readonly underRules: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** @param reportStale takes entries that led nowhere; the store's own cleaner unless given */
export function openDataStore(parts: DataStoreParts, reportStale?: StoreContext['reportStale']): OpenDataStore {
  const stale = cleaner(() => context);
  const context: StoreContext = openStoreContext(parts, reportStale ?? stale.report);
  const searched = searching(context, parts);
  return {
    ...openVersions(context),
    ...searched,
    cleaner: stale,
    reindexing: reindexing(context),
    importing: importingOver(context),
    exporting: exporting(context),
    underRules: (work) => context.indexRules.under(() => work()),
    history: (request) => history(context, searched.sealer, request),
    write: (write, options = {}) => writeOne(context, write, options),
    createUnderClaim: (resource, claim, options) => createUnderClaim(context, resource, { claim, options }),
    reserve: (type, claim, wantedId) => reserve(context, { type, claim }, wantedId),
    transact: (writes, options = {}) => transact(context, writes, options),
    transacted: (transactionId) => transacted(context, transactionId),
    forget: (transactionId) => forget(context, transactionId),
  };
}
