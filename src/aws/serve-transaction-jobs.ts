/** The handler of the function that runs asynchronous batches and transactions, a message at a time. */
import { systemClock } from '../machine/system-clock.ts';
import { transactionWork, workOnTransactions } from '../operations/bundle/transaction-work.ts';
import { jobProcessing } from './bundle-processing.ts';
import { servedStores } from './control-table.ts';
import { logError } from './fault-log.ts';
import { transactionJobHandler } from './transaction-job-handler.ts';
import type { QueueAnswer, QueueEvent } from './transaction-job-handler.ts';
import { postponedTransactions, transactionQueue } from './transaction-queue.ts';

export function serveTransactionJobs(): (event: QueueEvent) => Promise<QueueAnswer> {
  const runnerOf = servedStores(jobProcessing());
  const work = workOnTransactions({ runnerOf, queue: transactionQueue(), clock: systemClock });
  return transactionJobHandler({ work: (message) => work(transactionWork(message)), postpone: postponedTransactions(), report: logError });
}
