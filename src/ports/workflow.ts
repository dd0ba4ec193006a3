/** Runs the workflow that makes, restores, changes and deletes data stores. */

export type DatastoreVerb = 'create' | 'restore' | 'update' | 'delete';

/** What a run of the workflow begins with. */
export interface DatastoreRun {
  readonly verb: DatastoreVerb;
  readonly datastoreId: string;
  /** The run's name, 1 to 80 of `[A-Za-z0-9_-]`; never used again. */
  readonly run: string;
}

export interface Workflow {
  /** Resolves when the run is certain to take place. A run that was started before, even one at its end, stays as it is. */
  start(run: DatastoreRun): Promise<void>;
  /** False also for a run that was never started. */
  isRunning(run: string): Promise<boolean>;
}
