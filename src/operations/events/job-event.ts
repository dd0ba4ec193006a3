/**
 * HealthLake's events of import and export jobs
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/monitoring-eventbridge.html), with the counts that HealthLake
 * leaves out in a field of ours.
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { PlatformEvent } from '../../ports/event-bus.ts';
import type { Place } from '../control/control-operation.ts';
import { datastoreArn } from '../control/datastore-arn.ts';
import type { JobKind, JobRecord, JobStatus } from '../jobs/job-record.ts';
import { eventSource } from './event-source.ts';

/** Those of HealthLake, and ours of a job that was cancelled, which HealthLake has no way to do. */
const words: Readonly<Partial<Record<JobStatus, string>>> = {
  SUBMITTED: 'Submitted',
  IN_PROGRESS: 'In Progress',
  COMPLETED: 'Completed',
  COMPLETED_WITH_ERRORS: 'Completed With Errors',
  FAILED: 'Failed',
  CANCEL_COMPLETED: 'Cancelled',
};

interface Kind {
  readonly word: string;
  readonly member?: string;
  readonly field?: string;
}

const kinds: Readonly<Record<JobKind, Kind>> = {
  import: { word: 'Import', member: 'InputDataConfig', field: 'inputDataConfig' },
  export: { word: 'Export', member: 'OutputDataConfig', field: 'outputDataConfig' },
  /** Ours. */
  reindex: { word: 'Reindex' },
  enrich: { word: 'Enrichment' },
};

export interface JobChange {
  /** The job as it is since. */
  readonly job: JobRecord;
  readonly datastoreId: string;
  /** When it came to its status, in milliseconds since the epoch. */
  readonly time: number;
}

/** @returns the event of the job's status, `undefined` for statuses on the way that are not told of */
export function jobEvent({ job, datastoreId, time }: JobChange, place: Place): PlatformEvent | undefined {
  const word = words[job.status];
  if (word === undefined) return undefined;
  const { word: kind, member, field } = kinds[job.kind];
  const uri = member === undefined ? undefined : s3Uri(job.input[member]);
  const counts = countsOf(job);
  return {
    source: eventSource,
    detailType: `${kind} Job ${word}`,
    detail: {
      jobId: job.id,
      submitTime: new Date(job.submitted).toISOString(),
      datastoreId,
      ...(uri === undefined || field === undefined ? {} : { [field]: { s3Uri: uri } }),
      ...(Object.keys(counts).length === 0 ? {} : { jobProgressReport: counts }),
      ...(job.message === undefined ? {} : { message: job.message }),
    },
    time,
    resources: [datastoreArn(place, datastoreId)],
  };
}

/** What a reindexing tells of definitions could be more than an event may have. */
function countsOf({ progress }: JobRecord): JsonObject {
  return Object.fromEntries(Object.entries(progress).filter(([, value]) => typeof value === 'number'));
}

/** Of HealthLake's InputDataConfig and OutputDataConfig: `{S3Uri}` or `{S3Configuration: {S3Uri}}`. */
function s3Uri(configuration: unknown): string | undefined {
  const { S3Uri: uri, S3Configuration: nested } = (configuration ?? {}) as { readonly S3Uri?: string; readonly S3Configuration?: JsonObject };
  return uri ?? (nested?.['S3Uri'] as string | undefined);
}
