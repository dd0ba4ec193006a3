/** Puts the parts of a data store together over its ports. */
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import { createUnderClaim } from './claims.ts';
import { cleaner, type Cleaner } from './cleaner.ts';
import { contentCache } from './content-cache.ts';
import type { DataStore } from './data-store.ts';
import { history } from './history.ts';
import { partitionHash } from './partition-hash.ts';
import { search } from './search.ts';
import { sealer } from './sealer.ts';
import type { StoreContext } from './store-context.ts';
import { forget, transact } from './transactions.ts';
import { resourceVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';
import { writeOne } from './writer.ts';

export interface DataStoreParts {
  readonly resources: OrderedTable;
  readonly index: OrderedTable;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The store's own; partition keys and cursors are made with it. At least 32 random bytes. */
  readonly secret: Uint8Array;
  /** Over how many partitions hot families are spread: 1 embedded, 8 on AWS to begin with. */
  readonly shards: number;
}

/** The rules by which entries are computed. A change to them is a new generation and needs a reindex. */
const generation = 1;

export interface OpenDataStore extends DataStore {
  readonly cleaner: Cleaner;
}

export function openDataStore(parts: DataStoreParts): OpenDataStore {
  const { secret, shards, ...ports } = parts;
  const stale = cleaner(() => context);
  const context: StoreContext = { ...ports, rules: { generation, shards, hash: partitionHash(secret) }, contents: contentCache(), reportStale: stale.report };
  const tokens = sealer(secret);
  return {
    sealer: tokens,
    cleaner: stale,
    async read(type, id) {
      const view = await versionReader(context.resources).view({ type, id });
      return view?.version === undefined ? undefined : resourceVersion(context.objects, view.version);
    },
    async vread(type, id, versionId) {
      const version = await versionReader(context.resources).version({ type, id }, versionId);
      return version === undefined ? undefined : resourceVersion(context.objects, version);
    },
    history: (request) => history(context, tokens, request),
    write: (write, options = {}) => writeOne(context, write, options),
    createUnderClaim: (resource, claim) => createUnderClaim(context, resource, claim),
    transact: (writes, options = {}) => transact(context, writes, options),
    forget: (transactionId) => forget(context, transactionId),
    search: (query, cursor) => search({ context, sealer: tokens }, query, cursor),
  };
}
