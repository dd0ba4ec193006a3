/** The step `delete-objects` of the data store workflow. */
import { objectRemoval } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { deleteObjects } from '../../src/operations/datastore/delete-objects.ts';

export const handler = deleteObjects({ records: controlRecords(), objects: objectRemoval(), clock: systemClock });
