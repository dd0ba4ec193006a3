/**
 * What the control verbs have in common: the record says what is going to happen, then the workflow makes it happen.
 * A verb that is cut off between the two is repeated with the same token and goes on where it ended.
 */
import type { Clock } from '../../ports/clock.ts';
import type { DatastoreRun, DatastoreVerb, Workflow } from '../../ports/workflow.ts';
import type { DatastoreRecord, DatastoreRecords, DatastoreStatus } from './datastore-record.ts';

export interface VerbDependencies {
  readonly records: DatastoreRecords;
  readonly workflow: Workflow;
  readonly clock: Clock;
  /** At least 32 random bytes. */
  readonly newSecret: () => Uint8Array;
}

/** HealthLake's ConflictException: the store is being changed already, or has a status that forbids the verb. */
export class DatastoreConflict extends Error {
  override readonly name = 'DatastoreConflict';
  /** True when another run is under way: the verb may be sent again once that has ended. */
  readonly passes: boolean;

  constructor(message: string, passes: boolean) {
    super(message);
    this.passes = passes;
  }
}

/** HealthLake's ResourceNotFoundException. */
export class DatastoreNotFound extends Error {
  override readonly name = 'DatastoreNotFound';
}

/** HealthLake's ValidationException: what was asked for cannot be made. */
export class DatastoreInvalid extends Error {
  override readonly name = 'DatastoreInvalid';
}

export interface Beginning {
  readonly verb: DatastoreVerb;
  readonly datastoreId: string;
  /** The caller's, at most 40 of `[A-Za-z0-9-]`: a verb repeated with its token happens once. */
  readonly token: string;
  /** The record that the run begins with. @throws when the verb is not for a store like this one */
  readonly next: (seen: DatastoreRecord | undefined) => DatastoreRecord | Promise<DatastoreRecord>;
}

const underway: ReadonlySet<DatastoreStatus> = new Set(['CREATING', 'UPDATING', 'DELETING']);

export function runName(verb: DatastoreVerb, datastoreId: string, token: string): string {
  return `${verb}-${datastoreId}-${token}`;
}

/** A status that says something is happening is only believed while it is: a run that was stopped never ends itself. */
export async function isUnderway({ status, run }: DatastoreRecord, workflow: Pick<Workflow, 'isRunning'>): Promise<boolean> {
  return underway.has(status) && run !== undefined && (await workflow.isRunning(run));
}

/**
 * @returns the record that the run began with
 * @throws DatastoreConflict when another run is under way, and what `next` throws
 */
export async function beginRun({ verb, datastoreId, token, next }: Beginning, dependencies: VerbDependencies): Promise<DatastoreRecord> {
  const { records, workflow } = dependencies;
  const run: DatastoreRun = { verb, datastoreId, run: runName(verb, datastoreId, token) };
  const seen = await records.read(datastoreId);
  if (seen?.run === run.run) {
    await workflow.start(run);
    return seen;
  }
  if (seen !== undefined && (await isUnderway(seen, workflow))) throw isBusy(seen.status);
  const { errorCause: _past, ...rest } = await next(seen);
  const record: DatastoreRecord = { ...rest, run: run.run };
  if (!(await records.replace(seen, record))) throw isBusy('changing');
  await workflow.start(run);
  return record;
}

function isBusy(status: string): DatastoreConflict {
  return new DatastoreConflict(`The data store is ${status}. Send the request again when that has ended.`, true);
}
