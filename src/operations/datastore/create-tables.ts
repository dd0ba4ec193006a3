/** Step: the store's tables are there, active, protected against deletion, and `resources` has its stream. */
import type { TableAdministration, TableDescription, TableSettings } from '../../ports/table-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { look, recordOf } from './step.ts';
import type { Progress, RunData, Step } from './step.ts';
import { maxTableLooks, storeTables } from './store-tables.ts';
import type { StoreTable } from './store-tables.ts';

export interface CreateTablesDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tables: Pick<TableAdministration, 'describe' | 'create' | 'enableStream' | 'warm' | 'limit' | 'setDeletionProtection'>;
}

/** Begins what is missing and looks how far it is; a table takes one change at a time, so each look begins one. */
export function createTables({ records, tables }: CreateTablesDependencies): Step<Progress & { readonly streamArn?: string }> {
  return async (run) => {
    const { warmThroughput: warmth, throughputLimit: limit } = await recordOf(run, records);
    const found = await Promise.all(storeTables(run.datastoreId).map(async (table) => {
      const settings: TableSettings = { stream: table.stream, ...(warmth === undefined ? {} : { warmth }), ...(limit === undefined ? {} : { limit }) };
      return advance(table, { run, tables, settings });
    }));
    const done = found.every((table) => table !== undefined);
    const streamArn = found.find((table) => table?.streamArn !== undefined)?.streamArn;
    return { ...look(run.tables, { done, maxLooks: maxTableLooks }), ...(streamArn === undefined ? {} : { streamArn }) };
  };
}

interface Wanted {
  readonly run: RunData;
  readonly tables: CreateTablesDependencies['tables'];
  readonly settings: TableSettings;
}

/** @returns the table when nothing is left to do for it */
async function advance({ address }: StoreTable, { run, tables, settings }: Wanted): Promise<TableDescription | undefined> {
  const found = await tables.describe(address);
  const keyArn = run.key?.arn;
  if (keyArn === undefined) throw new Error('The tables of a data store need its key first.');
  if (found === undefined) await tables.create(address, { ...settings, keyArn });
  if (found?.state !== 'active') return undefined;
  if (settings.stream && found.streamArn === undefined) await tables.enableStream(address);
  else if (isColder(found, settings)) await tables.warm(address, settings.warmth!);
  else if (isOtherwiseLimited(found, settings)) await tables.limit(address, settings.limit!);
  else if (!found.deletionProtected) await tables.setDeletionProtection(address, true);
  else return found;
  return undefined;
}

/** DynamoDB warms tables by itself as well, and no table ever cools. */
function isColder({ warmth: found }: TableDescription, { warmth: wanted }: TableSettings): boolean {
  if (wanted === undefined) return false;
  return (found?.readUnits ?? 0) < wanted.readUnits || (found?.writeUnits ?? 0) < wanted.writeUnits;
}

/** A limit that nobody has spoken of stays, be it set by hand. */
function isOtherwiseLimited({ limit: found }: TableDescription, { limit: wanted }: TableSettings): boolean {
  return wanted !== undefined && (found.readUnits !== wanted.readUnits || found.writeUnits !== wanted.writeUnits);
}
