/** What became of an asynchronous batch or transaction: HealthLake's `GET [base]/Transaction/{id}`. */
import { notFound } from '../fhir/outcome.ts';
import { isExpired, readJob, resultText } from './bundle/transaction-jobs.ts';
import type { JobPorts } from './bundle/transaction-jobs.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { informed } from './written.ts';

/** When to ask again, in seconds: most bundles are done by then. */
export const pollAfterSeconds = 1;

/**
 * Answers 202 until the job is done, then what the bundle's own request would have answered: 200 with the response
 * Bundle, or the failure. 404 for a job that never was, or that ended more than 90 days ago.
 */
export function transactionStatus({ jobs, objects, clock }: Pick<JobPorts, 'jobs' | 'objects' | 'clock'>): Operation {
  return async ({ path }): Promise<OperationResponse> => {
    const id = path['transactionId'] ?? '';
    const job = await readJob(id, { jobs });
    if (job === undefined || isExpired(job, clock)) {
      throw notFound('There is no asynchronous transaction of this id, or its result is no longer kept.');
    }
    if (job.state !== 'DONE') {
      return { status: 202, headers: { 'Retry-After': String(pollAfterSeconds) }, json: informed(job.state) };
    }
    const json = await resultText(id, objects);
    if (json === undefined) throw new Error('A transaction is done, but its result is missing.');
    return { status: job.status ?? 200, headers: {}, json };
  };
}
