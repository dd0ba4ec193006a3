/** Ends a `$reindex` before its time: `DELETE [base]/$reindex/{jobId}`. Searches stay as they were before it. */
import { conflict } from '../fhir/outcome.ts';
import { cancelJob } from './jobs/change-job.ts';
import { isBeingCancelled } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation } from './operation.ts';
import { jobIdOf, noSuchJob } from './reindex/reindex-answer.ts';
import type { StartReindexDependencies } from './start-reindex.ts';
import { informed } from './written.ts';

/** Answers 202; the job's status tells when it has come to its end. 409 for one that has. */
export function cancelReindex({ jobs, clock, wake }: JobPorts & Pick<StartReindexDependencies, 'wake'>): Operation {
  return async (request) => {
    const job = await cancelJob({ kind: 'reindex', id: jobIdOf(request) }, { jobs, clock });
    if (job === undefined) throw noSuchJob();
    if (!isBeingCancelled(job)) throw conflict('The reindexing has come to its end already. Its status tells what came of it.');
    await wake(job.id);
    return { status: 202, headers: {}, json: informed('The reindexing is being cancelled.') };
  };
}
