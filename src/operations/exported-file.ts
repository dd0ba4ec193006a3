/**
 * A file of an export: `GET [base]/export/{jobId}/{folder}/{file}`
 * (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-request). It is asked for like all else here, by who may; the
 * bytes come from this process, or by a link that works for a short time.
 */
import { notFound } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { Downloads } from '../ports/contents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { exportJob, isBucketExport } from './export/export-answer.ts';
import { exportFileKey } from './export/export-objects.ts';
import { expiryOf, readManifest } from './export/finish-export.ts';
import type { JobRecord } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { pathSegment } from './path-segment.ts';

/** Its value in FHIR (https://hl7.org/fhir/uv/bulkdata/export.html#response---success-2). */
export const ndjson = 'application/fhir+ndjson';
/** Saved, not shown. The name tells a type and numbers, nothing of anyone. */
const disposition = 'attachment';

export interface ExportedFileDependencies extends Pick<JobPorts, 'jobs'> {
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly downloads: Downloads;
  readonly clock: Pick<Clock, 'now'>;
}

/** Answers 200 with the lines, or 307 to where they are; 404 for what the job has not, or not any more. */
export function exportedFile(dependencies: ExportedFileDependencies): Operation {
  return async (request): Promise<OperationResponse> => {
    const job = await exportJob(request, dependencies);
    const name = `${pathSegment(request, 'folder')}/${pathSegment(request, 'file')}`;
    const manifest = isServed(job, dependencies) ? await readManifest(dependencies.objects, job.id) : undefined;
    const file = manifest?.files.find((one) => one.name === name);
    if (file === undefined) throw notFound('The export has no such file, or its time is over. GET [base]/export/[id] tells which there are.');
    const offer = await dependencies.downloads.offer(exportFileKey(job.id, name), { method: request.method === 'HEAD' ? 'HEAD' : 'GET', contentType: ndjson, disposition });
    // Whoever keeps the redirect finds a link that works no more.
    if ('url' in offer) return { status: 307, headers: { 'Cache-Control': 'no-store', Location: offer.url } };
    return {
      status: 200,
      headers: { 'Content-Type': ndjson, 'Content-Disposition': disposition },
      content: { sizeBytes: file.sizeBytes, isCompressible: true, open: offer.open },
    };
  };
}

function isServed(job: JobRecord, { clock }: Pick<ExportedFileDependencies, 'clock'>): boolean {
  const endedWell = job.status === 'COMPLETED' || job.status === 'COMPLETED_WITH_ERRORS';
  return endedWell && !isBucketExport(job) && expiryOf(job) > clock.now();
}
