/** Step: the store is ACTIVE, and requests for it are answered. */
import { settled } from './datastore-configuration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { change, recordOf } from './step.ts';
import type { Step } from './step.ts';

export function recordActive({ records }: { readonly records: Pick<DatastoreRecords, 'read' | 'replace'> }): Step<void> {
  return async (run) => {
    const seen = await recordOf(run, records);
    if (seen.status === 'ACTIVE') return;
    const { errorCause: _past, configuration, ...record } = seen;
    await change(records, seen, { ...record, status: 'ACTIVE', ...(configuration === undefined ? {} : { configuration: settled(configuration) }) });
  };
}
