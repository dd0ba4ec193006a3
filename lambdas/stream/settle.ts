/** By schedule: transactions of every data store that expired, or were decided and left, are to be settled. */
import { announcedControlRecords } from '../../src/aws/announced-control.ts';
import { cleanUpQueue } from '../../src/aws/feed-queues.ts';
import { dueWork } from '../../src/operations/stream/due-work.ts';

export const handler = dueWork('settle', { records: announcedControlRecords(), queue: cleanUpQueue() });
