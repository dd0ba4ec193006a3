/**
 * What all steps of the data store workflow have in common. A step is named as its state is; it extracts what it needs
 * from the run's data, validates that the run still decides about the store, acts, and returns what later steps need.
 *
 * Every step may be cut off anywhere and be run again: each looks at what there is before it makes anything.
 */
import type { DatastoreRun } from '../../ports/workflow.ts';
import type { DatastoreRecord, DatastoreRecords } from './datastore-record.ts';

/** The data of a run: what it began with, and the results of steps under the names that the definition gives them. */
export interface RunData extends DatastoreRun {
  readonly key?: KeyResult;
  readonly restored?: Progress;
  readonly tables?: Progress & { readonly streamArn?: string };
  readonly mapping?: Progress;
  readonly population?: Progress;
  readonly objects?: Progress;
  readonly index?: Progress;
  /** What the state machine caught: a name, and Lambda's report of the error as JSON text. */
  readonly error?: { readonly Error: string; readonly Cause?: string };
}

export type Step<Result> = (run: RunData) => Promise<Result>;

export interface KeyResult {
  readonly arn: string;
}

/** The state of something that takes its time; the workflow waits and runs the step again until it is `done`. */
export interface Progress {
  readonly done: boolean;
  /** How often the step has looked. */
  readonly looks: number;
}

/** Another run has begun since, or the store is gone: this one must not touch it any more. */
export class RunSuperseded extends Error {
  override readonly name = 'RunSuperseded';
}

/** Somebody else wrote the record at the same time; the step looks again when it is run again. */
export class RecordChanged extends Error {
  override readonly name = 'RecordChanged';
}

/** What the step waited for did not come about in the looks that it has. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** The record of the run's store. @throws RunSuperseded when another run decides about the store */
export async function recordOf({ datastoreId, run }: DatastoreRun, records: Pick<DatastoreRecords, 'read'>): Promise<DatastoreRecord> {
  const record = await records.read(datastoreId);
  if (record?.run !== run) throw new RunSuperseded(`The run ${run} no longer decides about data store ${datastoreId}.`);
  return record;
}

/** @throws RecordChanged when the record is no longer as it was seen */
export async function change(records: Pick<DatastoreRecords, 'replace'>, seen: DatastoreRecord, record: DatastoreRecord): Promise<void> {
  if (!(await records.replace(seen, record))) throw new RecordChanged(`The record of data store ${seen.id} has just been changed.`);
}

/** @throws TookTooLong when this look is beyond the last */
export function look(before: Progress | undefined, { done, maxLooks }: { readonly done: boolean; readonly maxLooks: number }): Progress {
  const looks = (before?.looks ?? 0) + 1;
  if (!done && looks >= maxLooks) throw new TookTooLong(`Not done after ${looks} looks.`);
  return { done, looks };
}
