/** Step: every table of the store can be restored to any second of the days that its backup reaches back. */
import type { TableAdministration } from '../../ports/table-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';
import { storeTables } from './store-tables.ts';

export interface ProtectTablesDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tables: Pick<TableAdministration, 'setRecovery'>;
}

/** A table that was made a moment ago refuses for some seconds more; the workflow tries again. */
export function protectTables({ records, tables }: ProtectTablesDependencies): Step<void> {
  return async (run) => {
    const { id, backup } = await recordOf(run, records);
    const days = backup?.status === 'DISABLED' ? 0 : backup?.retentionDays;
    await Promise.all(storeTables(id).map(({ address }) => tables.setRecovery(address, days)));
  };
}
