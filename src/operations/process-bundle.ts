/**
 * batch and transaction: `POST [base]` (https://hl7.org/fhir/R4/http.html#transaction), at once or, under
 * `Prefer: respond-async`, as a job that is polled under `/Transaction/{id}` as in HealthLake.
 */
import type { DispatchOver } from './bundle/entry-request.ts';
import { runBundle } from './bundle/run-bundle.ts';
import { submittedBundle } from './bundle/submitted-bundle.ts';
import { submitJob } from './bundle/transaction-jobs.ts';
import type { JobPorts } from './bundle/transaction-jobs.ts';
import type { Dependencies, Operation } from './operation.ts';
import { preferences } from './prefer.ts';
import { informed } from './written.ts';

export interface ProcessBundleDependencies extends Dependencies, JobPorts {
  readonly dispatchOver: DispatchOver;
  /** Called when a job was submitted: whoever runs jobs need not wait for its next look. */
  readonly wake: () => void;
}

/** Answers 200 with the response Bundle, or 202 with the `Content-Location` of a job. */
export function processBundle(dependencies: ProcessBundleDependencies): Operation {
  const { store, ids, dispatchOver, wake } = dependencies;
  return async (request) => {
    const submitted = submittedBundle(request);
    if (preferences(request.headers['prefer']).respondAsync) {
      const id = await submitJob(request, dependencies);
      wake();
      const headers = { 'Content-Location': `${request.baseUrl}/Transaction/${id}` };
      return { status: 202, headers, json: informed('Submitted Asynchronous Bundle Transaction') };
    }
    const json = await runBundle(submitted, { request, store, dispatchOver, newId: () => ids.uuid() });
    return { status: 200, headers: {}, json };
  };
}
