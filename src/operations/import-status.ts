/**
 * How a bulk import goes, and what came of it: `GET [base]/$import/{jobId}`
 * (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md#bulk-data-import-status-request).
 */
import { FhirError } from '../fhir/outcome.ts';
import { importJob, importProgressText, importResult } from './import/import-answer.ts';
import { isEnded } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { informed } from './written.ts';

/** When to ask again, in seconds: progress is told so often. */
export const importPollSeconds = 2;

export interface ImportStatusDependencies extends Pick<JobPorts, 'jobs'> {
  readonly datastoreId: string;
}

/**
 * Answers 202 with `X-Progress` until the job has ended, then 200 with the manifest, or 500 where it could not be done.
 * 404 for a job that never was, was cancelled, or is kept no longer.
 */
export function importStatus({ jobs, datastoreId }: ImportStatusDependencies): Operation {
  return async (request): Promise<OperationResponse> => {
    const job = await importJob(request, { jobs });
    if (job.status === 'FAILED' && job.message !== undefined) throw new FhirError(500, [{ severity: 'error', code: 'processing', diagnostics: job.message }]);
    if (isEnded(job)) {
      return { status: 200, headers: { 'Content-Type': 'application/json' }, json: JSON.stringify(importResult({ job, baseUrl: request.baseUrl, datastoreId })) };
    }
    const progress = importProgressText(job);
    return { status: 202, headers: { 'X-Progress': progress, 'Retry-After': String(importPollSeconds) }, json: informed(progress) };
  };
}
