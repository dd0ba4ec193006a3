/**
 * A long job of one data store as its table `jobs` keeps it, in HealthLake's terms
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ImportJobProperties.html).
 *
 * Under `jobs#{kind}` / `{id}` lies the whole record. An id begins with the instant of submission, so that the ids of one
 * kind sort by it and a list needs no items of its own.
 */
import type { Json, JsonObject } from '../../fhir/json.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Attributes, Item, Key } from '../../ports/ordered-table.ts';

export const jobKinds = ['reindex', 'import', 'export', 'enrich'] as const;
export type JobKind = (typeof jobKinds)[number];

/** HealthLake's JobStatus. */
export const jobStatuses = [
  'SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED',
  'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'CANCEL_COMPLETED', 'CANCEL_FAILED',
] as const;
export type JobStatus = (typeof jobStatuses)[number];

const ended: ReadonlySet<JobStatus> = new Set(['COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED']);

export interface JobRecord {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly kind: JobKind;
  readonly status: JobStatus;
  /** Milliseconds since the epoch, as `ended`. */
  readonly submitted: number;
  readonly ended?: number;
  readonly name?: string;
  readonly clientToken?: string;
  readonly caller: string;
  /** What was asked for, as the kind has it. */
  readonly input: JsonObject;
  /** What may be told of it, as the kind has it: counts, never anything of a resource. */
  readonly progress: JsonObject;
  /** Where its work stands, for whoever goes on with it: the kind's own, told to nobody. */
  readonly steps?: Json;
  /** HealthLake's Message: why it failed, in up to 2,048 characters. */
  readonly message?: string;
  /** What it came to and nobody was told yet (announce-job.ts), oldest first. A job comes to a status once. */
  readonly untold?: readonly JobStatusChange[];
  /** Counts the changes; a change is made on the revision that it was thought out for, or anew. */
  readonly revision: number;
}

export interface JobStatusChange {
  readonly status: JobStatus;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export function isEnded({ status }: Pick<JobRecord, 'status'>): boolean {
  return ended.has(status);
}

/** Whether somebody asked for its end, and it has not come to it. */
export function isBeingCancelled({ status }: Pick<JobRecord, 'status'>): boolean {
  return status === 'CANCEL_SUBMITTED' || status === 'CANCEL_IN_PROGRESS';
}

const idPattern = /^[0-9a-f]{32}$/;
/** Digits of the instant, in milliseconds: enough until the year 10889. */
const instantDigits = 12;

export function isJobId(text: string): boolean {
  return idPattern.test(text);
}

export function newJobId(submitted: number, ids: Pick<Ids, 'uuid'>): string {
  return firstJobId(submitted).slice(0, instantDigits) + ids.uuid().replaceAll('-', '').slice(instantDigits);
}

/** The id that sorts before all of jobs submitted at the instant or later. */
export function firstJobId(instantMs: number): string {
  const digits = Math.max(0, Math.trunc(instantMs)).toString(16).padStart(instantDigits, '0');
  return digits.length > instantDigits ? 'f'.repeat(32) : digits.padEnd(32, '0');
}

export function submittedOf(jobId: string): number {
  return Number.parseInt(jobId.slice(0, instantDigits), 16);
}

export function jobPartition(kind: JobKind): string {
  return `jobs#${kind}`;
}

export function jobKey({ kind, id }: Pick<JobRecord, 'kind' | 'id'>): Key {
  return { pk: jobPartition(kind), sk: id };
}

export function jobItem(job: JobRecord): Item {
  const { kind: _kind, id: _id, revision, status, ...told } = job;
  const attributes: Attributes = { revision, status };
  return { ...jobKey(job), attributes, body: new TextEncoder().encode(JSON.stringify(told)) };
}

export function jobOfItem(kind: JobKind, { sk, attributes = {}, body }: Item): JobRecord {
  const told = JSON.parse(new TextDecoder().decode(body)) as Omit<JobRecord, 'id' | 'kind' | 'revision' | 'status'>;
  return { ...told, id: sk, kind, revision: attributes['revision'] as number, status: attributes['status'] as JobStatus };
}
