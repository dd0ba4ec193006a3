/**
 * Control verb: changes a data store, and brings it to the settings of this version. It answers requests meanwhile. It is
 * UPDATING when the verb returns, and ACTIVE or UPDATE_FAILED when the workflow ends.
 */
import { beginRun, DatastoreConflict, DatastoreNotFound } from './begin-run.ts';
import type { VerbDependencies } from './begin-run.ts';
import type { DatastoreRecord, DatastoreStatus, ThroughputLimit, WarmThroughput } from './datastore-record.ts';

export interface UpdateDatastoreRequest {
  readonly datastoreId: string;
  readonly token: string;
  /** What is absent stays as it is. */
  readonly name?: string;
  readonly warmThroughput?: WarmThroughput;
  /** `{}` lifts every bound. */
  readonly throughputLimit?: ThroughputLimit;
}

const updatable: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

/** @throws DatastoreConflict, DatastoreNotFound */
export async function updateDatastore(request: UpdateDatastoreRequest, dependencies: VerbDependencies): Promise<DatastoreRecord> {
  const { datastoreId, token, name, warmThroughput, throughputLimit } = request;
  const next = (seen: DatastoreRecord | undefined): DatastoreRecord => {
    if (seen === undefined || seen.status === 'DELETED') throw new DatastoreNotFound('There is no such data store.');
    if (!updatable.has(seen.status)) throw new DatastoreConflict(`The data store is ${seen.status} and cannot be updated.`, false);
    return {
      ...seen,
      status: 'UPDATING',
      ...(name === undefined ? {} : { name }),
      ...(warmThroughput === undefined ? {} : { warmThroughput }),
      ...(throughputLimit === undefined ? {} : { throughputLimit }),
    };
  };
  return beginRun({ verb: 'update', datastoreId, token, next }, dependencies);
}
