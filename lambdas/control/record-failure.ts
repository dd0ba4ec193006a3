/** The step `record-failure` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-ports.ts';
import { recordFailure } from '../../src/operations/datastore/record-failure.ts';

export const handler = recordFailure({ records: controlRecords() });
