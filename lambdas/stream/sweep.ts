/** By schedule: every data store is to be looked through for what nothing leads to any more. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { cleanUpQueue } from '../../src/aws/feed-queues.ts';
import { dueWork } from '../../src/operations/stream/due-work.ts';

export const handler = dueWork('sweep', { records: controlRecords(), queue: cleanUpQueue() });
