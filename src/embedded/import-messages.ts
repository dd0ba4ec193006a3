/** What the main thread and the threads that load pieces of imports send each other. */
import type { MessagePort } from 'node:worker_threads';
import type { PieceOfContent } from '../operations/import/import-dependencies.ts';
import type { LoadedPiece } from '../operations/import/import-objects.ts';
import type { JobRecord } from '../operations/jobs/job-record.ts';

/** A data store, as a thread needs it to import into it. */
export interface ImportedStore {
  readonly datastoreId: string;
  readonly databaseFile: string;
  readonly tables: readonly string[];
  readonly objectsFolder: string;
  /** The folders of the buckets, by their names. */
  readonly buckets: ReadonlyMap<string, string>;
  readonly secret: Uint8Array;
  readonly shards: number;
  readonly omitted?: readonly string[];
}

/** To a thread. A piece that is to be loaded alone waits for those before it, and others for it. A store is opened before pieces of it are loaded, and closed when none is. */
export type ThreadRequest =
  | { readonly open: ImportedStore; readonly port: MessagePort }
  | { readonly load: number; readonly datastoreId: string; readonly job: JobRecord; readonly piece: PieceOfContent; readonly alone: boolean }
  | { readonly close: string };

/** From a thread. */
export type ThreadAnswer =
  /** Its turn has come. */
  | { readonly began: number }
  | { readonly load: number; readonly loaded: LoadedPiece }
  | { readonly load: number; readonly failure: LoadFailure }
  | { readonly closed: string };

/** Errors are copied from thread to thread without their class. */
export interface LoadFailure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}
