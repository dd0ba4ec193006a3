/** What clients are told of a `$reindex`, as a Parameters resource (https://hl7.org/fhir/R4/parameters.html). */
import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { isJobId } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import type { OperationRequest } from '../operation.ts';
import { progressOf } from './reindex-job.ts';

/** Where a client asks how the job goes. */
export function statusUrl(baseUrl: string, jobId: string): string {
  return `${baseUrl}/$reindex/${jobId}`;
}

/** The id in the path. @throws FhirError 404 when it is none */
export function jobIdOf({ path }: Pick<OperationRequest, 'path'>): string {
  const id = path['jobId'] ?? '';
  if (!isJobId(id)) throw noSuchJob();
  return id;
}

/** @throws FhirError 404 when there is no such job, or it is kept no longer */
export async function reindexJob(request: Pick<OperationRequest, 'path'>, ports: Pick<JobPorts, 'jobs'>): Promise<JobRecord> {
  const job = await readJob('reindex', jobIdOf(request), ports);
  if (job === undefined) throw noSuchJob();
  return job;
}

export function noSuchJob(): Error {
  return notFound('There is no reindexing of this id, or it is no longer kept.');
}

/** In a hundred characters or fewer, for `X-Progress` (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---in-progress-status). */
export function progressText(job: JobRecord): string {
  const { examined, segments, segmentsDone } = progressOf(job);
  return `${job.status}: ${examined} resources examined, ${segmentsDone} of ${segments} parts done`;
}

export function reindexResult(job: JobRecord): JsonObject {
  const { examined, filed, removed, searchable = [], unused = [], unlisted = 0 } = progressOf(job);
  const parameter: JsonObject[] = [
    { name: 'status', valueCode: job.status },
    { name: 'submitted', valueInstant: instant(job.submitted) },
    ...(job.ended === undefined ? [] : [{ name: 'ended', valueInstant: instant(job.ended) }]),
    { name: 'resources', valueDecimal: examined },
    { name: 'entriesFiled', valueDecimal: filed },
    { name: 'entriesRemoved', valueDecimal: removed },
    ...searchable.map(({ url, code, types }): JsonObject => ({
      name: 'searchable',
      part: [{ name: 'definition', valueUri: url }, { name: 'code', valueCode: code }, ...types.map((type) => ({ name: 'base', valueCode: type }))],
    })),
    ...unused.map(({ url, reason }): JsonObject => ({
      name: 'notSearchable', part: [{ name: 'definition', valueUri: url }, { name: 'reason', valueString: reason }],
    })),
    ...(unlisted === 0 ? [] : [{ name: 'notSearchableUnlisted', valueInteger: unlisted }]),
  ];
  return { resourceType: 'Parameters', parameter };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
