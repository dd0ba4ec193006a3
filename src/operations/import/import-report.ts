/**
 * What is told of an import's progress and of its end, in HealthLake's words
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_JobProgressReport.html).
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { ImportContext } from './import-dependencies.ts';
import { outputFolder } from './import-dependencies.ts';
import type { ImportSteps, ImportTotals } from './import-job.ts';
import type { AssembledFile } from './import-objects.ts';

export const noTotals: ImportTotals = { files: 0, importedFiles: 0, failedFiles: 0, sizeBytes: 0, importedBytes: 0, scanned: 0, imported: 0, failed: 0 };

/** The totals with one more file: it counts as imported when anything of it was, and as failed when anything of it was not. */
export function withFile(totals: ImportTotals, file: AssembledFile): ImportTotals {
  const isFailed = file.failed > 0 || file.refused;
  return {
    files: totals.files + 1,
    importedFiles: totals.importedFiles + (isFailed && file.imported === 0 ? 0 : 1),
    failedFiles: totals.failedFiles + (isFailed ? 1 : 0),
    sizeBytes: totals.sizeBytes + file.sizeBytes,
    importedBytes: totals.importedBytes + file.importedBytes,
    scanned: totals.scanned + file.scanned,
    imported: totals.imported + file.imported,
    failed: totals.failed + file.failed,
  };
}

/** Megabytes of 1,048,576 bytes, to the byte. */
function megabytes(bytes: number): number {
  return Number((bytes / 1024 / 1024).toFixed(6));
}

/** @param now ms since the epoch: `Throughput` is resources a second since the plan was made */
export function progressReport(totals: ImportTotals, { begun }: Pick<ImportSteps, 'begun'>, now: number): JsonObject {
  const seconds = Math.max(now - begun, 1) / 1000;
  return {
    TotalNumberOfScannedFiles: totals.files,
    TotalSizeOfScannedFilesInMB: megabytes(totals.sizeBytes),
    TotalNumberOfImportedFiles: totals.importedFiles,
    TotalNumberOfResourcesScanned: totals.scanned,
    TotalNumberOfResourcesImported: totals.imported,
    TotalNumberOfResourcesWithCustomerError: totals.failed,
    TotalNumberOfFilesReadWithCustomerError: totals.failedFiles,
    Throughput: Number((totals.scanned / seconds).toFixed(2)),
  };
}

/** `Manifest.json`. */
export function manifest(context: Pick<ImportContext, 'request' | 'datastoreId' | 'job'>, totals: ImportTotals): JsonObject {
  const { inputUri, outputUri, kmsKeyId, output } = context.request;
  const folder = `s3://${output.bucket}/${outputFolder(context)}`;
  return {
    inputDataConfig: { s3Uri: inputUri },
    outputDataConfig: { s3Uri: outputUri, ...(kmsKeyId === undefined ? {} : { encryptionKeyID: kmsKeyId }) },
    successOutput: { successOutputS3Uri: `${folder}SUCCESS/` },
    failureOutput: { failureOutputS3Uri: `${folder}FAILURE/` },
    numberOfScannedFiles: totals.files,
    numberOfFilesImported: totals.importedFiles,
    sizeOfScannedFilesInMB: megabytes(totals.sizeBytes),
    sizeOfDataImportedSuccessfullyInMB: megabytes(totals.importedBytes),
    numberOfResourcesScanned: totals.scanned,
    numberOfResourcesImportedSuccessfully: totals.imported,
    numberOfResourcesWithCustomerError: totals.failed,
    numberOfResourcesWithServerError: 0,
  };
}
