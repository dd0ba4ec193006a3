/**
 * Tells what becomes of long jobs. A change of status and the wish to tell of it are one write to the job's record; the
 * event is published then, and the wish goes when the bus has taken it. What a crash, or a bus that is out of reach, leaves
 * is told by the next one who changes the job or looks for it: at least once, never lost, in order for each job but for
 * repetition.
 *
 * `jobs#untold` / `{kind}#{id}#{status}` says, from before the change on, that there may be something to tell.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Key, OrderedTable } from '../../ports/ordered-table.ts';
import { jobItem, jobKey, jobOfItem } from './job-record.ts';
import type { JobKind, JobRecord, JobStatusChange } from './job-record.ts';

export interface JobAnnouncing {
  /** Resolves when the event is certain to reach those who follow. @throws Error when it is to be told again */
  tell(job: JobRecord, change: JobStatusChange): Promise<void>;
  /** Told of what could not be published yet: no job fails for it. */
  readonly report: (error: unknown) => void;
  /** Jobs that are being told of by this process: whoever changes them meanwhile would tell the same again. */
  readonly underway: Set<string>;
}

/** The table `jobs` of one data store, and how its jobs are told of. */
export interface AnnouncedPorts {
  readonly jobs: OrderedTable;
  readonly clock: Pick<Clock, 'now'>;
  /** Absent where nobody is told. */
  readonly announcing?: JobAnnouncing;
}

/** A change that is not written after this has died, and was none. */
export const untoldReservationMs = 60 * 1000;
/** Far more than jobs change in the time that a bus is out of reach; the others come when these are told. */
const maxUntoldItems = 200;
/** Writers of one job are its worker and who cancels it: more contention than this is a defect. */
const maxForgetAttempts = 20;

const untoldPartition = 'jobs#untold';

function untoldKey({ kind, id }: Pick<JobRecord, 'kind' | 'id'>, { status }: Pick<JobStatusChange, 'status'>): Key {
  return { pk: untoldPartition, sk: `${kind}#${id}#${status}` };
}

/** The record with the wish to tell of its status, where it is not what it was. To be written before the record is. */
export async function foretold(before: JobRecord | undefined, job: JobRecord, { jobs, clock, announcing }: AnnouncedPorts): Promise<JobRecord> {
  if (announcing === undefined || before?.status === job.status) return job;
  const change: JobStatusChange = { status: job.status, time: clock.now() };
  await jobs.put({ ...untoldKey(job, change), attributes: { time: change.time } });
  return { ...job, untold: [...(job.untold ?? []), change] };
}

/** Tells what is untold of a job, unless somebody here is at it. @returns the job as it is then */
export async function announceJob(job: JobRecord, { announcing, ...ports }: AnnouncedPorts): Promise<JobRecord> {
  if (announcing === undefined || job.untold === undefined || announcing.underway.has(job.id)) return job;
  announcing.underway.add(job.id);
  try {
    let current = job;
    while (current.untold !== undefined) current = await told(current, announcing, ports);
    return current;
  } catch (error) {
    announcing.report(error);
    return job;
  } finally {
    announcing.underway.delete(job.id);
  }
}

/** Jobs of which something may be untold; marks of changes that never were are tidied up on the way. */
export async function untoldJobs({ jobs, clock }: AnnouncedPorts): Promise<readonly JobRecord[]> {
  const { items } = await jobs.query({ pk: untoldPartition, limit: maxUntoldItems, strong: true });
  const found = new Map<string, JobRecord>();
  for (const { pk, sk, attributes = {} } of items) {
    const [kind, id, status] = sk.split('#') as [JobKind, string, string];
    const job = found.get(id) ?? (await recordOf({ kind, id }, jobs));
    const isUntold = job?.untold?.some((change) => change.status === status) ?? false;
    if (job !== undefined && isUntold) found.set(id, job);
    else if ((attributes['time'] as number) + untoldReservationMs < clock.now()) await jobs.delete({ pk, sk });
  }
  return [...found.values()];
}

/**
 * Tells what is untold of all jobs: for who comes by now and then.
 * @param graceMs how long a change is left to whoever made it
 */
export async function announceJobs(ports: AnnouncedPorts, graceMs = 0): Promise<void> {
  const due = ports.clock.now() - graceMs;
  for (const job of await untoldJobs(ports)) if (job.untold![0]!.time <= due) await announceJob(job, ports);
}

/** Tells everything that the record has, and has it forget that. */
async function told(job: JobRecord, { tell }: JobAnnouncing, ports: AnnouncedPorts): Promise<JobRecord> {
  const changes = job.untold ?? [];
  for (const change of changes) await tell(job, change);
  const kept = await forgotten(job, changes, ports);
  for (const change of changes) await ports.jobs.delete(untoldKey(job, change));
  return kept;
}

async function forgotten({ kind, id }: JobRecord, changes: readonly JobStatusChange[], { jobs }: AnnouncedPorts): Promise<JobRecord> {
  const isTold = ({ status }: JobStatusChange): boolean => changes.some((change) => change.status === status);
  for (let attempt = 0; attempt < maxForgetAttempts; attempt += 1) {
    const job = await recordOf({ kind, id }, jobs);
    if (job === undefined) throw new Error('A job was removed while it was being told of.');
    const { untold = [], ...rest } = job;
    const left = untold.filter((change) => !isTold(change));
    if (left.length === untold.length) return job;
    const next: JobRecord = { ...rest, ...(left.length === 0 ? {} : { untold: left }), revision: job.revision + 1 };
    const { written } = await jobs.put(jobItem(next), { attribute: 'revision', equals: job.revision });
    if (written) return next;
  }
  throw new Error('A job is changed by too many at once.');
}

async function recordOf(key: Pick<JobRecord, 'kind' | 'id'>, jobs: OrderedTable): Promise<JobRecord | undefined> {
  const item = await jobs.get(jobKey(key), { strong: true });
  return item === undefined ? undefined : jobOfItem(key.kind, item);
}
