/** The step `record-failure` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { recordFailure } from '../../src/operations/datastore/record-failure.ts';

export const handler = recordFailure({ records: controlRecords() });
