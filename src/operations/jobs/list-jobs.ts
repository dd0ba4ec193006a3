/** HealthLake's lists of jobs, newest first (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ListFHIRImportJobs.html). */
import { badRequest } from '../../fhir/outcome.ts';
import { firstJobId, isJobId, jobOfItem, jobPartition } from './job-record.ts';
import type { JobKind, JobRecord, JobStatus } from './job-record.ts';
import type { JobPorts } from './submit-job.ts';

/** Jobs that one page looks at: beyond them it ends, with what it found, and goes on behind. */
export const maxExaminedJobs = 1000;

export interface JobFilter {
  readonly kind: JobKind;
  /** Most jobs a page, 1 to 500 with HealthLake. */
  readonly count: number;
  readonly name?: string;
  readonly status?: JobStatus;
  /** Milliseconds since the epoch, both exclusive. */
  readonly submittedBefore?: number;
  readonly submittedAfter?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface JobPage {
  readonly jobs: readonly JobRecord[];
  /** There may be more. A page may be empty and have it all the same. */
  readonly next?: string;
}

/** @throws FhirError 400 for an `after` that is none */
export async function listJobs(filter: JobFilter, { jobs }: Pick<JobPorts, 'jobs'>): Promise<JobPage> {
  const { kind, count, name, status, submittedBefore, submittedAfter } = filter;
  if (filter.after !== undefined && !isJobId(filter.after)) throw badRequest('The token of the next page is not valid. List from the beginning.');
  const bounds = {
    ...(submittedAfter === undefined ? {} : { from: firstJobId(Math.floor(submittedAfter) + 1) }),
    ...(submittedBefore === undefined ? {} : { to: firstJobId(Math.ceil(submittedBefore)) }),
  };
  const found: JobRecord[] = [];
  let after = filter.after;
  for (let examined = 0; examined < maxExaminedJobs;) {
    const page = await jobs.query({ pk: jobPartition(kind), ...bounds, after, descending: true, limit: count, strong: true });
    examined += Math.max(page.items.length, 1);
    for (const item of page.items) {
      const job = jobOfItem(kind, item);
      if ((name ?? job.name) !== job.name || (status ?? job.status) !== job.status) continue;
      found.push(job);
      if (found.length === count) return job.id === page.items.at(-1)!.sk && page.next === undefined ? { jobs: found } : { jobs: found, next: job.id };
    }
    if (page.next === undefined) return { jobs: found };
    after = page.next;
  }
  return { jobs: found, ...(after === undefined ? {} : { next: after }) };
}
