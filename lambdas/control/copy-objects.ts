/** The step `copy-objects` of the data store workflow. */
import { objectCopies } from '../../src/aws/control-ports.ts';
import { controlRecords } from '../../src/aws/control-table.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { copyObjects } from '../../src/operations/datastore/copy-objects.ts';

export const handler = copyObjects({ records: controlRecords(), tablesOf: storePorts, copies: objectCopies(), clock: systemClock });
