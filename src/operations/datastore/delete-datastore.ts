/**
 * Control verb: deletes a data store and everything in it
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DeleteFHIRDatastore.html). It is DELETING when the verb
 * returns; where the workflow fails it stays so, with the reason, and the verb may be sent again.
 */
import { beginRun, DatastoreNotFound } from './begin-run.ts';
import type { VerbDependencies } from './begin-run.ts';
import type { DatastoreRecord } from './datastore-record.ts';

export interface DeleteDatastoreRequest {
  readonly datastoreId: string;
  readonly token: string;
}

/** @throws DatastoreConflict, DatastoreNotFound */
export async function deleteDatastore(request: DeleteDatastoreRequest, dependencies: VerbDependencies): Promise<DatastoreRecord> {
  const { datastoreId, token } = request;
  const next = (seen: DatastoreRecord | undefined): DatastoreRecord => {
    if (seen === undefined || seen.status === 'DELETED') throw new DatastoreNotFound('There is no such data store.');
    return { ...seen, status: 'DELETING' };
  };
  return beginRun({ verb: 'delete', datastoreId, token, next }, dependencies);
}
