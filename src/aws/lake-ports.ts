/** What the steps of a data store's lake are made with on AWS: its tables, its place in the bucket, and DuckDB from the layer. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetFiles } from '../machine/duckdb/parquet-files.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { LakeDependencies } from '../operations/lake/lake-dependencies.ts';
import { lakeColumns, tableNamed, tableOf } from '../operations/lake/lake-schema.ts';
import { lakeVersions } from '../store/announced-versions.ts';
import { largeObjectsClient, s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { manifestPorts } from './lake-manifests.ts';
import type { LakeManifestPorts } from './lake-manifests.ts';
import { analyticsPrefix, environment, objectsPrefix, storeKeyAlias } from './names.ts';
import { s3Objects } from './s3-objects.ts';
import { storeTable } from './store-tables.ts';

/** Half of what the functions have: the rest is for files on their way and the lines that Node writes. */
const duckdbMemoryMb = 1400;

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

/** `close` ends the DuckDB behind them, which is opened again when it is needed: a function works for many stores, one after the other. */
export type LakePorts = LakeDependencies & LakeManifestPorts & { readonly close: () => Promise<void> };

export function lakeDependencies(record: Pick<DatastoreRecord, 'id'>): LakePorts {
  const { id } = record;
  const place = { bucket, keyAlias: storeKeyAlias(deployment, id) };
  const lake = s3Objects({ client: largeObjectsClient(), ...place, prefix: analyticsPrefix(id) });
  const versions = lakeVersions({ resources: storeTable(id, 'resources'), objects: s3Objects({ client: s3Client(), ...place, prefix: objectsPrefix(id) }) });
  const parquet = parquetFiles({ objects: lake, directory: join(tmpdir(), 'lake', id), memoryMb: duckdbMemoryMb });
  return {
    ...manifestPorts(record),
    versions,
    parquet,
    close: () => parquet.close(),
    tableOf,
    tableNamed,
    // It takes a while to tell, and few steps ask.
    get columns() {
      return lakeColumns();
    },
  };
}
