/** Step: every table of the store can be restored to any second of the last 35 days. */
import type { TableAdministration } from '../../ports/table-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';
import { storeTables } from './store-tables.ts';

export interface ProtectTablesDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tables: Pick<TableAdministration, 'enableRecovery'>;
}

/** A table that was made a moment ago refuses for some seconds more; the workflow tries again. */
export function protectTables({ records, tables }: ProtectTablesDependencies): Step<void> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    await Promise.all(storeTables(id).map(({ address }) => tables.enableRecovery(address)));
  };
}
