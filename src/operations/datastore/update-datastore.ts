/**
 * Control verb: changes a data store, and brings it to the settings of this version. It answers requests meanwhile. It is
 * UPDATING when the verb returns, and ACTIVE or UPDATE_FAILED when the workflow ends.
 */
import { beginRun, DatastoreConflict, DatastoreNotFound } from './begin-run.ts';
import type { VerbDependencies } from './begin-run.ts';
import type { DatastoreConfiguration } from './datastore-configuration.ts';
import type { BackupConfiguration, DatastoreRecord, DatastoreStatus, ThroughputLimit, WarmThroughput } from './datastore-record.ts';

export interface UpdateDatastoreRequest {
  readonly datastoreId: string;
  readonly token: string;
  /** What is absent stays as it is. */
  readonly name?: string;
  readonly warmThroughput?: WarmThroughput;
  /** `{}` lifts every bound. */
  readonly throughputLimit?: ThroughputLimit;
  /** As the store was made, or absent: what is in the index cannot be filed otherwise. */
  readonly omitted?: readonly string[];
  readonly backup?: BackupConfiguration;
  readonly configuration?: DatastoreConfiguration;
}

const updatable: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

/** @throws DatastoreConflict, DatastoreNotFound */
export async function updateDatastore(request: UpdateDatastoreRequest, dependencies: VerbDependencies): Promise<DatastoreRecord> {
  const { datastoreId, token, name, warmThroughput, throughputLimit, omitted, backup, configuration } = request;
  const next = (seen: DatastoreRecord | undefined): DatastoreRecord => {
    if (seen === undefined || seen.status === 'DELETED') throw new DatastoreNotFound('There is no such data store.');
    if (!updatable.has(seen.status)) throw new DatastoreConflict(`The data store is ${seen.status} and cannot be updated.`, false);
    if (omitted !== undefined) requireAsMade(omitted, seen);
    return {
      ...seen,
      status: 'UPDATING',
      ...(name === undefined ? {} : { name }),
      ...(warmThroughput === undefined ? {} : { warmThroughput }),
      ...(throughputLimit === undefined ? {} : { throughputLimit }),
      ...(backup === undefined ? {} : { backup }),
      ...(configuration === undefined ? {} : { configuration: { ...seen.configuration, ...configuration } }),
    };
  };
  return beginRun({ verb: 'update', datastoreId, token, next }, dependencies);
}

function requireAsMade(omitted: readonly string[], { omitted: made = [] }: DatastoreRecord): void {
  if (inOrder(omitted) === inOrder(made)) return;
  const how = made.length === 0 ? 'with all entries of its index' : `without the index entries of ${inOrder(made)}`;
  throw new DatastoreConflict(
    `The data store was made ${how}, and nothing files anew what it holds: ` +
      'after a change, searches would look for entries that are not there. ' +
      'Leave the setting out or give it as it was; a store that is to have other entries is made anew.',
    false,
  );
}

function inOrder(names: readonly string[]): string {
  return [...new Set(names)].sort().join(', ');
}
