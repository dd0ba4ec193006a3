/**
 * Takes a long job in. Everything that it needs to be begun, and begun again after a crash, is durable before its id is
 * told; what a crash in the middle leaves is taken up by the same client token, or given up after a while.
 *
 * Beside the records: `jobs#active` lists the jobs that have not ended, `jobs#token#{kind}` has the job of each client
 * token, `jobs#only` the last job of each kind of which there is one at a time.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../fhir/json.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Key, OrderedTable } from '../../ports/ordered-table.ts';
import { announceJob, foretold } from './announce-job.ts';
import type { AnnouncedPorts } from './announce-job.ts';
import { isEnded, jobItem, jobKey, jobOfItem, newJobId, submittedOf } from './job-record.ts';
import type { JobKind, JobRecord } from './job-record.ts';

/**
 * The table `jobs` of the data store, the clock, and `announcing`: whoever submits or changes jobs passes it, so that they
 * are told of (src/operations/events/job-announcing.ts; on AWS `announcedJobs` of src/aws/announced-jobs.ts).
 */
export type JobPorts = AnnouncedPorts;

/** A submission that is not complete after this has died; nobody heard of its job. */
export const jobReservationMs = 60 * 1000;

export interface WantedJob {
  readonly kind: JobKind;
  readonly caller: string;
  readonly input: JsonObject;
  readonly name?: string;
  /** The same token and the same wishes name the same job, however often they are sent. */
  readonly clientToken?: string;
  readonly progress?: JsonObject;
  /** The most of the kind that may not have ended, this one included; no bound unless given. One is held exactly. */
  readonly most?: number;
}

/** A job, or why there is none: as many as may be have not ended, or the client token was sent with other wishes. */
export type Submission =
  | { readonly job: JobRecord; readonly isNew: boolean }
  | { readonly refused: 'too-many' | 'token-reused'; readonly job?: JobRecord };

export async function submitJob(wanted: WantedJob, ports: JobPorts & { readonly ids: Pick<Ids, 'uuid'> }): Promise<Submission> {
  const { kind, caller, input, name, clientToken, progress = {}, most = Infinity } = wanted;
  const claimed = await claimToken(wanted, ports);
  const known = await readJob(kind, claimed, ports);
  if (known !== undefined) return isSame(known, wanted) ? { job: known, isNew: false } : { refused: 'token-reused', job: known };
  const job: JobRecord = {
    id: claimed, kind, status: 'SUBMITTED', submitted: submittedOf(claimed), caller, input, progress, revision: 1,
    ...(name === undefined ? {} : { name }), ...(clientToken === undefined ? {} : { clientToken }),
  };
  await ports.jobs.put(activeKey(job));
  const other = most === 1 ? await takeOnlyPlace(job, ports) : await beyond(most, job, ports);
  if (other !== undefined) {
    await ports.jobs.delete(activeKey(job));
    if (clientToken !== undefined) await ports.jobs.delete(tokenKey(job, clientToken), { attribute: 'job', equals: job.id });
    return { refused: 'too-many', ...(other === 'unknown' ? {} : { job: other }) };
  }
  const untold = await foretold(undefined, job, ports);
  const { written } = await ports.jobs.put(jobItem(untold), { attribute: 'revision', absent: true });
  // Another submission under the same token was quicker.
  return written ? { job: await announceJob(untold, ports), isNew: true } : { job: (await readJob(kind, claimed, ports)) ?? job, isNew: false };
}

export async function readJob(kind: JobKind, id: string, { jobs }: Pick<JobPorts, 'jobs'>): Promise<JobRecord | undefined> {
  const item = await jobs.get(jobKey({ kind, id }), { strong: true });
  return item === undefined ? undefined : jobOfItem(kind, item);
}

/** Jobs that have not ended, oldest first within a kind; submissions that died, and ends that were cut off, are tidied up on the way. */
export async function activeJobs({ jobs, clock }: JobPorts, only?: JobKind): Promise<readonly JobRecord[]> {
  const found: JobRecord[] = [];
  for (const { pk, sk } of await activeItems(jobs, only)) {
    const [kind, id] = sk.split('#') as [JobKind, string];
    const job = await readJob(kind, id, { jobs });
    if (job !== undefined && !isEnded(job)) found.push(job);
    else if (job !== undefined || submittedOf(id) + jobReservationMs < clock.now()) await jobs.delete({ pk, sk });
  }
  return found;
}

const activePartition = 'jobs#active';

export function activeKey({ kind, id }: Pick<JobRecord, 'kind' | 'id'>): Key {
  return { pk: activePartition, sk: `${kind}#${id}` };
}

/** The token's place, as a hash: a client may have made it of anything. */
export function tokenKey({ kind, caller }: Pick<JobRecord, 'kind' | 'caller'>, clientToken: string): Key {
  return { pk: `jobs#token#${kind}`, sk: createHash('sha256').update(JSON.stringify([caller, clientToken])).digest('hex') };
}

/** @returns the job's id: a new one, or that which the token was sent with before */
async function claimToken({ kind, caller, clientToken }: WantedJob, { jobs, clock, ids }: JobPorts & { readonly ids: Pick<Ids, 'uuid'> }): Promise<string> {
  const fresh = newJobId(clock.now(), ids);
  if (clientToken === undefined) return fresh;
  const outcome = await jobs.put({ ...tokenKey({ kind, caller }, clientToken), attributes: { job: fresh } }, { attribute: 'job', absent: true });
  return outcome.written ? fresh : String(outcome.found?.attributes?.['job']);
}

function isSame(known: JobRecord, { name, input }: WantedJob): boolean {
  return known.name === name && JSON.stringify(known.input) === JSON.stringify(input);
}

/** Takes the one place of the kind from a job that has ended, or never was. @returns the job that has it still */
async function takeOnlyPlace(job: JobRecord, { jobs, clock }: JobPorts): Promise<JobRecord | 'unknown' | undefined> {
  const place = { pk: 'jobs#only', sk: job.kind, attributes: { job: job.id } };
  const outcome = await jobs.put(place, { attribute: 'job', absent: true });
  if (outcome.written) return undefined;
  const holder = String(outcome.found?.attributes?.['job']);
  if (holder === job.id) return undefined;
  const other = await readJob(job.kind, holder, { jobs });
  if (other !== undefined && !isEnded(other)) return other;
  if (other === undefined && submittedOf(holder) + jobReservationMs >= clock.now()) return 'unknown';
  const { written } = await jobs.put(place, { attribute: 'job', equals: holder });
  return written ? undefined : 'unknown';
}

/** Counted with its own place taken, so that submissions side by side never exceed the bound; both may be refused. */
async function beyond(most: number, { kind }: JobRecord, { jobs }: JobPorts): Promise<'unknown' | undefined> {
  if (most === Infinity) return undefined;
  return (await activeItems(jobs, kind)).length > most ? 'unknown' : undefined;
}

/** Far more than may be active: the kinds have bounds. */
const maxActiveItems = 1000;

async function activeItems(jobs: OrderedTable, only: JobKind | undefined): Promise<readonly Key[]> {
  const range = only === undefined ? {} : { from: `${only}#`, to: `${only}$` };
  const { items } = await jobs.query({ pk: activePartition, ...range, limit: maxActiveItems, strong: true });
  return items;
}
