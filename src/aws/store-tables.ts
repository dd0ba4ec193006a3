/** The tables of one data store on AWS, for functions that need nothing else of it. */
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { DataStoreParts } from '../store/open-store-context.ts';
import { dynamoClient } from './clients.ts';
import { dynamoTable } from './dynamo-table.ts';
import { environmentVariable } from './env.ts';
import { environment, storeTableName } from './names.ts';
import type { StoreTable } from './names.ts';

/** How long a function goes by the index rules that it has read: one read in that time, and what a `$reindex` waits for. */
const rulesLifetimeMs = 30_000;

const deployment = environmentVariable(environment.deployment);

export function storeTable(datastoreId: string, name: StoreTable): OrderedTable {
  return dynamoTable({ client: dynamoClient(), tableName: storeTableName(deployment, datastoreId, name) });
}

/** What reading the index rules takes. */
export function ruleParts({ id }: Pick<DatastoreRecord, 'id'>): Pick<DataStoreParts, 'resources' | 'clock' | 'ids' | 'rulesLifetimeMs'> {
  return { resources: storeTable(id, 'resources'), clock: systemClock, ids: randomIds, rulesLifetimeMs };
}
