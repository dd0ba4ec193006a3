/** The data stores that there are for a client: also those that were deleted a while ago. */
import { listedAfterDeletionMs } from '../datastore/datastore-record.ts';
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { resourceNotFound } from './control-error.ts';
import type { ControlDependencies } from './control-operation.ts';

/** @throws ControlError ResourceNotFoundException */
export async function knownDatastore(datastoreId: string, { records, clock }: Pick<ControlDependencies, 'records' | 'clock'>): Promise<DatastoreRecord> {
  const record = await records.read(datastoreId);
  if (record === undefined || isForgotten(record, clock.now())) throw resourceNotFound('There is no such data store.');
  return record;
}

/** True when the store was deleted so long ago that nobody is told of it any more. */
export function isForgotten({ status, deleted }: DatastoreRecord, now: number): boolean {
  return status === 'DELETED' && now - (deleted ?? 0) >= listedAfterDeletionMs;
}
