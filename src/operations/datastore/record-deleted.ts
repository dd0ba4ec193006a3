/** Step: the store is DELETED. Its record stays for some days, so that whoever asks after it is told. */
import type { Clock } from '../../ports/clock.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { change, recordOf } from './step.ts';
import type { Step } from './step.ts';

export interface RecordDeletedDependencies {
  readonly records: Pick<DatastoreRecords, 'read' | 'replace'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function recordDeleted({ records, clock }: RecordDeletedDependencies): Step<void> {
  return async (run) => {
    const seen = await recordOf(run, records);
    if (seen.status === 'DELETED') return;
    const { errorCause: _past, ...record } = seen;
    await change(records, seen, { ...record, status: 'DELETED', deleted: clock.now() });
  };
}
