/** The step `record-failure` of the data store workflow. */
import { announcedControlRecords } from '../../src/aws/announced-control.ts';
import { recordFailure } from '../../src/operations/datastore/record-failure.ts';

export const handler = recordFailure({ records: announcedControlRecords() });
