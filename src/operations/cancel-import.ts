/**
 * Ends a bulk import before its time: `DELETE [base]/$import/{jobId}`. What is imported stays
 * (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md#bulk-data-import-delete-request).
 */
import { conflict } from '../fhir/outcome.ts';
import { importIdOf, noSuchImport } from './import/import-answer.ts';
import { cancelJob } from './jobs/change-job.ts';
import { isEnded } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation } from './operation.ts';
import { informed } from './written.ts';

export interface CancelImportDependencies extends JobPorts {
  /** Has the job worked on. May be called again for a job that is being worked on. Absent where it is worked on anyway. */
  readonly wake?: (jobId: string) => Promise<void> | void;
}

/** Answers 202; the job hears it within seconds. 409 for one that has come to its end. */
export function cancelImport({ wake, ...ports }: CancelImportDependencies): Operation {
  return async (request) => {
    const job = await cancelJob({ kind: 'import', id: importIdOf(request) }, ports);
    if (job === undefined) throw noSuchImport();
    if (isEnded(job) && job.status !== 'CANCEL_COMPLETED') throw conflict('The import has come to its end already. Its status tells what came of it.');
    if (!isEnded(job)) await wake?.(job.id);
    return { status: 202, headers: {}, json: informed('The import is being cancelled. What is imported stays.') };
  };
}
