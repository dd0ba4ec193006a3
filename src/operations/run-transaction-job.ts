/**
 * The job step that processes an asynchronous batch or transaction. It may be cut off anywhere and begun again: ids
 * are computed from the job's, the store recognises what the job wrote before, and the result is kept before the job
 * counts as done. So a bundle is applied once.
 */
import { FhirError, operationOutcome } from '../fhir/outcome.ts';
import type { DispatchOver } from './bundle/entry-request.ts';
import { inParallel } from './bundle/in-parallel.ts';
import { runBundle } from './bundle/run-bundle.ts';
import { submittedBundle } from './bundle/submitted-bundle.ts';
import { beginJob, finishJob, readJob, requestText, tidyJob } from './bundle/transaction-jobs.ts';
import type { JobPorts, JobResult, TransactionJob } from './bundle/transaction-jobs.ts';
import { keptTransactions } from './bundle/write-once.ts';
import { idOfKey } from './idempotency.ts';
import type { Dependencies, OperationRequest } from './operation.ts';

/** A job that ends its process, or meets a store that does not answer, is tried this often before it is given up. */
export const maxJobAttempts = 10;

export interface RunTransactionJobDependencies extends Dependencies, JobPorts {
  readonly dispatchOver: DispatchOver;
}

/**
 * Runs the job to its end; a job that is done is only tidied up.
 *
 * @throws what is no answer to the client: the job stays pending, and is to be run again later
 */
export async function runTransactionJob(id: string, dependencies: RunTransactionJobDependencies): Promise<void> {
  const job = await readJob(id, dependencies);
  if (job === undefined) return;
  const done = job.state === 'DONE' ? job : await attempt(job, dependencies);
  const request = await requestOf(done, dependencies);
  // Without its request the job was tidied up before.
  if (request !== undefined) await inParallel(keptTransactions(request, id), (each) => dependencies.store.forget(each));
  await tidyJob(done, dependencies);
}

async function attempt(job: TransactionJob, dependencies: RunTransactionJobDependencies): Promise<TransactionJob> {
  if (job.attempts >= maxJobAttempts) return finishJob(job, givenUp(), dependencies);
  const begun = await beginJob(job, dependencies);
  try {
    return await finishJob(begun, { status: 200, json: await run(begun, dependencies) }, dependencies);
  } catch (error) {
    if (!(error instanceof FhirError) || isPassing(error, begun)) throw error;
    return finishJob(begun, answer(error), dependencies);
  }
}

async function run(job: TransactionJob, { store, clock, objects, dispatchOver }: RunTransactionJobDependencies): Promise<string> {
  const request = await requestOf(job, { objects });
  if (request === undefined) throw new Error('A transaction is pending, but its request is missing.');
  const newId = (index: number): string => idOfKey({ type: `entry ${index}`, caller: 'transaction job', key: job.id });
  return runBundle(submittedBundle(request), { request, store, clock, dispatchOver, newId, transactionId: job.id });
}

async function requestOf({ id, headers, baseUrl, caller }: TransactionJob, { objects }: Pick<JobPorts, 'objects'>): Promise<OperationRequest | undefined> {
  const body = await requestText(id, objects);
  if (body === undefined) return undefined;
  return { method: 'POST', baseUrl, path: {}, query: '', headers: { ...headers, 'content-type': 'application/fhir+json' }, body, caller };
}

/** Contention and overload pass: nobody waits for the answer, so they are waited out. */
function isPassing({ status, issues }: FhirError, { attempts }: TransactionJob): boolean {
  const contended = status === 409 && issues.every(({ code }) => code === 'conflict');
  return (contended || status === 429 || status === 503) && attempts < maxJobAttempts;
}

function answer({ status, issues }: FhirError): JobResult {
  return { status, json: JSON.stringify(operationOutcome(issues)) };
}

function givenUp(): JobResult {
  const diagnostics =
    `The bundle could not be brought to an end in ${maxJobAttempts} attempts. ` +
    'It may have been applied: read its resources before you send it again.';
  return answer(new FhirError(500, [{ severity: 'fatal', code: 'exception', diagnostics }]));
}
