/** The step `check-objects` of the data store workflow. */
import { objectsOf } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { checkObjects } from '../../src/operations/datastore/check-objects.ts';

export const handler = checkObjects({ records: controlRecords(), objectsOf });
