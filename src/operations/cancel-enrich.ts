/** Ends an `$enrich` before its time: `DELETE [base]/$enrich/{jobId}`. What was read stays read. */
import { conflict } from '../fhir/outcome.ts';
import { enrichJobId, noSuchEnrichment } from './enrichment/enrich-job.ts';
import { cancelJob } from './jobs/change-job.ts';
import { isBeingCancelled } from './jobs/job-record.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import type { Operation } from './operation.ts';
import type { StartEnrichDependencies } from './start-enrich.ts';
import { informed } from './written.ts';

/** Answers 202; the job's status tells when it has come to its end. 409 for one that has. */
export function cancelEnrich({ jobs, clock, wake }: JobPorts & Pick<StartEnrichDependencies, 'wake'>): Operation {
  return async (request) => {
    const job = await cancelJob({ kind: 'enrich', id: enrichJobId(request) }, { jobs, clock });
    if (job === undefined) throw noSuchEnrichment();
    if (!isBeingCancelled(job)) throw conflict('The enrichment has come to its end already. Its status tells what came of it.');
    await wake(job.id);
    return { status: 202, headers: {}, json: informed('The enrichment is being cancelled.') };
  };
}
