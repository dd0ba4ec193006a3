/** The step `record-active` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { recordActive } from '../../src/operations/datastore/record-active.ts';

export const handler = recordActive({ records: controlRecords() });
