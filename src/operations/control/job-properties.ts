/**
 * HealthLake's properties of import and export jobs, from the records that jobs keep
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ImportJobProperties.html).
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { DatastoreRecord, DatastoreStatus } from '../datastore/datastore-record.ts';
import type { JobKind, JobRecord } from '../jobs/job-record.ts';
import { isJobId } from '../jobs/job-record.ts';
import { listJobs } from '../jobs/list-jobs.ts';
import { readJob } from '../jobs/submit-job.ts';
import { resourceNotFound } from './control-error.ts';
import type { ControlDependencies, InputOf, Output } from './control-operation.ts';
import { seconds } from './datastore-properties.ts';
import { knownDatastore } from './known-datastore.ts';
import { defaultMaxResults, openedToken, sealedToken } from './page.ts';

/** Members of a request that the properties of its job repeat. */
const repeated = {
  import: ['InputDataConfig', 'JobOutputDataConfig', 'DataAccessRoleArn', 'ValidationLevel'],
  export: ['OutputDataConfig', 'DataAccessRoleArn'],
} as const;

/** The kinds that HealthLake's own API tells of. */
export type ToldKind = Extract<JobKind, keyof typeof repeated>;

/** The statuses in which a store's tables are there. */
const withTables: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

type JobList = InputOf<'ListFHIRImportJobs'>;

export function jobProperties(job: JobRecord, datastoreId: string): Output {
  const kind = job.kind as ToldKind;
  return {
    JobId: job.id,
    JobName: job.name,
    JobStatus: job.status,
    SubmitTime: seconds(job.submitted),
    EndTime: job.ended === undefined ? undefined : seconds(job.ended),
    DatastoreId: datastoreId,
    ...picked(job.input, repeated[kind]),
    ...(kind === 'import' && Object.keys(job.progress).length > 0 ? { JobProgressReport: job.progress } : {}),
    Message: job.message,
  };
}

function picked(input: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]));
}

/** @throws ControlError ResourceNotFoundException */
export async function describedJob(kind: ToldKind, { DatastoreId, JobId }: InputOf<'DescribeFHIRImportJob'>, dependencies: ControlDependencies): Promise<Output> {
  const store = await knownDatastore(DatastoreId, dependencies);
  const job = withTables.has(store.status) && isJobId(JobId) ? await readJob(kind, JobId, { jobs: dependencies.jobsOf(store) }) : undefined;
  if (job === undefined) throw resourceNotFound(`The data store has no ${kind} job of this id.`);
  return jobProperties(job, store.id);
}

/** Newest first. @throws ControlError ResourceNotFoundException, ValidationException */
export async function listedJobs(
  kind: ToldKind, input: JobList, dependencies: ControlDependencies,
): Promise<{ readonly jobs: readonly Output[]; readonly NextToken: string | undefined }> {
  const { NextToken, MaxResults = defaultMaxResults, ...asked } = input;
  const { DatastoreId, JobName: name, JobStatus: status, SubmittedBefore: before, SubmittedAfter: submittedAfter } = asked;
  const store: DatastoreRecord = await knownDatastore(DatastoreId, dependencies);
  if (store.status === 'DELETED' || store.status === 'DELETING') throw resourceNotFound(`The data store is ${store.status}.`);
  const question = { kind, ...asked };
  const after = await openedToken(NextToken, question, dependencies.secret);
  if (!withTables.has(store.status)) return { jobs: [], NextToken: undefined };
  const { jobs, next } = await listJobs({
    kind,
    count: MaxResults,
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
    ...(before === undefined ? {} : { submittedBefore: before * 1000 }),
    ...(submittedAfter === undefined ? {} : { submittedAfter: submittedAfter * 1000 }),
    ...(after === undefined ? {} : { after }),
  }, { jobs: dependencies.jobsOf(store) });
  return {
    jobs: jobs.map((job) => jobProperties(job, store.id)),
    NextToken: next === undefined ? undefined : await sealedToken(next, question, dependencies.secret),
  };
}
