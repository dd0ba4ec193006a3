/**
 * batch and transaction: `POST [base]` (https://hl7.org/fhir/R4/http.html#transaction), at once or, under
 * `Prefer: respond-async`, as a job that is polled under `/Transaction/{id}` as in HealthLake.
 */
import { payloadTooLarge, unprocessable } from '../fhir/outcome.ts';
import type { DispatchOver } from './bundle/entry-request.ts';
import { runBundle } from './bundle/run-bundle.ts';
import { submittedBundle } from './bundle/submitted-bundle.ts';
import type { SubmittedBundle } from './bundle/submitted-bundle.ts';
import { submitJob } from './bundle/transaction-jobs.ts';
import type { JobPorts } from './bundle/transaction-jobs.ts';
import type { Dependencies, Operation, OperationRequest } from './operation.ts';
import { preferences } from './prefer.ts';
import { informed } from './written.ts';

export interface ProcessBundleDependencies extends Dependencies, JobPorts {
  readonly dispatchOver: DispatchOver;
  /**
   * Called with the id of a job that was submitted: whoever runs jobs need not wait for its next look. The job is durable
   * by then, so this must not throw.
   */
  readonly wake: (jobId: string) => Promise<void> | void;
  /** What is processed while the client waits; everything that a bundle may be unless given. */
  readonly atOnce?: BundleLimits;
}

export interface BundleLimits {
  readonly maxEntries: number;
  /** Of the body, decompressed. */
  readonly maxBytes: number;
}

/** Answers 200 with the response Bundle, or 202 with the `Content-Location` of a job. */
export function processBundle(dependencies: ProcessBundleDependencies): Operation {
  const { store, clock, ids, dispatchOver, wake, atOnce } = dependencies;
  return async (request) => {
    const { respondAsync } = preferences(request.headers['prefer']);
    if (!respondAsync && atOnce !== undefined) refuseLongerThan(atOnce.maxBytes, request);
    const submitted = submittedBundle(request);
    if (!respondAsync && atOnce !== undefined) refuseMoreThan(atOnce.maxEntries, submitted);
    if (respondAsync) {
      const id = await submitJob(request, dependencies);
      await wake(id);
      const headers = { 'Content-Location': `${request.baseUrl}/Transaction/${id}` };
      return { status: 202, headers, json: informed('Submitted Asynchronous Bundle Transaction') };
    }
    const json = await runBundle(submitted, { request, store, clock, dispatchOver, newId: () => ids.uuid() });
    return { status: 200, headers: {}, json };
  };
}

const instead = 'Send it with Prefer: respond-async, which takes as much as a bundle may have, or cut it into several.';

/** Before it is parsed: that alone takes its time. */
function refuseLongerThan(maxBytes: number, { body = '' }: OperationRequest): void {
  if (body.length * 3 <= maxBytes || Buffer.byteLength(body) <= maxBytes) return;
  throw payloadTooLarge(`A bundle of more than ${maxBytes / 1024 / 1024} MB is not processed while you wait. ${instead}`);
}

function refuseMoreThan(maxEntries: number, { type, bundle }: SubmittedBundle): void {
  const { entry } = bundle;
  if (!Array.isArray(entry) || entry.length <= maxEntries) return;
  throw unprocessable(`A ${type} of more than ${maxEntries} entries is not processed while you wait. ${instead}`, 'Bundle.entry');
}
