/**
 * How an export goes, and what came of it: `GET [base]/export/{jobId}`
 * (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-status-request). Who asked in the standard's form is told by status codes
 * and a manifest; who asked in HealthLake's form, or by its own API, in the words of HealthLake.
 */
import { FhirError } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { exportJob, exportProgress, isBucketExport, noSuchExport, ownAnswer, standardManifest } from './export/export-answer.ts';
import { expiryOf, readManifest } from './export/finish-export.ts';
import { describedExport } from './export/healthlake-export.ts';
import { isEnded } from './jobs/job-record.ts';
import type { JobRecord } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { informed } from './written.ts';

/** The longest that a client is asked to wait before it asks again. */
export const longestPollSeconds = 60;

export interface ExportStatusDependencies extends Pick<JobPorts, 'jobs'> {
  readonly datastoreId: string;
  /** Those that have what the exports of the data store made. */
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Answers 202 with `X-Progress` and `Retry-After` while the job goes on, 200 with the manifest and `Expires` when it has ended
 * well, 500 where it failed. 404 for a job that never was, was deleted, or whose files are gone.
 */
export function exportStatus(dependencies: ExportStatusDependencies): Operation {
  return async (request) => {
    const job = await exportJob(request, dependencies);
    if (isBucketExport(job)) return described(job, request.baseUrl, dependencies);
    if (job.status.startsWith('CANCEL')) throw noSuchExport();
    if (job.status === 'FAILED') throw new FhirError(500, [{ severity: 'error', code: 'processing', diagnostics: job.message ?? 'The export failed.' }]);
    if (!isEnded(job)) return underWay(job, dependencies);
    const expires = expiryOf(job);
    const manifest = expires <= dependencies.clock.now() ? undefined : await readManifest(dependencies.objects, job.id);
    if (manifest === undefined) throw noSuchExport();
    return ownAnswer({ status: 200, headers: { Expires: new Date(expires).toUTCString() }, value: standardManifest(job, manifest, request.baseUrl) });
  };
}

/** The longer it goes on, the less often: a tenth of the time that it has taken. */
function underWay(job: JobRecord, { clock }: Pick<ExportStatusDependencies, 'clock'>): OperationResponse {
  const seconds = Math.min(longestPollSeconds, Math.max(1, Math.round((clock.now() - job.submitted) / 10_000)));
  const progress = exportProgress(job);
  return { status: 202, headers: { 'X-Progress': progress, 'Retry-After': String(seconds) }, json: informed(progress) };
}

async function described(job: JobRecord, baseUrl: string, { datastoreId, objects }: ExportStatusDependencies): Promise<OperationResponse> {
  const endedWell = job.status === 'COMPLETED' || job.status === 'COMPLETED_WITH_ERRORS';
  const manifest = endedWell ? await readManifest(objects, job.id) : undefined;
  return ownAnswer({ status: 200, headers: {}, value: describedExport(job, { datastoreId, baseUrl, manifest }) });
}
