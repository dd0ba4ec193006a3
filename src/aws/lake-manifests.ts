/** What manifests of a data store's lake are read, changed and laid down with on AWS; for functions that need no DuckDB. */
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { addressesKey } from '../operations/lake/lake-manifest.ts';
import type { ManifestPorts } from '../operations/lake/lake-manifest.ts';
import type { Ids } from '../ports/ids.ts';
import { largeObjectsClient } from './clients.ts';
import { environmentVariable } from './env.ts';
import { analyticsPrefix, environment, storeKeyAlias } from './names.ts';
import { s3Objects } from './s3-objects.ts';
import { storeTable } from './store-tables.ts';

export type LakeManifestPorts = ManifestPorts & { readonly ids: Pick<Ids, 'uuid'> };

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

/** Files are named as Athena reads them. */
export function lakeUri(datastoreId: string, key: string): string {
  return `s3://${bucket}/${analyticsPrefix(datastoreId)}${key}`;
}

/** Where Athena finds the addresses of a table's files, and nothing else. */
export function addressesUri(datastoreId: string, table: string): string {
  return lakeUri(datastoreId, addressesKey(table).replace(/[^/]+$/, ''));
}

export function manifestPorts({ id }: Pick<DatastoreRecord, 'id'>): LakeManifestPorts {
  return {
    jobs: storeTable(id, 'jobs'),
    objects: s3Objects({ client: largeObjectsClient(), bucket, prefix: analyticsPrefix(id), keyAlias: storeKeyAlias(deployment, id) }),
    clock: systemClock,
    ids: randomIds,
    uriOf: (key) => lakeUri(id, key),
  };
}
