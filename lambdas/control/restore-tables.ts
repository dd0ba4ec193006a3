/** The step `restore-tables` of the data store workflow. */
import { tableAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { restoreTables } from '../../src/operations/datastore/restore-tables.ts';

export const handler = restoreTables({ records: controlRecords(), tables: tableAdministration() });
