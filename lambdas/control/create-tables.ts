/** The step `create-tables` of the data store workflow. */
import { controlRecords, tableAdministration } from '../../src/aws/control-ports.ts';
import { createTables } from '../../src/operations/datastore/create-tables.ts';

export const handler = createTables({ records: controlRecords(), tables: tableAdministration() });
