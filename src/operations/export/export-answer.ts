/** What clients of the FHIR interface are told of an export (https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest). */
import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { isJobId } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import { exportRequest, totalsOf } from './export-job.ts';
import type { ExportedFile, ExportedKind, ExportManifest } from './export-job.ts';

/** Where a client asks how the job goes: HealthLake's path. */
export function exportStatusUrl(baseUrl: string, jobId: string): string {
  return `${baseUrl}/export/${jobId}`;
}

/** An answer that is no resource. */
export function ownAnswer({ status, headers, value }: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly value: JsonObject }): OperationResponse {
  return { status, headers: { ...headers, 'Content-Type': 'application/json' }, json: JSON.stringify(value) };
}

/** @throws FhirError 404 when there is no such job, or it is kept no longer */
export async function exportJob({ path }: Pick<OperationRequest, 'path'>, ports: Pick<JobPorts, 'jobs'>): Promise<JobRecord> {
  const id = path['jobId'] ?? '';
  const job = isJobId(id) ? await readJob('export', id, ports) : undefined;
  if (job === undefined) throw noSuchExport();
  return job;
}

export function noSuchExport(): Error {
  return notFound('There is no export of this id. It never was, was deleted, or its time is over.');
}

/** HealthLake's form, or its own API: the files lie in a bucket of whoever asked, and we serve none. */
export function isBucketExport(job: Pick<JobRecord, 'input'>): boolean {
  return exportRequest(job).output.place === 'bucket';
}

/** In fewer than a hundred characters, for `X-Progress`. */
export function exportProgress(job: JobRecord): string {
  const { resources, piecesDone, pieces } = totalsOf(job);
  if (pieces === 0) return `${job.status}: about to begin`;
  return `${job.status}: ${resources} resources, ${Math.floor((100 * piecesDone) / pieces)}% of the parts done`;
}

/** @param baseUrl under which the client asks: the links lead there, and need what this request needs */
export function standardManifest(job: JobRecord, manifest: ExportManifest, baseUrl: string): JsonObject {
  const listed = listedFiles(manifest, (name) => `${exportStatusUrl(baseUrl, job.id)}/${name}`);
  return {
    transactionTime: new Date(manifest.transactionTime).toISOString(),
    request: kickOffUrlOf(job, baseUrl),
    requiresAccessToken: true,
    ...organization(manifest),
    output: listed('resources'),
    deleted: listed('deleted'),
    error: listed('errors'),
  };
}

/** Of a job that began elsewhere than here, the request that would have asked for the same. */
export function kickOffUrlOf({ input }: Pick<JobRecord, 'input'>, baseUrl: string): string {
  return typeof input['request'] === 'string' ? input['request'] : `${baseUrl}/$export`;
}

export function organization({ organizedBy }: ExportManifest): JsonObject {
  return organizedBy === undefined ? {} : { outputOrganizedBy: organizedBy };
}

/** Files of blocks have no one type. @param urlOf by the name of a file */
export function listedFiles({ files, organizedBy }: ExportManifest, urlOf: (name: string) => string): (kind: ExportedKind) => JsonObject[] {
  const listed = ({ kind, type, name, count, continuesIn }: ExportedFile): JsonObject => ({
    ...(kind === 'resources' && organizedBy !== undefined ? {} : { type }),
    url: urlOf(name),
    ...(continuesIn === undefined ? {} : { continuesInFile: urlOf(continuesIn) }),
    count,
  });
  return (kind) => files.filter((file) => file.kind === kind).map(listed);
}
