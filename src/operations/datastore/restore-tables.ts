/**
 * Step: the store's table `resources` is what its source's was at the moment. The index is made of it (rebuild-index.ts),
 * and jobs are the source's.
 */
import type { TableAddress, TableAdministration } from '../../ports/table-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

/** DynamoDB restores most tables within an hour, whatever their size: with the workflow's pause of 30 s, a day. */
export const maxRestoreLooks = 2880;

export interface RestoreTablesDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tables: Pick<TableAdministration, 'describe' | 'restore' | 'tag'>;
}

export function restoreTables({ records, tables }: RestoreTablesDependencies): Step<Progress> {
  return async (run) => {
    const { id, restored } = await recordOf(run, records);
    const keyArn = run.key?.arn;
    if (restored === undefined || keyArn === undefined) throw new Error('A table is restored from a store, and under a key.');
    const address: TableAddress = { datastoreId: id, table: 'resources' };
    const found = await tables.describe(address);
    if (found === undefined) await tables.restore(address, { ...restored, keyArn });
    const done = found?.state === 'active';
    if (done) await tables.tag(address);
    return look(run.restored, { done, maxLooks: maxRestoreLooks });
  };
}
