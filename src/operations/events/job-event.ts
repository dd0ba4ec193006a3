/**
 * HealthLake's events of import and export jobs
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/monitoring-eventbridge.html), with the counts that HealthLake
 * leaves out in a field of ours.
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { PlatformEvent } from '../../ports/event-bus.ts';
import type { Place } from '../control/control-operation.ts';
import { datastoreArn } from '../control/datastore-arn.ts';
import type { JobRecord, JobStatus } from '../jobs/job-record.ts';
import { eventSource } from './event-source.ts';

const words: Readonly<Partial<Record<JobStatus, string>>> = {
  SUBMITTED: 'Submitted',
  IN_PROGRESS: 'In Progress',
  COMPLETED: 'Completed',
  COMPLETED_WITH_ERRORS: 'Completed With Errors',
  FAILED: 'Failed',
};

const kinds = {
  import: { word: 'Import', member: 'InputDataConfig', field: 'inputDataConfig' },
  export: { word: 'Export', member: 'OutputDataConfig', field: 'outputDataConfig' },
} as const;

export interface JobChange {
  /** The job as it is since. */
  readonly job: JobRecord;
  readonly datastoreId: string;
  /** When it came to its status, in milliseconds since the epoch. */
  readonly time: number;
}

/** @returns the event of the job's status, `undefined` where HealthLake has none: jobs of other kinds, and cancelled ones */
export function jobEvent({ job, datastoreId, time }: JobChange, place: Place): PlatformEvent | undefined {
  const word = words[job.status];
  if (word === undefined || job.kind === 'reindex') return undefined;
  const kind = kinds[job.kind];
  const uri = s3Uri(job.input[kind.member]);
  return {
    source: eventSource,
    detailType: `${kind.word} Job ${word}`,
    detail: {
      jobId: job.id,
      submitTime: new Date(job.submitted).toISOString(),
      datastoreId,
      ...(uri === undefined ? {} : { [kind.field]: { s3Uri: uri } }),
      ...(Object.keys(job.progress).length === 0 ? {} : { jobProgressReport: job.progress }),
    },
    time,
    resources: [datastoreArn(place, datastoreId)],
  };
}

/** Of HealthLake's InputDataConfig and OutputDataConfig: `{S3Uri}` or `{S3Configuration: {S3Uri}}`. */
function s3Uri(configuration: unknown): string | undefined {
  const { S3Uri: uri, S3Configuration: nested } = (configuration ?? {}) as { readonly S3Uri?: string; readonly S3Configuration?: JsonObject };
  return uri ?? (nested?.['S3Uri'] as string | undefined);
}
