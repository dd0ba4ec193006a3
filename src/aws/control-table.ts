/** The data stores that a function serves, from the control table. */
import { systemClock } from '../machine/system-clock.ts';
import { datastoreRecords } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord, DatastoreRecords } from '../operations/datastore/datastore-record.ts';
import { dynamoClient } from './clients.ts';
import { dynamoTable } from './dynamo-table.ts';
import { environmentVariable } from './env.ts';
import { controlTableName, environment } from './names.ts';
import { knownStores } from './store-records.ts';

export function controlRecords(): DatastoreRecords {
  const tableName = controlTableName(environmentVariable(environment.deployment));
  return datastoreRecords(dynamoTable({ client: dynamoClient(), tableName }));
}

/**
 * @param open makes what requests for the store are answered with: once per store and process
 * @returns it, by the store's id. @throws FhirError 404 when there is no such store, 409 when it does not serve
 */
export function servedStores<Opened>(open: (record: DatastoreRecord) => Opened): (datastoreId: string) => Promise<Opened> {
  return knownStores({ records: controlRecords(), clock: systemClock, open });
}
