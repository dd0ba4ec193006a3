/**
 * What an import leaves on the versions of a resource, so that each of its lines is applied once and the last one wins, in
 * whatever order they come and however often.
 *
 * A line that made a version is its origin: `{job}#{place}`. A line that found the resource just so is *affirmed* on the
 * version that is current then, as `{job}#{place}@{versionId}.{ms}`: the job's lines up to that place lie before or at this
 * version. Of one job, what comes later in time on a resource never has an earlier place: a line looks for the last trace
 * of its job before it writes, and the commit is conditional on nobody having come between.
 *
 * A version has the affirmations of the one before it too, as long as they are young: a writer who read that one before it
 * was affirmed may put it among the past versions as it was then, however late, and what was affirmed would be lost.
 */
import { isFirst } from './next-version.ts';
import { abandonedAfterMs } from './store-context.ts';
import type { StoredVersion } from './version-item.ts';

/** Imports that affirm one version: those of more jobs at a time are not told apart any more. */
const maxAffirmingJobs = 8;

export function importOrigin(job: string, place: string): string {
  return `${job}#${place}`;
}

/** A line of a job that was applied. */
export interface Trace {
  readonly place: string;
  /** The version that it made, or that was current when it changed nothing: a past one where the trace was handed on. */
  readonly versionId: number;
  /** Whether the line made the resource. */
  readonly created: boolean;
}

/** The last place of the job that a version tells of; `undefined` when it tells of none. */
export function lastTrace(version: Pick<StoredVersion, 'origin' | 'affirmed' | 'versionId' | 'created' | 'lastUpdated'>, job: string): Trace | undefined {
  const { origin, affirmed, versionId } = version;
  const own = origin?.startsWith(`${job}#`) ? { place: origin.slice(job.length + 1), versionId, created: isFirst(version) } : undefined;
  const mark = marks(affirmed).find((one) => one.job === job);
  return own === undefined || (mark !== undefined && mark.place >= own.place) ? mark : own;
}

/** A line that changes nothing about a version. */
export interface Affirmation {
  readonly job: string;
  readonly place: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The affirmations of a version with one more, the latest job first. */
export function affirming({ affirmed, versionId }: Pick<StoredVersion, 'affirmed' | 'versionId'>, { job, place, at }: Affirmation): string {
  const others = marks(affirmed).filter((mark) => mark.job !== job).map(({ text }) => text);
  return [`${importOrigin(job, place)}@${versionId}.${at}`, ...others].slice(0, maxAffirmingJobs).join(separator);
}

/** Whether a line has found this very version just so; those that it was handed on from older ones say nothing of it. */
export function isAffirmed(affirmed: string | number | undefined, versionId: number): boolean {
  return typeof affirmed === 'string' && marks(affirmed).some((mark) => mark.versionId === versionId);
}

/** Those that the next version has too. @param now milliseconds since the epoch */
export function handedOn(affirmed: string | undefined, now: number): string | undefined {
  const young = marks(affirmed).filter(({ at }) => now - at < abandonedAfterMs).map(({ text }) => text);
  return young.length === 0 ? undefined : young.join(separator);
}

const separator = ',';

interface Mark extends Trace, Affirmation {
  readonly text: string;
}

function marks(affirmed: string | undefined): readonly Mark[] {
  return (affirmed?.split(separator) ?? []).map((text) => {
    const [, job, place, versionId, at] = /^(.*)#(.*)@(\d+)\.(\d+)$/.exec(text)!;
    return { text, job: job!, place: place!, versionId: Number(versionId), created: false, at: Number(at) };
  });
}
