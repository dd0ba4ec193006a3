/**
 * `$export`: begins the export of all data, of all patients, or of the patients of a group
 * (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-kick-off-request, version 3.0.0), in the standard's form or in
 * HealthLake's, whose files go to a bucket
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-fhir-operations-export.html).
 */
import { badRequest, conflict, notFound, payloadTooLarge, throttled } from '../fhir/outcome.ts';
import type { Ids } from '../ports/ids.ts';
import { exportStatusUrl, ownAnswer } from './export/export-answer.ts';
import { exportInput, maxActiveExports } from './export/export-job.ts';
import type { ExportLevel, ExportRequest } from './export/export-job.ts';
import { askedExport } from './export/parse-export.ts';
import { postedExport } from './export/posted-export.ts';
import type { BucketWishes } from './export/posted-export.ts';
import { bucketOutput } from './export/start-export.ts';
import type { JobRecord } from './jobs/job-record.ts';
import { submitJob } from './jobs/submit-job.ts';
import type { JobPorts, Submission } from './jobs/submit-job.ts';
import type { Operation, OperationRequest, OperationResponse, StoreOf } from './operation.ts';
import { parseParameters } from './parameters.ts';
import { preferences } from './prefer.ts';
import { informed } from './written.ts';

/** As JSON: what a job asks for lies in an item of a table, beside what it has come to. */
export const maxExportInputBytes = 300 * 1024;
/** Patients that are looked for at a time. */
const patientsAtOnce = 100;
/** When to ask again where as many exports as may be have not ended, in seconds. */
const retryAfterSeconds = 120;

export interface StartExportDependencies extends JobPorts, StoreOf<'read' | 'readMany' | 'searchParameters'> {
  readonly datastoreId: string;
  readonly ids: Pick<Ids, 'uuid'>;
  /** Has the job worked on. May be called again for a job that is being worked on. */
  readonly wake: (jobId: string) => Promise<void> | void;
}

/**
 * Answers 202 with the `Content-Location` of the job. @throws FhirError 400, 404 for a Group or patient that there is not,
 * 429 where too many have not ended
 */
export function startExport(dependencies: StartExportDependencies): Operation {
  return async (request) => {
    const asked = await askedOf(request, dependencies);
    const { bucket, wanted } = asked;
    await requireSubjects(wanted, dependencies);
    const input = exportInput(wanted, { request: kickOffUrl(request, wanted), ...bucket?.told });
    if (Buffer.byteLength(JSON.stringify(input)) > maxExportInputBytes) throw payloadTooLarge('The parameters are longer than an export takes. Name fewer patients, searches or elements.');
    const submission = await submitJob({
      kind: 'export', caller: request.caller, input, most: maxActiveExports,
      ...(bucket?.name === undefined ? {} : { name: bucket.name }), ...(bucket?.clientToken === undefined ? {} : { clientToken: bucket.clientToken }),
    }, dependencies);
    const job = submitted(submission);
    await dependencies.wake(job.id);
    return accepted(request, job, { datastoreId: dependencies.datastoreId, isHealthLakes: bucket !== undefined });
  };
}

interface Asked {
  readonly wanted: ExportRequest;
  readonly bucket: BucketWishes | undefined;
}

async function askedOf(request: OperationRequest, { store, datastoreId }: StartExportDependencies): Promise<Asked> {
  const { method, baseUrl, query, headers, path } = request;
  const { respondAsync, handling } = preferences(headers['prefer']);
  if (!respondAsync && handling !== 'lenient') throw badRequest('An export is made while nobody waits for it. Send Prefer: respond-async.');
  const { parameters, bucket } = postedExport(request, datastoreId);
  const level = levelOf(path);
  const { wishes, ignored } = askedExport([...parseParameters(query), ...parameters], {
    // HealthLake's answers have no place to tell what was left out.
    level, method, baseUrl, strict: handling === 'strict' || bucket !== undefined, searchParameters: await store.searchParameters(),
  });
  const output = bucket === undefined ? { place: 'store' as const } : bucketOutput(bucket.told);
  const group = level === 'group' ? { group: path['id']! } : {};
  return { bucket, wanted: { level, ...group, ...wishes, ...(ignored.length === 0 ? {} : { remarks: ignored }), baseUrl, output } };
}

function levelOf({ type }: OperationRequest['path']): ExportLevel {
  if (type === undefined) return 'system';
  return type === 'Group' ? 'group' : 'patient';
}

/** @throws FhirError 404 for a group or a patient that there is not: nothing would be exported, and nobody would know why */
async function requireSubjects({ group, patients = [] }: ExportRequest, { store }: StartExportDependencies): Promise<void> {
  if (group !== undefined && (await store.read('Group', group))?.json === undefined) throw notFound('There is no Group with this id.');
  for (let from = 0; from < patients.length; from += patientsAtOnce) {
    const found = await store.readMany(patients.slice(from, from + patientsAtOnce).map((id) => ({ type: 'Patient', id })));
    if (found.some((version) => version?.json === undefined)) throw notFound('One of the patients that the parameter patient names is not stored here.');
  }
}

/** The URL that was sent; of a posted body it tells nothing. */
function kickOffUrl({ baseUrl, query, path: { type, id } }: OperationRequest, { level }: ExportRequest): string {
  const scope = { system: '', patient: `/${type}`, group: `/${type}/${id}` }[level];
  return `${baseUrl}${scope}/$export${query === '' ? '' : `?${query}`}`;
}

function submitted(submission: Submission): JobRecord {
  if (!('refused' in submission)) return submission.job;
  if (submission.refused === 'token-reused') throw conflict('The ClientToken came with another request before. Send a new one.');
  throw throttled('As many exports as may be have not ended. Send the request again when one has.', retryAfterSeconds);
}

function accepted({ baseUrl }: OperationRequest, { id, status }: JobRecord, { datastoreId, isHealthLakes }: { readonly datastoreId: string; readonly isHealthLakes: boolean }): OperationResponse {
  const headers = { 'Content-Location': exportStatusUrl(baseUrl, id) };
  if (isHealthLakes) return ownAnswer({ status: 202, headers, value: { datastoreId, jobStatus: status, jobId: id } });
  return { status: 202, headers, json: informed('The export was submitted. Content-Location tells how it goes.') };
}
