/** Gives every data store its piece of the work that is due by schedule, each its own message: none waits for another. */
import type { Queue } from '../../ports/queue.ts';
import type { DatastoreRecords, DatastoreStatus } from '../datastore/datastore-record.ts';

export interface DueWorkDependencies<Due> {
  readonly records: Pick<DatastoreRecords, 'list'>;
  readonly queue: Queue<{ readonly datastoreId: string; readonly due: Due }>;
}

/** Those that take writes. */
const serving: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

/** @throws Error when a message could not be sent: the schedule calls again, and work that is sent twice is done twice */
export function dueWork<Due extends string>(due: Due, { records, queue }: DueWorkDependencies<Due>): () => Promise<void> {
  return async () => {
    const stores = (await records.list()).filter(({ status }) => serving.has(status));
    const left = await queue.send(stores.map(({ id: datastoreId }) => ({ datastoreId, due })));
    if (left.length > 0) throw new Error(`The work of ${left.length} data stores could not be sent.`);
  };
}
