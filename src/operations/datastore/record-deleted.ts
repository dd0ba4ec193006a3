/** Step: the store is DELETED. Its record stays, so that whoever asks after it is told. */
import type { DatastoreRecords } from './datastore-record.ts';
import { change, recordOf } from './step.ts';
import type { Step } from './step.ts';

export function recordDeleted({ records }: { readonly records: Pick<DatastoreRecords, 'read' | 'replace'> }): Step<void> {
  return async (run) => {
    const seen = await recordOf(run, records);
    if (seen.status === 'DELETED') return;
    const { errorCause: _past, ...record } = seen;
    await change(records, seen, { ...record, status: 'DELETED' });
  };
}
