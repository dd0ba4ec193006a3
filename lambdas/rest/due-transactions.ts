/** By schedule: the asynchronous bundles of every data store are to be looked after. */
import { controlRecords } from '../../src/aws/control-table.ts';
import { transactionQueue } from '../../src/aws/transaction-queue.ts';
import { dueWork } from '../../src/operations/stream/due-work.ts';

export const handler = dueWork('transactions', { records: controlRecords(), queue: transactionQueue() });
