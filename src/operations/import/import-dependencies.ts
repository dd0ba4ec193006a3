/** What the steps of an import are made with, and what they have in common. */
import { BucketRefused } from '../../ports/buckets.ts';
import type { Buckets } from '../../ports/buckets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Importing } from '../../store/importing.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import { importRequest, ImportFailed } from './import-job.ts';
import type { ImportFile, ImportPiece, ImportRequest } from './import-job.ts';
import { importNotes } from './import-objects.ts';
import type { ImportNotes, LoadedPiece } from './import-objects.ts';

export interface ImportDependencies extends JobPorts {
  readonly datastoreId: string;
  readonly importing: Importing;
  /** The data store's own. */
  readonly objects: ObjectStore;
  readonly clock: Pick<Clock, 'now'>;
  /** The buckets as the job may use them. @param roleArn the job's DataAccessRoleArn */
  readonly bucketsOf: (roleArn: string | undefined) => Buckets;
  /** Lays a content that is too large for memory under a key of the data store's objects; without it there are none. */
  readonly keepContent?: (key: string, content: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Loads pieces in other threads or processes, as `loadPiece` does; without it they are loaded here. @throws PieceTooLarge */
  readonly loadElsewhere?: (job: JobRecord, piece: PieceOfContent) => Promise<LoadedPiece>;
  /** How many pieces are loaded side by side, where that is known better here. */
  readonly piecesAtOnce?: number;
  /** How lines are written together, where that is known better here. */
  readonly batches?: Batches;
  /** Asked between lines: resolves when others, who have waited for a while, have had their turn. */
  readonly letOthers?: () => Promise<void> | undefined;
}

/** Lines of a piece that are written together, and how many such batches are under way at a time. */
export interface Batches {
  readonly lines: number;
  readonly atOnce: number;
  /** Of the lines of the batches that are under way: these are held until their commits. */
  readonly bytes: number;
}

/** Whoever loaded the piece ran out of memory, as often as it was tried. */
export class PieceTooLarge extends Error {
  override readonly name = 'PieceTooLarge';
}

/** A piece, and of how long a content: all that whoever loads it has to be told beside the job. */
export interface PieceOfContent {
  readonly file: ImportFile;
  readonly piece: ImportPiece;
  /** Of the file's content: of a compressed one, after it was unpacked. */
  readonly sizeBytes: number;
}

/** One job, as its steps see it. */
export interface ImportContext extends ImportDependencies {
  readonly job: JobRecord;
  readonly request: ImportRequest;
  readonly buckets: Buckets;
  readonly notes: ImportNotes;
}

export function importContext(job: JobRecord, dependencies: ImportDependencies): ImportContext {
  const request = importRequest(job);
  return { ...dependencies, job, request, buckets: dependencies.bucketsOf(request.roleArn), notes: importNotes(dependencies.jobs, job.id) };
}

/** @returns `undefined` when the job has ended, is to end, or is none */
export async function workedOn(id: string, dependencies: ImportDependencies): Promise<ImportContext | undefined> {
  const job = await readJob('import', id, dependencies);
  return job === undefined || isEnded(job) || isBeingCancelled(job) ? undefined : importContext(job, dependencies);
}

/** Does something with a bucket that concerns the job as a whole. @throws ImportFailed for what a bucket refuses */
export async function withBucket<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BucketRefused) throw new ImportFailed(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** `{output}/{datastoreId}-FHIR_IMPORT-{jobId}/`, without the bucket. */
export function outputFolder({ request: { output }, datastoreId, job: { id } }: Pick<ImportContext, 'request' | 'datastoreId' | 'job'>): string {
  const below = output.key === '' || output.key.endsWith('/') ? output.key : `${output.key}/`;
  return `${below}${datastoreId}-FHIR_IMPORT-${id}/`;
}
