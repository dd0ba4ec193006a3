/** Works on the long jobs of one data store, whatever their kind, for a loop that comes back to them. */
import { sweepJobs } from './change-job.ts';
import { jobKinds } from './job-record.ts';
import type { JobKind } from './job-record.ts';
import { activeJobs } from './submit-job.ts';
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

export function jobRunner(workers: Readonly<Partial<Record<JobKind, JobWorker>>>, ports: JobPorts): JobRunner {
  return {
    async pending() {
      const jobs = await activeJobs(ports);
      return jobs.filter(({ kind }) => workers[kind] !== undefined).map(({ kind, id }) => `${kind}/${id}`);
    },
    run(name) {
      const [kind, id] = name.split('/') as [JobKind, string];
      const worker = workers[kind];
      if (worker === undefined) throw new Error(`Nobody works on jobs of the kind ${kind}.`);
      return worker(id);
    },
    async sweep() {
      let removed = 0;
      for (const kind of jobKinds) removed += await sweepJobs(kind, ports);
      return removed;
    },
  };
}
