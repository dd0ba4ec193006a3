/**
 * What clients are told of an import that was begun by `$import`, or by StartFHIRImportJob, as the Bulk Data Import proposal
 * has it (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md#bulk-data-import-status-request).
 */
import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { isBeingCancelled, isJobId } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import type { OperationRequest } from '../operation.ts';
import { outputName } from './assemble-file.ts';
import { outputFolder } from './import-dependencies.ts';
import { importRequest, stepsOf } from './import-job.ts';
import type { FileResult, ImportRequest } from './import-job.ts';
import { kindOf } from './plan-import.ts';

/** Where a client asks how the job goes. */
export function importStatusUrl(baseUrl: string, jobId: string): string {
  return `${baseUrl}/$import/${jobId}`;
}

/** The id in the path. @throws FhirError 404 when it is none */
export function importIdOf({ path }: Pick<OperationRequest, 'path'>): string {
  const id = path['jobId'] ?? '';
  if (!isJobId(id)) throw noSuchImport();
  return id;
}

/** @throws FhirError 404 when there is no such job, it was cancelled, or it is kept no longer */
export async function importJob(request: Pick<OperationRequest, 'path'>, ports: Pick<JobPorts, 'jobs'>): Promise<JobRecord> {
  const job = await readJob('import', importIdOf(request), ports);
  if (job === undefined) throw noSuchImport();
  if (isBeingCancelled(job) || job.status === 'CANCEL_COMPLETED') throw notFound('The import was cancelled. What it had imported until then stays.');
  return job;
}

export function noSuchImport(): Error {
  return notFound('There is no import of this id, or it is no longer kept.');
}

const bytesOfMegabyte = 1024 * 1024;

/**
 * How much of the input is dealt with, 0 to 1; `undefined` until it is known how much there is. Of compressed files not
 * before they are.
 */
export function importedShare({ progress, ...job }: JobRecord): number | undefined {
  const steps = stepsOf(job);
  if (steps === undefined || steps.sizeBytes === 0) return undefined;
  const read = Number(progress['TotalSizeOfScannedFilesInMB'] ?? 0) * bytesOfMegabyte + (steps.partBytes ?? 0);
  return Math.min(1, read / steps.sizeBytes);
}

/** In fewer than a hundred characters, for `X-Progress`. */
export function importProgressText(job: JobRecord): string {
  const { TotalNumberOfResourcesImported: imported = 0, TotalNumberOfResourcesWithCustomerError: failed = 0 } = job.progress;
  const share = importedShare(job);
  const done = share === undefined ? '' : ` ${Math.floor(100 * share)} %,`;
  return `${job.status}:${done} ${Number(imported)} resources imported, ${Number(failed)} failed`;
}

interface Told {
  readonly job: JobRecord;
  readonly baseUrl: string;
  readonly datastoreId: string;
}

/** The manifest of an import that has ended. */
export function importResult({ job, baseUrl, datastoreId }: Told): JsonObject {
  const request = importRequest(job);
  const folder = `s3://${request.output.bucket}/${outputFolder({ request, datastoreId, job })}`;
  const results = stepsOf(job)?.results;
  const told = request.files === undefined || results === undefined ? ofPrefix(job, request, folder) : ofFiles(results, request, folder);
  return { transactionTime: new Date(job.submitted).toISOString(), request: `${baseUrl}/$import`, ...told };
}

interface Entries {
  readonly output: JsonObject[];
  readonly error: JsonObject[];
}

/** One entry each for a whole prefix: its files are told of in the folders. */
function ofPrefix({ progress }: JobRecord, { inputUri }: ImportRequest, folder: string): Entries & JsonObject {
  const [imported, failed] = [Number(progress['TotalNumberOfResourcesImported'] ?? 0), Number(progress['TotalNumberOfResourcesWithCustomerError'] ?? 0)];
  const files = Number(progress['TotalNumberOfFilesReadWithCustomerError'] ?? 0);
  return {
    output: [entry(inputUri, imported, imported === 0 ? undefined : `${folder}SUCCESS/`)],
    error: files === 0 ? [] : [entry(inputUri, failed, `${folder}FAILURE/`)],
  };
}

function ofFiles(results: readonly FileResult[], request: ImportRequest, folder: string): Entries & JsonObject {
  const files = (request.files ?? []).map((key, index) => ({
    uri: `s3://${request.input.bucket}/${key}`, name: outputName(request, { key, kind: kindOf(key) }), result: results[index] ?? { imported: 0, failed: 0 },
  }));
  return {
    output: files.map(({ uri, name, result: { imported } }) => entry(uri, imported, imported === 0 ? undefined : `${folder}SUCCESS/${name}`)),
    error: files.flatMap(({ uri, name, result: { failed, refused } }) => (failed === 0 && refused !== true ? [] : [entry(uri, failed, `${folder}FAILURE/${name}`)])),
  };
}

/** The proposal's text calls it `input`, its example `inputUrl`. */
function entry(input: string, count: number, url: string | undefined): JsonObject {
  return { ...(url === undefined ? {} : { type: 'OperationOutcome' }), input, inputUrl: input, count, ...(url === undefined ? {} : { url }) };
}
