/** How an `$enrich` goes, and what came of it: `GET [base]/$enrich/{jobId}` (https://hl7.org/fhir/R4/async.html). */
import { FhirError } from '../fhir/outcome.ts';
import { enrichJob, enrichProgressText, enrichResult } from './enrichment/enrich-job.ts';
import { isEnded } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { informed } from './written.ts';

/** When to ask again, in seconds: some hundred notes are read by then. */
export const enrichPollSeconds = 2;

/**
 * Answers 202 with `X-Progress` until the job has ended; then 200 with a Parameters resource of counts, or 500 where it failed. 404 for
 * a job that never was, or that is kept no longer.
 */
export function enrichStatus({ jobs }: Pick<JobPorts, 'jobs'>): Operation {
  return async (request): Promise<OperationResponse> => {
    const job = await enrichJob(request, { jobs });
    if (job.status === 'FAILED') throw new FhirError(500, [{ severity: 'error', code: 'exception', diagnostics: job.message ?? 'The enrichment failed.' }]);
    if (isEnded(job)) return { status: 200, headers: {}, json: JSON.stringify(enrichResult(job)) };
    const progress = enrichProgressText(job);
    return { status: 202, headers: { 'X-Progress': progress, 'Retry-After': String(enrichPollSeconds) }, json: informed(progress) };
  };
}
