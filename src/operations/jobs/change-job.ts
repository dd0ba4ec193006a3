/** Changes of a long job's record: progress, its end, a wish to cancel it, and its removal when it is kept no longer. */
import { announceJob, foretold } from './announce-job.ts';
import { activeKey, readJob, tokenKey } from './submit-job.ts';
import type { JobPorts } from './submit-job.ts';
import { firstJobId, isEnded, jobItem, jobKey, jobOfItem, jobPartition } from './job-record.ts';
import type { JobKind, JobRecord } from './job-record.ts';

/** How long HealthLake keeps what became of requests, from their submission on. */
export const jobRetentionMs = 90 * 24 * 60 * 60 * 1000;
/** Jobs that one sweep looks at. */
export const maxSweptJobs = 100;
/** Writers of one job are its worker and who cancels it: more contention than this is a defect. */
const maxChangeAttempts = 20;

export type JobChange = Partial<Pick<JobRecord, 'status' | 'progress' | 'steps' | 'message'>>;

/**
 * Changes a job that has not ended. A change to one of the last statuses ends it: the moment is noted and it goes from the
 * list of active ones. What it comes to is told where somebody is to be told.
 *
 * @param decide what to change about the job as it is; `undefined` leaves it. May be called again when another was quicker
 * @returns the job as it is then; `undefined` when there is none
 */
export async function changeJob(
  key: Pick<JobRecord, 'kind' | 'id'>, decide: (job: JobRecord) => JobChange | undefined, ports: JobPorts,
): Promise<JobRecord | undefined> {
  const { jobs, clock } = ports;
  for (let attempt = 0; attempt < maxChangeAttempts; attempt += 1) {
    const job = await readJob(key.kind, key.id, { jobs });
    if (job === undefined || isEnded(job)) return job;
    const change = decide(job);
    if (change === undefined) return job;
    const changed: JobRecord = { ...job, ...change, revision: job.revision + 1 };
    const next = await foretold(job, isEnded(changed) ? { ...changed, ended: clock.now() } : changed, ports);
    const { written } = await jobs.put(jobItem(next), { attribute: 'revision', equals: job.revision });
    if (!written) continue;
    if (isEnded(next)) await jobs.delete(activeKey(next));
    return announceJob(next, ports);
  }
  throw new Error('A job is changed by too many at once.');
}

/** Asks for the end of a job; its worker brings it about. One that has ended stays as it is. */
export function cancelJob(key: Pick<JobRecord, 'kind' | 'id'>, ports: JobPorts): Promise<JobRecord | undefined> {
  return changeJob(key, ({ status }) => (status.startsWith('CANCEL') ? undefined : { status: 'CANCEL_SUBMITTED' }), ports);
}

/** Removes jobs that have ended and were submitted longer ago than they are kept. @returns how many */
export async function sweepJobs(kind: JobKind, { jobs, clock }: JobPorts): Promise<number> {
  const to = firstJobId(clock.now() - jobRetentionMs);
  const { items } = await jobs.query({ pk: jobPartition(kind), to, limit: maxSweptJobs, strong: true });
  const done = items.map((item) => jobOfItem(kind, item)).filter(isEnded);
  for (const job of done) {
    if (job.clientToken !== undefined) await jobs.delete(tokenKey(job, job.clientToken), { attribute: 'job', equals: job.id });
    await jobs.delete(jobKey(job));
  }
  return done.length;
}
