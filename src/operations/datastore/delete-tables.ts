/** Step: the store's tables are gone. DynamoDB keeps a last backup of each for 35 days. */
import type { TableAddress, TableAdministration } from '../../ports/table-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';
import { maxTableLooks, storeTables } from './store-tables.ts';

export interface DeleteTablesDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tables: Pick<TableAdministration, 'describe' | 'delete'>;
}

export function deleteTables({ records, tables }: DeleteTablesDependencies): Step<Progress> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    const gone = await Promise.all(storeTables(id).map(({ address }) => advance(address, tables)));
    return look(run.tables, { done: gone.every(Boolean), maxLooks: maxTableLooks });
  };
}

/** @returns whether the table is gone */
async function advance(address: TableAddress, tables: DeleteTablesDependencies['tables']): Promise<boolean> {
  const found = await tables.describe(address);
  if (found?.state === 'active') await tables.delete(address);
  return found === undefined;
}
