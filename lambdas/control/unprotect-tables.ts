/** The step `unprotect-tables` of the data store workflow. */
import { tableAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { unprotectTables } from '../../src/operations/datastore/unprotect-tables.ts';

export const handler = unprotectTables({ records: controlRecords(), tables: tableAdministration() });
