/** The step `protect-tables` of the data store workflow. */
import { tableAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { protectTables } from '../../src/operations/datastore/protect-tables.ts';

export const handler = protectTables({ records: controlRecords(), tables: tableAdministration() });
