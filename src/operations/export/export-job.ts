/**
 * What a bulk export works on, from its request to its files, and what its steps hand to each other
 * (https://hl7.org/fhir/uv/bulkdata/export.html, version 3.0.0;
 * https://docs.aws.amazon.com/healthlake/latest/devguide/exporting-fhir-data.html).
 *
 * The steps, on either runtime, each a function in the file of its name, which may be cut off anywhere and run again, or
 * twice at a time:
 *
 * 1. `planExport(context)`: fixes the cut, and resolves when it is settled who is exported. `{ waitUntil }` asks to be called
 *    again at that instant, `{ steps }` tells that the job is planned, in `steps.pieces` pieces, numbered from 0.
 * 2. `exportPiece(context, { piece, until })` for each of them, in any order and side by side: goes on with the piece until
 *    the instant `until`, and answers `{ done }`; until that is true it is to be called again.
 *    Where the output is organized by patients, `planBlocks(context)` then plans more pieces, which are worked on the same way.
 * 3. `finishExport(context)` when all are done: writes the manifest and ends the job.
 * 4. `endExport(context, change)` in place of 2 and 3 where the job is cancelled or fails: its files go.
 *
 * `context` is `exportContext(job, dependencies)` or `workedOn(jobId, dependencies)`. What may be told of a job that is under way
 * is its `progress`; of one that has ended, `readManifest`.
 */
import type { Json, JsonObject } from '../../fhir/json.ts';
import { isObject } from '../../fhir/json.ts';
import type { BucketPlace } from '../../ports/buckets.ts';
import { bucketPlace } from '../import/import-job.ts';
import type { JobRecord } from '../jobs/job-record.ts';

/** A file is closed when it has this much; a resource that alone is larger has a file to itself. Held in memory until then. */
export const exportFileBytes = 32 * 1024 * 1024;
/** How long the files that we serve are there after the end of their job: as HealthLake keeps them. */
export const exportLifeMs = 48 * 60 * 60 * 1000;
/** Patients that one job exports by name or as members of a group; their ids are held in memory by each piece. */
export const maxExportedPatients = 100_000;
/** Exports of one data store that have not ended; HealthLake has one running and 25 waiting. */
export const maxActiveExports = 100;
/** Groups that a group may have as members, with those that these have. */
export const maxNestedGroups = 1000;
/** Of one request, all types together: each resource is held against those of its type. */
export const maxTypeFilters = 50;
/** Files of one job. With as many, a store has some 30 TB. */
export const maxExportFiles = 1_000_000;

/**
 * Whose data: everything; what is in the compartments of patients; what is in those of the patients who are members of a
 * group, or of groups that are members of it.
 */
export type ExportLevel = 'system' | 'patient' | 'group';

/**
 * Values of `includeAssociatedData` that are offered. `RelevantProvenanceResources`: those Provenances, and no others, of
 * which a target is exported, whether or not the types name Provenance.
 */
export const associatedData = ['RelevantProvenanceResources'] as const;
export type AssociatedData = (typeof associatedData)[number];

/** Values of `organizeOutputBy` that are offered: blocks of all that belongs to one patient, in place of files of one type. */
export const organizers = ['Patient'] as const;
export type Organizer = (typeof organizers)[number];

/** An element of the root, by its base name (`value` for `valueQuantity`): of the type, or of all that have it. */
export interface ElementChoice {
  readonly type?: string;
  readonly name: string;
}

/** Where the files go: among the store's own objects, which we serve for `exportLifeMs`, or to a bucket. */
export type ExportOutput =
  | { readonly place: 'store' }
  | {
      readonly place: 'bucket';
      /** The folder `{uri}/{datastoreId}-FHIR_EXPORT-{jobId}` is made. As the API's model has it: `s3://bucket/prefix`. */
      readonly uri: string;
      readonly kmsKeyId?: string;
      readonly roleArn?: string;
    };

/** JSON, and checked by whoever takes it in; the steps rely on it. */
export interface ExportRequest {
  readonly level: ExportLevel;
  /** The id of the Group, at level `group`. */
  readonly group?: string;
  /** Absent: all that the level has. Types that it never has are no error. */
  readonly types?: readonly string[];
  /** Only what was changed later, ms since the epoch. With it, deletions are told. */
  readonly since?: number;
  /** Only what was last changed earlier, ms since the epoch. */
  readonly until?: number;
  /** `Type?parameters`, as sent: of a type that has some, resources that satisfy one of them (type-filters.ts). */
  readonly typeFilters?: readonly string[];
  /** Absent: resources are whole. */
  readonly elements?: readonly ElementChoice[];
  /** Ids of patients: nobody else's data at level `patient` and `group`. */
  readonly patients?: readonly string[];
  /** HealthLake's `_security` and `_tag`, each as `system|code`: all of them have to be there. */
  readonly security?: readonly string[];
  readonly tags?: readonly string[];
  readonly associated?: readonly AssociatedData[];
  /** Absent: a file has resources of one type. */
  readonly organizedBy?: Organizer;
  /** The store's base URL: references under it are to its own resources. */
  readonly baseUrl?: string;
  /** What of the request is not kept to, a sentence each: told in a file of errors. */
  readonly remarks?: readonly string[];
  readonly output: ExportOutput;
}

