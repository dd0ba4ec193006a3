/**
 * The batches and transactions that run asynchronously, HealthLake's way: their state in a table, what was asked and
 * what came of it in the object store. Everything a job needs to begin anew after a crash is durable before the
 * client hears its id.
 *
 * In the table: `transaction#{id}`/`@` is the job; `transactions#pending` lists those that are not done, oldest
 * first; `transactions#done` those that are, by their end. Objects lie under `transactions/{id}/`.
 */
import { throttled } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Attributes, Item, Key, OrderedTable } from '../../ports/ordered-table.ts';
import type { OperationRequest } from '../operation.ts';
import { passed } from './entry-request.ts';

/** HealthLake's quota for a data store; what is over it is told to come back. */
export const maxPendingTransactions = 500;
/** A queue that is full empties by a few bundles a second. */
export const pendingRetryAfterSeconds = 5;
/** How long HealthLake keeps results. */
export const resultRetentionMs = 90 * 24 * 60 * 60 * 1000;
/** A submission that is not complete after this died half-way; its client never got an answer. */
export const reservationMs = 15 * 60 * 1000;
/** Results that one sweep removes: a sweep is a pause between jobs, not a job of its own. */
export const maxSweptResults = 100;

export interface JobPorts {
  /** The data store's own. */
  readonly jobs: OrderedTable;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface TransactionJob {
  readonly id: string;
  readonly state: 'SUBMITTED' | 'IN_PROGRESS' | 'DONE';
  readonly submitted: number;
  /** How often it was begun. */
  readonly attempts: number;
  readonly baseUrl: string;
  readonly caller: string;
  /** Of the submitting request, those that matter to its processing. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a job that is done: its answer's status and its end. */
  readonly status?: number;
  readonly finished?: number;
}

export interface JobResult {
  readonly status: number;
  /** The text of the response Bundle or of an OperationOutcome. */
  readonly json: string;
}

const pendingPartition = 'transactions#pending';
const donePartition = 'transactions#done';
const strong = { strong: true } as const;

function jobKey(id: string): Key {
  return { pk: `transaction#${id}`, sk: '@' };
}

/** Sorts as the instant does, until the year 5138. */
function listKey(pk: string, instantMs: number, id: string): Key {
  return { pk, sk: `${String(instantMs).padStart(14, '0')}#${id}` };
}

function listedId({ sk }: Key): string {
  return sk.slice(sk.indexOf('#') + 1);
}

const requestObject = (id: string): string => `transactions/${id}/request.json`;
const resultObject = (id: string): string => `transactions/${id}/result.json`;

/**
 * Takes a bundle in. A place is reserved before anything is stored, so that the limit holds for submissions that
 * come side by side.
 *
 * @returns the job's id; the job is durable
 * @throws FhirError 429 when {@link maxPendingTransactions} wait already
 */
export async function submitJob(request: OperationRequest, { jobs, objects, clock, ids }: JobPorts): Promise<string> {
  const id = ids.uuid();
  const submitted = clock.now();
  const place = listKey(pendingPartition, submitted, id);
  await jobs.put({ ...place, attributes: { state: 'reserved' } });
  const waiting = await list(jobs, { pk: pendingPartition, limit: maxPendingTransactions + 1 });
  if (waiting.length > maxPendingTransactions) {
    await jobs.delete(place);
    const diagnostics = `${maxPendingTransactions} asynchronous bundles are waiting already. Send this one again later.`;
    throw throttled(diagnostics, pendingRetryAfterSeconds);
  }
  const { baseUrl, caller } = request;
  const { prefer } = request.headers;
  const headers = { ...passed(request.headers), ...(prefer === undefined ? {} : { prefer }) };
  await objects.put(requestObject(id), new TextEncoder().encode(request.body ?? ''));
  await putJob(jobs, { id, state: 'SUBMITTED', submitted, attempts: 0, baseUrl, caller, headers });
  await jobs.put({ ...place, attributes: { state: 'ready' } });
  return id;
}

/** The job, also when its result is kept no longer and waits to be swept. */
export async function readJob(id: string, { jobs }: Pick<JobPorts, 'jobs'>): Promise<TransactionJob | undefined> {
  const item = await jobs.get(jobKey(id), strong);
  return item === undefined ? undefined : jobOfItem(id, item);
}

export function isExpired({ finished }: TransactionJob, clock: Clock): boolean {
  return finished !== undefined && finished + resultRetentionMs < clock.now();
}

/** Ids of the jobs that are not done, oldest first. Submissions that died are removed on the way. */
export async function pendingTransactionJobs(ports: JobPorts, submittedBefore = Infinity): Promise<readonly string[]> {
  const { jobs, clock } = ports;
  const items = await list(jobs, { pk: pendingPartition, limit: maxPendingTransactions * 2 });
  const ready: string[] = [];
  for (const item of items) {
    const submitted = Number.parseInt(item.sk, 10);
    if (submitted >= submittedBefore) continue;
    if (item.attributes?.['state'] === 'ready') ready.push(listedId(item));
    else if (submitted + reservationMs < clock.now()) await removeAll(listedId(item), item, ports);
  }
  return ready;
}

/** Counts the attempt before it is made. */
export async function beginJob(job: TransactionJob, { jobs }: Pick<JobPorts, 'jobs'>): Promise<TransactionJob> {
  const begun: TransactionJob = { ...job, state: 'IN_PROGRESS', attempts: job.attempts + 1 };
  await putJob(jobs, begun);
  return begun;
}

/** The result is durable before the job says it is done; what follows may be repeated by {@link tidyJob}. */
export async function finishJob(job: TransactionJob, result: JobResult, ports: JobPorts): Promise<TransactionJob> {
  await ports.objects.put(resultObject(job.id), new TextEncoder().encode(result.json));
  const done: TransactionJob = { ...job, state: 'DONE', status: result.status, finished: ports.clock.now() };
  await putJob(ports.jobs, done);
  return done;
}

/** Takes a job that is done off the list. Done twice it changes nothing. */
export async function tidyJob(job: TransactionJob, { jobs, objects }: JobPorts): Promise<void> {
  const { id, submitted, finished = submitted } = job;
  await objects.delete(requestObject(id));
  await jobs.put(listKey(donePartition, finished, id));
  await jobs.delete(listKey(pendingPartition, submitted, id));
}

/** The bundle as it was sent. */
export async function requestText(id: string, objects: ObjectStore): Promise<string | undefined> {
  return textOf(await objects.get(requestObject(id)));
}

export async function resultText(id: string, objects: ObjectStore): Promise<string | undefined> {
  return textOf(await objects.get(resultObject(id)));
}

/** Removes results that are no longer kept, the oldest first. @returns how many */
export async function sweepResults(ports: JobPorts): Promise<number> {
  const { sk: to } = listKey(donePartition, ports.clock.now() - resultRetentionMs, '');
  const items = await list(ports.jobs, { pk: donePartition, limit: maxSweptResults, to });
  for (const item of items) await removeAll(listedId(item), item, ports);
  return items.length;
}

/** The entry in the list goes last, so that a removal which is cut off is taken up again. */
async function removeAll(id: string, listed: Key, { jobs, objects }: JobPorts): Promise<void> {
  await objects.delete(requestObject(id));
  await objects.delete(resultObject(id));
  await jobs.delete(jobKey(id));
  await jobs.delete({ pk: listed.pk, sk: listed.sk });
}

async function list(jobs: OrderedTable, { pk, limit, to }: { pk: string; limit: number; to?: string }): Promise<readonly Item[]> {
  const found: Item[] = [];
  let after: string | undefined;
  do {
    const page = await jobs.query({ pk, to, after, limit: limit - found.length, strong: true });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return found;
}

async function putJob(jobs: OrderedTable, job: TransactionJob): Promise<void> {
  const { id, headers, status, finished, ...rest } = job;
  const attributes: Attributes = {
    ...rest,
    headers: JSON.stringify(headers),
    ...(status === undefined ? {} : { status }),
    ...(finished === undefined ? {} : { finished }),
  };
  await jobs.put({ ...jobKey(id), attributes });
}

function jobOfItem(id: string, { attributes = {} }: Item): TransactionJob {
  const { headers, ...rest } = attributes;
  return { ...(rest as unknown as TransactionJob), id, headers: JSON.parse(String(headers)) as Record<string, string> };
}

function textOf(body: Uint8Array | undefined): string | undefined {
  return body === undefined ? undefined : new TextDecoder().decode(body);
}
