/** Works on the long jobs of one data store, whatever their kind, for a loop that comes back to them. */
import { announceJob, untoldJobs } from './announce-job.ts';
import { sweepJobs } from './change-job.ts';
import { jobKinds } from './job-record.ts';
import type { JobKind } from './job-record.ts';
import { activeJobs, readJob } from './submit-job.ts';
import type { JobPorts } from './submit-job.ts';

/** Works on a job for a while, or until it has to wait. @returns when to go on, ms from now; `undefined` at its end */
export type JobWorker = (id: string) => Promise<number | undefined>;

export interface JobRunner {
  /** Names of the jobs that have not ended. */
  pending(): Promise<readonly string[]>;
  /** @throws when the job is to be gone on with later */
  run(name: string): Promise<number | undefined>;
  /** Removes what is no longer kept. */
  sweep(): Promise<number>;
}

/** What could not be told is told again after so long. */
const tellAgainMs = 5000;

export function jobRunner(workers: Readonly<Partial<Record<JobKind, JobWorker>>>, ports: JobPorts): JobRunner {
  return {
    async pending() {
      const jobs = await activeJobs(ports);
      const worked = jobs.filter(({ kind }) => workers[kind] !== undefined);
      return [...new Set([...worked, ...await untoldJobs(ports)].map(({ kind, id }) => `${kind}/${id}`))];
    },
    async run(name) {
      const [kind, id] = name.split('/') as [JobKind, string];
      const job = await readJob(kind, id, ports);
      if (job?.untold !== undefined) await announceJob(job, ports);
      const againAfterMs = await workers[kind]?.(id);
      if (againAfterMs !== undefined) return againAfterMs;
      const { untold } = (await readJob(kind, id, ports)) ?? {};
      return untold === undefined || ports.announcing === undefined ? undefined : tellAgainMs;
    },
    async sweep() {
      let removed = 0;
      for (const kind of jobKinds) removed += await sweepJobs(kind, ports);
      return removed;
    },
  };
}
