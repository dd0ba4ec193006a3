/** What starting an import and starting an export have in common: the job is taken in, or the client is told why not. */
import type { DatastoreStatus } from '../datastore/datastore-record.ts';
import { conflictError, quotaExceeded, validationError } from './control-error.ts';
import type { ControlCall, ControlDependencies, InputOf, Output, StartJob } from './control-operation.ts';
import { knownDatastore } from './known-datastore.ts';

/** Stores whose data can be read and written. */
const serving: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

type Input = InputOf<'StartFHIRImportJob'> | InputOf<'StartFHIRExportJob'>;

export interface Starting extends Pick<ControlDependencies, 'records' | 'clock'> {
  readonly call: ControlCall;
  readonly start: StartJob;
}

/** @throws ControlError */
export async function startedJob({ DatastoreId, JobName, ClientToken, ...input }: Input, { call, start, ...dependencies }: Starting): Promise<Output> {
  const store = await knownDatastore(DatastoreId, dependencies);
  if (!serving.has(store.status)) throw conflictError(`The data store is ${store.status}. Jobs are started on one that is ACTIVE.`);
  const submission = await start(store, {
    caller: call.caller,
    input,
    ...(JobName === undefined ? {} : { name: JobName }),
    ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
  });
  if (!('refused' in submission)) return { JobId: submission.job.id, JobStatus: submission.job.status, DatastoreId: store.id };
  if (submission.refused === 'token-reused') throw validationError("The value at 'clientToken' came with another request before. Send a new one.");
  throw quotaExceeded('As many jobs of this kind as may be have not ended. Send the request again when one has.');
}
