/**
 * What a bulk import works on, from its request to its pieces, in HealthLake's terms
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/importing-fhir-data.html), and what its steps hand to each other.
 *
 * The steps, on either runtime: `planImport` lists the files; for each file `unpackSome` until it is unpacked, where
 * it is compressed, `loadPiece` for each of its pieces in any order and side by side, `assembleFile` when all are loaded; `finishImport`. Each may be
 * cut off anywhere and run again, or twice at a time.
 */
import type { JsonObject } from '../../fhir/json.ts';
import { isObject } from '../../fhir/json.ts';
import type { BucketPlace } from '../../ports/buckets.ts';
import type { JobRecord, JobStatus } from '../jobs/job-record.ts';
import type { ValidationLevel } from '../validation-level.ts';

/** Files are cut into pieces of this size at the ends of lines: some seconds of work, and little to do again after a crash. */
export const pieceBytes = 4 * 1024 * 1024;

/** HealthLake's quotas for one job. */
export const maxFiles = 1_000_000;
export const maxFileBytes = 50 * 1024 ** 3;
export const maxJobBytes = 5000 * 1024 ** 3;

export type FileKind = 'ndjson' | 'gzip' | 'bundle' | 'unknown';

/** A file of the input. */
export interface ImportFile {
  /** From 0, in the order of the keys: what decides between lines of one id. */
  readonly file: number;
  readonly key: string;
  readonly sizeBytes: number;
  readonly revision: string;
  readonly kind: FileKind;
}

/** A part of a file, in bytes of it, or of its uncompressed content; the lines that begin in it are its own. */
export interface ImportPiece {
  /** From 0 in its file. */
  readonly piece: number;
  readonly begin: number;
  /** Exclusive. */
  readonly end: number;
}

/** What is asked for, from the job's input. */
export interface ImportRequest {
  readonly input: BucketPlace;
  /** The folder `{output}/{datastoreId}-FHIR_IMPORT-{jobId}` lies under this key. */
  readonly output: BucketPlace;
  /** The keys that are to be read, in the order in which their lines win; absent for all that begin with that of `input`. */
  readonly files?: readonly string[];
  readonly inputUri: string;
  readonly outputUri: string;
  readonly kmsKeyId?: string;
  readonly roleArn?: string;
  readonly level: ValidationLevel;
  /** Whether Provenance resources tell where what is imported came from. */
  readonly provenance: boolean;
  /** Whether versions of what is new begin with the number that the resource brings along. */
  readonly keepsVersions: boolean;
  /** Of `$import`: a URI for all that is imported. */
  readonly inputSource?: string;
}

export interface PieceCounts {
  /** Lines that have been gone through, empty ones included. */
  readonly lines: number;
  readonly scanned: number;
  readonly imported: number;
  readonly failed: number;
  /** Bytes of the lines that were imported. */
  readonly importedBytes: number;
}

/** What the files so far came to. */
export interface ImportTotals {
  readonly files: number;
  readonly importedFiles: number;
  readonly failedFiles: number;
  readonly sizeBytes: number;
  readonly importedBytes: number;
  readonly scanned: number;
  readonly imported: number;
  readonly failed: number;
}

export interface FileResult {
  readonly imported: number;
  readonly failed: number;
  /** True for a file that could not be read, or not to its end. */
  readonly refused?: true;
}

/** Where an import stands, kept as the job's `steps`. */
export type ImportPhase = 'planned' | 'assembled';

export interface ImportSteps {
  readonly phase: ImportPhase;
  readonly files: number;
  readonly sizeBytes: number;
  /** When the plan was made, ms since the epoch: throughput counts from here. */
  readonly begun: number;
  /** Embedded, the file to go on with: those before it are assembled. */
  readonly file: number;
  /** Embedded, what those before it came to. */
  readonly totals?: ImportTotals;
  /** Embedded, the bytes of lines in the pieces of `file` that are loaded. */
  readonly partBytes?: number;
  /** What the job ends with, from `assembled` on. */
  readonly status?: JobStatus;
  /** What each file came to, from `assembled` on, where the files are named. */
  readonly results?: readonly FileResult[];
}

/** The job cannot go on, for a reason that whoever asked for it can change: its Message. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}

/** What a job keeps goes when it ends, or with the disk: objects are no part of a backup. */
export function keptIsGone(): ImportFailed {
  return new ImportFailed('What the import had kept is not there any more, as when the disk was full, or after a restore of the data store. What is imported stays; make room, and import again.');
}

/** @param uri as the API's model has it: `s3://bucket/prefix` */
export function bucketPlace(uri: string): BucketPlace {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}

/** @throws Error for an input that StartFHIRImportJob would not have taken in */
export function importRequest({ input }: Pick<JobRecord, 'input'>): ImportRequest {
  const inputUri = textAt(input, 'InputDataConfig', 'S3Uri');
  const outputUri = textAt(input, 'JobOutputDataConfig', 'S3Configuration', 'S3Uri');
  if (inputUri === undefined || outputUri === undefined) throw new Error('An import names neither its input nor its output.');
  const [kmsKeyId, roleArn] = [textAt(input, 'JobOutputDataConfig', 'S3Configuration', 'KmsKeyId'), textAt(input, 'DataAccessRoleArn')];
  const inputSource = textAt(input, 'InputSource');
  return {
    inputUri, outputUri, input: bucketPlace(inputUri), output: bucketPlace(outputUri),
    level: (textAt(input, 'ValidationLevel') ?? 'strict') as ValidationLevel,
    provenance: input['ProvenanceEnabled'] === true,
    keepsVersions: input['KeepVersions'] === true,
    ...(inputSource === undefined ? {} : { inputSource }),
    ...(isTexts(input['Files']) ? { files: input['Files'] } : {}),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }), ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** Ours, of `$import` and of inboxes: HealthLake's API has prefixes alone. */
function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function textAt(input: JsonObject, ...names: readonly string[]): string | undefined {
  let value: unknown = input;
  for (const name of names) value = isObject(value) ? value[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** As JSON, which they are. */
export function keptSteps(steps: ImportSteps): JsonObject {
  return steps as unknown as JsonObject;
}

export function stepsOf({ steps }: Pick<JobRecord, 'steps'>): ImportSteps | undefined {
  return steps as unknown as ImportSteps | undefined;
}

/** The pieces of a file that is not compressed; of one that is, by the size of its content. A bundle is one. */
export function piecesOf({ kind }: Pick<ImportFile, 'kind'>, sizeBytes: number): readonly ImportPiece[] {
  if (kind === 'bundle' || kind === 'unknown') return [{ piece: 0, begin: 0, end: sizeBytes }];
  const count = Math.max(1, Math.ceil(sizeBytes / pieceBytes));
  return Array.from({ length: count }, (_, piece) => ({
    piece, begin: piece * pieceBytes, end: Math.min(sizeBytes, (piece + 1) * pieceBytes),
  }));
}
