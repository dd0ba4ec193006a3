/** The step `record-deleted` of the data store workflow. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { recordDeleted } from '../../src/operations/datastore/record-deleted.ts';

export const handler = recordDeleted({ records: controlRecords(), clock: systemClock });
