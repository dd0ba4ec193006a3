/** The handler of the function that runs asynchronous batches and transactions, a message at a time. */
import { configuredTransactionQueue, jobProcessing } from './bundle-processing.ts';
import { servedStores } from './control-table.ts';
import { logError } from './fault-log.ts';
import { transactionJobHandler } from './transaction-job-handler.ts';
import type { QueueAnswer, QueueEvent } from './transaction-job-handler.ts';
import { withStaleReports } from './with-stale-reports.ts';

export function serveTransactionJobs(): (event: QueueEvent) => Promise<QueueAnswer> {
  const run = withStaleReports(jobProcessing);
  const runnerOf = servedStores((record) => ({ run: run(record) }));
  return transactionJobHandler({ runnerOf, queue: configuredTransactionQueue(), report: logError });
}
