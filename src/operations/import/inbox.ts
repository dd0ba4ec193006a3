/**
 * What is decided about the files of an inbox, on either runtime: which are to be imported, by which job, and where they go
 * then. The inbox of a data store is all that lies below `inbox/{datastoreId}/` in a bucket, but for `processed/` and
 * `failed/` there. Each file has a job of its own, so that what became of it is told by its job.
 *
 * The job's client token is made of the file and its revision: however often a file is announced or found, before a crash or
 * after it, it is imported once.
 */
import { createHash } from 'node:crypto';
import type { BucketObject, BucketPlace } from '../../ports/buckets.ts';
import type { JobRecord, JobStatus } from '../jobs/job-record.ts';
import type { WantedJob } from '../jobs/submit-job.ts';
import type { ValidationLevel } from '../validation-level.ts';
import { isInput } from './import-input.ts';
import { withEnding } from './output-name.ts';

const root = 'inbox/';
/** Beside the inbox: nothing below it is ever taken for input. */
const outputPrefix = 'inbox-outputs/';
/** Who asks for the jobs of files that ask for themselves. */
export const inboxCaller = 'inbox';

const inboxKey = /^inbox\/([0-9a-f]{32})\/(.+)$/s;
/** Folders of the inbox that hold what has been dealt with. */
const dealtWith = /^(?:processed|failed)\//;

/** Where files are dropped. */
export function inboxPrefix(datastoreId: string): string {
  return `${root}${datastoreId}/`;
}

export interface InboxFile {
  readonly datastoreId: string;
  /** Below the inbox. */
  readonly name: string;
}

/** @returns `undefined` for what is in no inbox, is dealt with, or is still being written as its name says */
export function inboxFile(key: string): InboxFile | undefined {
  const [, datastoreId = '', name = ''] = inboxKey.exec(key) ?? [];
  return name === '' || dealtWith.test(name) || !isInput(key) || name.split('/').some(isUnfinished) ? undefined : { datastoreId, name };
}

/** Names of files that somebody is still writing, or that nobody means. */
const unfinished = /^[.~]|(?:\.part|\.partial|\.tmp|\.temp|\.crdownload|~)$/i;

/** @param name a segment of a key */
export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

export interface FoundFile extends BucketPlace, Pick<BucketObject, 'revision' | 'putAt'> {}

/** How a runtime lets files of its inboxes be imported. */
export interface InboxTerms {
  readonly level: ValidationLevel;
  /** What reads the file and writes the outputs, where the runtime has roles. */
  readonly roleArn?: string;
  readonly kmsKeyId?: string;
}

/** @returns the job that imports the file: the same for the same revision of it */
export function inboxImport({ bucket, key, revision, putAt }: FoundFile, { level, roleArn, kmsKeyId }: InboxTerms): Omit<WantedJob, 'kind'> & { readonly clientToken: string } {
  // The inbox alone: events and lists tell of a job's input, and files are named after patients.
  const { datastoreId = '' } = inboxFile(key) ?? {};
  return {
    caller: inboxCaller,
    name: 'inbox',
    clientToken: createHash('sha256').update(JSON.stringify([bucket, key, revision, putAt])).digest('hex'),
    input: {
      InputDataConfig: { S3Uri: `s3://${bucket}/${inboxPrefix(datastoreId)}` },
      JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${bucket}/${outputPrefix}`, ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }) } },
      ...(roleArn === undefined ? {} : { DataAccessRoleArn: roleArn }),
      ValidationLevel: level,
      Files: [key],
    },
  };
}

/** Whether a job is that of a file of an inbox. */
export function isInboxJob({ caller, input }: Pick<JobRecord, 'caller' | 'input'>): boolean {
  return caller === inboxCaller && Array.isArray(input['Files']);
}

export type InboxVerdict = 'processed' | 'failed';

/** What becomes of a file whose job has ended so; `undefined` while it has not. A file of which any line failed, failed. */
export function inboxVerdict(status: JobStatus): InboxVerdict | undefined {
  if (status === 'COMPLETED') return 'processed';
  return status === 'COMPLETED_WITH_ERRORS' || status === 'FAILED' || status === 'CANCEL_COMPLETED' || status === 'CANCEL_FAILED' ? 'failed' : undefined;
}

/** Where the file goes: in a folder of its job, so that files of one name never meet. */
export function dealtWithKey({ datastoreId, name }: InboxFile, verdict: InboxVerdict, jobId: string): string {
  return `${inboxPrefix(datastoreId)}${verdict}/${jobId}/${name}`;
}

/** What lies beside a file that failed, as lines of JSON: the job's message, or what its `FAILURE/` says of the file. */
export function reasonsKey(dealtWith: string): string {
  return withEnding(dealtWith, '.reasons.ndjson');
}
