/**
 * Control verb: makes a data store
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html). It is CREATING when the verb
 * returns, and ACTIVE or CREATE_FAILED when the workflow ends.
 */
import { omissionsProblem } from '../../store/omitted-families.ts';
import { beginRun, DatastoreConflict, DatastoreInvalid } from './begin-run.ts';
import type { VerbDependencies } from './begin-run.ts';
import type { DatastoreSettings } from './datastore-configuration.ts';
import type { BackupConfiguration, DatastoreRecord, DatastoreStatus, Population, ThroughputLimit, WarmThroughput } from './datastore-record.ts';

export interface CreateDatastoreRequest {
  /** 32 hexadecimal digits, fresh or of a store that is no more. */
  readonly datastoreId: string;
  readonly name: string;
  readonly token: string;
  readonly warmThroughput?: WarmThroughput;
  /** `{}` lifts every bound. */
  readonly throughputLimit?: ThroughputLimit;
  /** Families that the store is made without, as `Observation.value-string` (src/store/omitted-families.ts). */
  readonly omitted?: readonly string[];
  readonly backup?: BackupConfiguration;
  /** What it begins with; nothing when absent. */
  readonly population?: Population;
  readonly settings?: DatastoreSettings;
}

/** Nobody has written to a store like these. */
const empty: ReadonlySet<DatastoreStatus> = new Set(['CREATING', 'CREATE_FAILED', 'DELETED']);

/** @throws DatastoreConflict, DatastoreInvalid */
export async function createDatastore(request: CreateDatastoreRequest, dependencies: VerbDependencies): Promise<DatastoreRecord> {
  const { datastoreId, name, token, warmThroughput, throughputLimit, omitted = [], backup, population, settings } = request;
  const problem = omissionsProblem(omitted);
  if (problem !== undefined) throw new DatastoreInvalid(problem);
  const next = (seen: DatastoreRecord | undefined): DatastoreRecord => {
    // One that a restore was to make may hold what it restored so far.
    if (seen !== undefined && (!empty.has(seen.status) || (seen.restored !== undefined && seen.status !== 'DELETED'))) {
      throw new DatastoreConflict(`There is a data store of this id, and it is ${seen.status}.`, false);
    }
    return {
      id: datastoreId,
      name,
      status: 'CREATING',
      created: dependencies.clock.now(),
      secret: dependencies.newSecret(),
      ...(warmThroughput === undefined ? {} : { warmThroughput }),
      ...(throughputLimit === undefined ? {} : { throughputLimit }),
      ...(omitted.length === 0 ? {} : { omitted }),
      ...(backup === undefined ? {} : { backup }),
      ...(population === undefined ? {} : { preloading: population }),
      ...settings,
    };
  };
  return beginRun({ verb: 'create', datastoreId, token, next }, dependencies);
}
