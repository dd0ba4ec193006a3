/**
 * HealthLake's own answers about an export whose files go to a bucket
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-fhir-operations-export.html): the job's properties with
 * small first letters, dates as people write them, and once it has ended well the manifest beside them.
 */
import type { Json, JsonObject } from '../../fhir/json.ts';
import { isObject } from '../../fhir/json.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { kickOffUrlOf, listedFiles, organization } from './export-answer.ts';
import type { ExportManifest } from './export-job.ts';

export interface Told {
  readonly datastoreId: string;
  readonly baseUrl: string;
  /** Absent before the job has ended well. */
  readonly manifest: ExportManifest | undefined;
}

export function describedExport(job: JobRecord, { datastoreId, baseUrl, manifest }: Told): JsonObject {
  return {
    exportJobProperties: {
      jobId: job.id,
      ...(job.name === undefined ? {} : { jobName: job.name }),
      jobStatus: job.status,
      submitTime: humanDate(job.submitted),
      ...(job.ended === undefined ? {} : { endTime: humanDate(job.ended) }),
      datastoreId,
      ...outputOf(job, manifest),
      ...(job.message === undefined ? {} : { message: job.message }),
    },
    ...(manifest === undefined ? {} : outputs(job, manifest, baseUrl)),
  };
}

export function cancelledExport({ id, status }: JobRecord, datastoreId: string): JsonObject {
  return { exportJobProperties: { jobId: id, jobStatus: status, datastoreId } };
}

/** Of a job that has ended, the folder that it made. */
function outputOf({ input: { OutputDataConfig, DataAccessRoleArn } }: JobRecord, manifest: ExportManifest | undefined): JsonObject {
  const place = isObject(OutputDataConfig) ? OutputDataConfig['S3Configuration'] : undefined;
  const { S3Uri, KmsKeyId }: Readonly<Record<string, Json | undefined>> = isObject(place) ? place : {};
  return {
    outputDataConfig: { s3Configuration: { s3Uri: manifest?.folderUri ?? S3Uri ?? null, kmsKeyId: KmsKeyId ?? null } },
    dataAccessRoleArn: DataAccessRoleArn ?? null,
  };
}

function outputs(job: JobRecord, manifest: ExportManifest, baseUrl: string): JsonObject {
  const { transactionTime, folderUri = '' } = manifest;
  const listed = listedFiles(manifest, (name) => `${folderUri}${name}`);
  return {
    transactionTime: new Date(transactionTime).toISOString(),
    request: kickOffUrlOf(job, baseUrl),
    requiresAccessToken: false,
    ...organization(manifest),
    output: listed('resources'),
    deleted: listed('deleted'),
    error: listed('errors'),
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** As HealthLake tells it, in UTC: `Aug 26, 2023 1:46:56 PM`. */
export function humanDate(ms: number): string {
  const date = new Date(ms);
  const hour = date.getUTCHours();
  const [minutes, seconds] = [date.getUTCMinutes(), date.getUTCSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()} ${hour % 12 || 12}:${minutes}:${seconds} ${hour < 12 ? 'AM' : 'PM'}`;
}
