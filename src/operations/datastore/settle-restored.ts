/**
 * Step: nothing of the store is under way. Transactions that were pending at the moment never happened, those that were
 * committed are applied, and all records of them go. What is repeated finds nothing left to do.
 */
import type { Cleaner } from '../../store/cleaner.ts';
import type { DatastoreRecord, DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';

export interface SettleRestoredDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly cleanerOf: (record: DatastoreRecord) => Pick<Cleaner, 'settleAfterRestore'>;
}

export function settleRestored({ records, cleanerOf }: SettleRestoredDependencies): Step<void> {
  return async (run) => {
    const record = await recordOf(run, records);
    await cleanerOf(record).settleAfterRestore();
  };
}
