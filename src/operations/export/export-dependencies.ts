/** What the steps of an export are made with, and what they have in common. */
import { BucketRefused } from '../../ports/buckets.ts';
import type { Buckets } from '../../ports/buckets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { Exporting } from '../../store/exporting.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import { ExportFailed, exportRequest } from './export-job.ts';
import type { ExportRequest } from './export-job.ts';
import { exportNotes } from './export-objects.ts';
import type { ExportNotes } from './export-objects.ts';

export interface ExportDependencies extends JobPorts {
  readonly datastoreId: string;
  readonly exporting: Exporting;
  /** For what type filters name: value sets, lists, hierarchies. */
  readonly store: Pick<DataStore, 'read' | 'search' | 'searchParameters'>;
  /** The data store's own. */
  readonly objects: ObjectStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uuid'>;
  /** The buckets as the job may use them. @param roleArn the job's DataAccessRoleArn */
  readonly bucketsOf: (roleArn: string | undefined) => Buckets;
  /** Lays bytes under a key of the data store's objects; durable when it resolves. Done twice it comes to the same. */
  readonly keepContent: (key: string, content: AsyncIterable<Uint8Array>) => Promise<void>;
  /** The content of a Binary that lies in the data store's objects. */
  readonly openContent: (key: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
  /** In how many parts the store is read side by side. */
  readonly pieces: number;
  /** `exportFileBytes` unless given; the same for as long as a job lives. */
  readonly fileBytes?: number;
  /** Asked between resources: resolves when others, who have waited for a while, have had their turn. */
  readonly letOthers?: () => Promise<void> | undefined;
}

/** One job, as its steps see it. */
export interface ExportContext extends ExportDependencies {
  readonly job: JobRecord;
  readonly request: ExportRequest;
  readonly notes: ExportNotes;
}

export function exportContext(job: JobRecord, dependencies: ExportDependencies): ExportContext {
  return { ...dependencies, job, request: exportRequest(job), notes: exportNotes(dependencies.jobs, job.id) };
}

/** @returns `undefined` when the job has ended, is to end, or is none */
export async function workedOn(id: string, dependencies: ExportDependencies): Promise<ExportContext | undefined> {
  const job = await readJob('export', id, dependencies);
  return job === undefined || isEnded(job) || isBeingCancelled(job) ? undefined : exportContext(job, dependencies);
}

/** Does something with the bucket of the output. @throws ExportFailed for what the bucket refuses */
export async function withBucket<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BucketRefused) throw new ExportFailed(`OutputDataConfig: ${error.message}`, { cause: error });
    throw error;
  }
}
