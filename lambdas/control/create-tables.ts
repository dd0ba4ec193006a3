/** The step `create-tables` of the data store workflow. */
import { tableAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { createTables } from '../../src/operations/datastore/create-tables.ts';

export const handler = createTables({ records: controlRecords(), tables: tableAdministration() });
