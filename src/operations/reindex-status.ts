/** How a `$reindex` goes, and what came of it: `GET [base]/$reindex/{jobId}` (https://hl7.org/fhir/R4/async.html). */
import { FhirError } from '../fhir/outcome.ts';
import { isEnded } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { progressText, reindexJob, reindexResult } from './reindex/reindex-answer.ts';
import { informed } from './written.ts';

/** When to ask again, in seconds: a store of some thousand resources is done by then. */
export const reindexPollSeconds = 2;

/**
 * Answers 202 with `X-Progress` until the job has ended; then 200 with a Parameters resource that tells what is searchable
 * and what is not and why, or 500 where it failed. 404 for a job that never was, or that is kept no longer.
 */
export function reindexStatus({ jobs }: Pick<JobPorts, 'jobs'>): Operation {
  return async (request): Promise<OperationResponse> => {
    const job = await reindexJob(request, { jobs });
    if (job.status === 'FAILED') {
      throw new FhirError(500, [{ severity: 'error', code: 'exception', diagnostics: job.message ?? 'The reindexing failed.' }]);
    }
    if (isEnded(job)) return { status: 200, headers: {}, json: JSON.stringify(reindexResult(job)) };
    const progress = progressText(job);
    return { status: 202, headers: { 'X-Progress': progress, 'Retry-After': String(reindexPollSeconds) }, json: informed(progress) };
  };
}