/** Where an export stands, kept as the job's `steps`. */
export interface ExportSteps {
  /** `cut`: it is fixed, and being waited for. `planned`: pieces are worked on. `written`: the manifest is there. */
  readonly phase: 'cut' | 'planned' | 'written';
  /** The newest version of each resource at this instant is exported, ms since the epoch: the manifest's transactionTime. */
  readonly cut: number;
  /** Pieces, from 0: each reads a part of the store. */
  readonly pieces: number;
  /** Embedded, the piece to go on with: those before it are done. */
  readonly piece: number;
  /** Of an output that is organized, once all is sorted out: the first range of each of the last pieces, which make the blocks. */
  readonly blocks?: readonly number[];
}

/**
 * `resources`: a file of a type, or of blocks. `deleted`: of Bundles that each delete a resource. `errors`: of OperationOutcomes.
 * `spilled`: of lines on their way into blocks (organized-lines.ts), in no manifest.
 */
export type ExportedKind = 'resources' | 'deleted' | 'errors' | 'spilled';

export interface ExportedFile {
  readonly kind: ExportedKind;
  /** What is in it: of `deleted`, `Bundle`; of `errors`, `OperationOutcome`; of blocks, what they are of; of `spilled`, the range. */
  readonly type: string;
  /** Below the job's folder: `Patient/Patient-00000-0-0.ndjson`. */
  readonly name: string;
  /** Lines. */
  readonly count: number;
  readonly sizeBytes: number;
  /** The name of the file in which the last block goes on. */
  readonly continuesIn?: string;
}

/** What a job has come to: its `progress`, as JSON. */
export interface ExportTotals {
  readonly resources: number;
  readonly deleted: number;
  readonly errors: number;
  readonly files: number;
  readonly sizeBytes: number;
  /** Pieces that are done, and of how many. */
  readonly piecesDone: number;
  readonly pieces: number;
}

/** What is told of an export that has ended well: all that a manifest needs but the URLs of files. */
export interface ExportManifest {
  /** Milliseconds since the epoch. */
  readonly transactionTime: number;
  /** Where the files we do not serve ourselves are: `s3://bucket/prefix/{datastoreId}-FHIR_EXPORT-{jobId}/`. */
  readonly folderUri?: string;
  /** What the files of resources have blocks of. */
  readonly organizedBy?: Organizer;
  /** By type, and as they were written; none is empty. */
  readonly files: readonly ExportedFile[];
}

/** The job cannot go on, for a reason that whoever asked for it can change: its Message. */
export class ExportFailed extends Error {
  override readonly name = 'ExportFailed';
}

/**
 * The input of a job as `submitJob` takes it: the request, and in HealthLake's form what its properties repeat.
 *
 * @param told `OutputDataConfig` and `DataAccessRoleArn` as they came, and whatever else the interface wants to find again
 */
export function exportInput(request: ExportRequest, told: JsonObject = {}): JsonObject {
  return { ...told, export: request as unknown as Json };
}

/** @throws Error for an input that nobody would have taken in */
export function exportRequest({ input }: Pick<JobRecord, 'input'>): ExportRequest {
  const kept = input['export'];
  if (!isObject(kept)) throw new Error('An export has no request.');
  return kept as unknown as ExportRequest;
}

/** The bucket and the key under which the job's folder lies; `undefined` where we serve the files. */
export function outputPlace({ output }: Pick<ExportRequest, 'output'>): BucketPlace | undefined {
  return output.place === 'bucket' ? bucketPlace(output.uri) : undefined;
}

/** As JSON, which they are. */
export function keptSteps(steps: ExportSteps): JsonObject {
  return steps as unknown as JsonObject;
}

export function stepsOf({ steps }: Pick<JobRecord, 'steps'>): ExportSteps | undefined {
  return steps as unknown as ExportSteps | undefined;
}

export function totalsOf({ progress }: Pick<JobRecord, 'progress'>): ExportTotals {
  return { ...noTotals, ...(progress as unknown as Partial<ExportTotals>) };
}

export const noTotals: ExportTotals = { resources: 0, deleted: 0, errors: 0, files: 0, sizeBytes: 0, piecesDone: 0, pieces: 0 };
