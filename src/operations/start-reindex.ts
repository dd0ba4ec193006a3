/**
 * `POST [base]/$reindex`: makes the SearchParameter resources that are stored searchable, as a job
 * (https://hl7.org/fhir/R4/async.html). There is one at a time: whoever asks for another is told of it, since the
 * definitions that it has read may be older than those they mean.
 */
import { conflict, FhirError } from '../fhir/outcome.ts';
import type { Ids } from '../ports/ids.ts';
import type { JobRecord } from './jobs/job-record.ts';
import { submitJob } from './jobs/submit-job.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import { requireNoParameters } from './no-parameters.ts';
import type { Operation } from './operation.ts';
import { parseParameters, refuseOthers } from './parameters.ts';
import { kept, noProgress } from './reindex/reindex-job.ts';
import { statusUrl } from './reindex/reindex-answer.ts';
import { informed } from './written.ts';

export interface StartReindexDependencies extends JobPorts {
  readonly ids: Pick<Ids, 'uuid'>;
  /** Has the job worked on. May be called again for a job that is being worked on. */
  readonly wake: (jobId: string) => Promise<void> | void;
}

/** Answers 202 with the `Content-Location` of the job; 409 with that of the one there is, 400 for parameters: there are none. */
export function startReindex(dependencies: StartReindexDependencies): Operation {
  return async (request) => {
    const { baseUrl, caller } = request;
    refuseOthers(parseParameters(request.query), []);
    requireNoParameters(request, '$reindex');
    const submission = await submitJob({ kind: 'reindex', caller, input: {}, progress: kept(noProgress), most: 1 }, dependencies);
    // One that is there is woken too: a process that died may have submitted it and come no further.
    if (submission.job !== undefined) await dependencies.wake(submission.job.id);
    if ('refused' in submission) throw running(baseUrl, submission.job);
    return { status: 202, headers: { 'Content-Location': statusUrl(baseUrl, submission.job.id) }, json: informed('The reindexing was submitted. Content-Location tells how it goes.') };
  };
}

function running(baseUrl: string, job: JobRecord | undefined): FhirError {
  const { status, issues } = conflict('The data store is being reindexed. Wait for its end or cancel it, then reindex again: definitions that were written meanwhile may not be among what it has read.');
  return new FhirError(status, issues, job === undefined ? {} : { 'Content-Location': statusUrl(baseUrl, job.id) });
}
