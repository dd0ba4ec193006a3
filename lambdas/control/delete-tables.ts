/** The step `delete-tables` of the data store workflow. */
import { tableAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { deleteTables } from '../../src/operations/datastore/delete-tables.ts';

export const handler = deleteTables({ records: controlRecords(), tables: tableAdministration() });
