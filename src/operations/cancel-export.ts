/**
 * `DELETE [base]/export/{jobId}`: ends an export before its time, or removes what came of it
 * (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-delete-request). What lies in a bucket is not ours to remove.
 */
import { notSupported } from '../fhir/outcome.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { exportJob, isBucketExport, noSuchExport, ownAnswer } from './export/export-answer.ts';
import { expiryOf, readManifest, removeExport } from './export/finish-export.ts';
import { cancelledExport } from './export/healthlake-export.ts';
import { cancelJob } from './jobs/change-job.ts';
import { isBeingCancelled } from './jobs/job-record.ts';
import type { JobRecord } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation, OperationResponse } from './operation.ts';
import { informed } from './written.ts';

export interface CancelExportDependencies extends JobPorts {
  readonly datastoreId: string;
  readonly objects: ObjectStore;
  readonly wake: (jobId: string) => Promise<void> | void;
}

/** Answers 202, and from then on the job is not to be found. 404 where it is not already. */
export function cancelExport(dependencies: CancelExportDependencies): Operation {
  return async (request) => {
    const known = await exportJob(request, dependencies);
    const isHealthLakes = isBucketExport(known);
    if (!isHealthLakes && known.status.startsWith('CANCEL')) throw noSuchExport();
    const job = await cancelJob(known, dependencies);
    if (job === undefined) throw noSuchExport();
    if (isBeingCancelled(job)) await dependencies.wake(job.id);
    if (isHealthLakes) return answeredAsHealthLake(job, dependencies);
    if (!isBeingCancelled(job)) await remove(job, dependencies);
    return { status: 202, headers: {}, json: informed('The export is being removed, with its files.') };
  };
}

function answeredAsHealthLake(job: JobRecord, { datastoreId }: CancelExportDependencies): OperationResponse {
  if (!isBeingCancelled(job)) throw notSupported('The export has come to its end already. Its files are in the bucket that you named.');
  return ownAnswer({ status: 202, headers: {}, value: cancelledExport(job, datastoreId) });
}

/** @throws FhirError 404 where that was done before */
async function remove(job: JobRecord, { objects, clock }: CancelExportDependencies): Promise<void> {
  const isThere = job.status === 'FAILED' || (expiryOf(job) > clock.now() && (await readManifest(objects, job.id)) !== undefined);
  if (!isThere) throw noSuchExport();
  await removeExport(objects, job.id);
}
