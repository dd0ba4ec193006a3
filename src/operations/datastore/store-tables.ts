/** The tables of a data store and what each is made with (docs/decisions/0004-one-store-on-aws.md). */
import type { TableAddress } from '../../ports/table-administration.ts';

/** `resources` feeds the change feed: its puts alone say what was committed. */
const streams = { resources: true, index: false, jobs: false } as const satisfies Record<TableAddress['table'], boolean>;

export interface StoreTable {
  readonly address: TableAddress;
  readonly stream: boolean;
}

export function storeTables(datastoreId: string): readonly StoreTable[] {
  return (['resources', 'index', 'jobs'] as const).map((table) => ({ address: { datastoreId, table }, stream: streams[table] }));
}

/** Looks at tables until they are as wanted: with the workflow's pause of 5 s, a quarter of an hour. */
export const maxTableLooks = 180;
