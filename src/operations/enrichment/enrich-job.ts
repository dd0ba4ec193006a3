/** What the record of an `$enrich` holds beside what all long jobs have, and what clients are told of it. */
import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { isJobId } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import type { OperationRequest } from '../operation.ts';

/** The searches whose documents are read, by type: a query string as it was sent. */
export interface EnrichInput {
  readonly baseUrl: string;
  readonly searches: readonly { readonly type: string; readonly query: string }[];
  /** Only what the engine has not read is asked for. */
  readonly unread?: boolean;
}

/** Told to whoever asks for it. */
export interface EnrichProgress {
  /** Documents that were found. */
  readonly documents: number;
  readonly read: number;
  /** Those whose status says why they were not. */
  readonly notRead: number;
  /** Those that could not be read now, and are pending. */
  readonly postponed: number;
  /** Faults in a row at one step; told to nobody. */
  readonly faults?: number;
  /** Visits in a row at which nobody's notes could be read; told to nobody. */
  readonly waits?: number;
}

/** Where it has come: the search, and the place in it. */
export interface EnrichSteps {
  readonly search: number;
  readonly cursor?: string;
  /** Documents of the page at this place that need no more, as `Type/id`: no more than a page has. */
  readonly done?: readonly string[];
}

export const noProgress: EnrichProgress = { documents: 0, read: 0, notRead: 0, postponed: 0 };

/** Of the counts alone. */
export function sumOf(one: EnrichProgress, other: EnrichProgress): EnrichProgress {
  return {
    documents: one.documents + other.documents, read: one.read + other.read, notRead: one.notRead + other.notRead, postponed: one.postponed + other.postponed,
  };
}

export function enrichInput({ input }: JobRecord): EnrichInput {
  return input as unknown as EnrichInput;
}

export function enrichProgress({ progress }: JobRecord): EnrichProgress {
  return progress as unknown as EnrichProgress;
}

export function enrichSteps({ steps }: JobRecord): EnrichSteps {
  return (steps as unknown as EnrichSteps | undefined) ?? { search: 0 };
}

/** As JSON, which these are. */
export function kept(value: EnrichInput | EnrichProgress | EnrichSteps): JsonObject {
  return value as unknown as JsonObject;
}

/** Where a client asks how the job goes. */
export function enrichStatusUrl(baseUrl: string, jobId: string): string {
  return `${baseUrl}/$enrich/${jobId}`;
}

/** The id in the path. @throws FhirError 404 when it is none */
export function enrichJobId({ path }: Pick<OperationRequest, 'path'>): string {
  const id = path['jobId'] ?? '';
  if (!isJobId(id)) throw noSuchEnrichment();
  return id;
}

/** @throws FhirError 404 when there is no such job, or it is kept no longer */
export async function enrichJob(request: Pick<OperationRequest, 'path'>, ports: Pick<JobPorts, 'jobs'>): Promise<JobRecord> {
  const job = await readJob('enrich', enrichJobId(request), ports);
  if (job === undefined) throw noSuchEnrichment();
  return job;
}

export function noSuchEnrichment(): Error {
  return notFound('There is no enrichment of this id, or it is no longer kept.');
}

/** In a hundred characters or fewer, for `X-Progress`. */
export function enrichProgressText(job: JobRecord): string {
  const { documents, read } = enrichProgress(job);
  return `${job.status}: ${documents} documents found, ${read} read`;
}

export function enrichResult(job: JobRecord): JsonObject {
  const { documents, read, notRead, postponed } = enrichProgress(job);
  const instant = (ms: number): string => new Date(ms).toISOString();
  const parameter: JsonObject[] = [
    { name: 'status', valueCode: job.status },
    { name: 'submitted', valueInstant: instant(job.submitted) },
    ...(job.ended === undefined ? [] : [{ name: 'ended', valueInstant: instant(job.ended) }]),
    { name: 'documents', valueInteger: documents },
    { name: 'read', valueInteger: read },
    { name: 'notRead', valueInteger: notRead },
    { name: 'postponed', valueInteger: postponed },
  ];
  return { resourceType: 'Parameters', parameter };
}
