/** The step `record-deleted` of the data store workflow. */
import { announcedControlRecords } from '../../src/aws/announced-control.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { recordDeleted } from '../../src/operations/datastore/record-deleted.ts';

export const handler = recordDeleted({ records: announcedControlRecords(), clock: systemClock });
