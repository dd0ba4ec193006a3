/** Questions in SQL on AWS. */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { SaveQueryDependencies } from '../operations/save-query.ts';
import { storeTable } from './store-tables.ts';

/** Where a data store keeps its queries. */
export function savedQueryPorts({ id }: DatastoreRecord): SaveQueryDependencies {
  return { jobs: storeTable(id, 'jobs'), clock: systemClock };
}
