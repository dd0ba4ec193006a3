/** Asynchronous batches and transactions, from their queue. */
import { serveTransactionJobs } from '../../src/aws/serve-transaction-jobs.ts';

export const handler = serveTransactionJobs();
