/** What the main thread and the thread that keeps lakes send each other. */
import type { MessagePort } from 'node:worker_threads';

/** The name under which the change feed knows the lake. */
export const lakeConsumer = 'lake';

/** A data store, as the thread needs it to keep its lake. */
export interface LakeStore {
  readonly datastoreId: string;
  readonly databaseFile: string;
  readonly tables: readonly string[];
  readonly objectsFolder: string;
  /** For files on their way; nobody else's. */
  readonly workFolder: string;
}

/**
 * `round`: everything that was announced becomes queryable. `upkeep`: one slice of rebuilding, compacting or merging. Of each
 * there is one at a time, and they may go on side by side.
 */
export type LakeTask = 'round' | 'upkeep';

/** To the thread. A store is opened before it is worked on, and closed when nothing is under way. */
export type LakeRequest =
  | { readonly open: LakeStore; readonly port: MessagePort }
  | { readonly ask: number; readonly datastoreId: string; readonly task: LakeTask }
  | { readonly close: string };

export interface RoundDone {
  /** Milliseconds since the epoch: what was committed until then is in the files. */
  readonly asOf: number;
  readonly rows: number;
  /** Whether the lake is the whole store; where it is not, it is being built. */
  readonly isWhole: boolean;
}

export interface UpkeepDone {
  /** Whether there is more to do at once. */
  readonly more: boolean;
}

/** From the thread. */
export type LakeAnswer =
  | { readonly ask: number; readonly done: RoundDone | UpkeepDone }
  | { readonly ask: number; readonly failure: LakeFailure }
  | { readonly closed: string };

/** Its message may quote resources, and stays in the thread. */
export interface LakeFailure {
  readonly name: string;
  readonly stack?: string;
}
