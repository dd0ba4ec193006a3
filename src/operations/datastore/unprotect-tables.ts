/** Step: the store's tables may be deleted. Until here nothing of a deletion is beyond recall. */
import type { TableAdministration } from '../../ports/table-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';
import { storeTables } from './store-tables.ts';

export interface UnprotectTablesDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tables: Pick<TableAdministration, 'describe' | 'setDeletionProtection'>;
}

export function unprotectTables({ records, tables }: UnprotectTablesDependencies): Step<void> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    await Promise.all(storeTables(id).map(async ({ address }) => {
      const found = await tables.describe(address);
      if (found?.deletionProtected) await tables.setDeletionProtection(address, false);
    }));
  };
}
