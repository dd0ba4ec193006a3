/**
 * What an import leaves on the versions of a resource, so that each of its lines is applied once and the last one wins, in
 * whatever order they come and however often.
 *
 * A line that made a version is its origin: `{job}#{place}`. A line that found the resource just so is *affirmed* on the
 * version that is current then: the job's lines up to that place lie before or at this version. Of one job, what comes
 * later in time on a resource never has an earlier place: a line looks for the last trace of its job before it writes, and
 * the commit is conditional on nobody having come between.
 */
import type { StoredVersion } from './version-item.ts';

/** Imports that affirm one version: those of more jobs at a time are not told apart any more. */
const maxAffirmingJobs = 8;

export function importOrigin(job: string, place: string): string {
  return `${job}#${place}`;
}

/** The last place of the job that a version tells of; `undefined` when it tells of none. */
export function tracedPlace({ origin, affirmed }: Pick<StoredVersion, 'origin' | 'affirmed'>, job: string): string | undefined {
  const places = [origin, ...(affirmed?.split(',') ?? [])].flatMap((trace) => (trace?.startsWith(`${job}#`) ? [trace.slice(job.length + 1)] : []));
  return places.sort().at(-1);
}

/** The affirmations of a version with one more, the latest job first. */
export function affirming(affirmed: string | undefined, job: string, place: string): string {
  const others = (affirmed?.split(',') ?? []).filter((trace) => !trace.startsWith(`${job}#`));
  return [importOrigin(job, place), ...others].slice(0, maxAffirmingJobs).join(',');
}
