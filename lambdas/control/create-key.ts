/** The step `create-key` of the data store workflow. */
import { keyAdministration } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { createKey } from '../../src/operations/datastore/create-key.ts';

export const handler = createKey({ records: controlRecords(), keys: keyAdministration() });
