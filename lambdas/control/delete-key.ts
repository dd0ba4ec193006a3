/** The step `delete-key` of the data store workflow. */
import { keyAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { deleteKey } from '../../src/operations/datastore/delete-key.ts';

export const handler = deleteKey({ records: controlRecords(), keys: keyAdministration() });
