/** How far a job is, in a line: a bar on a screen, words in a log. */
import type { JsonObject } from './control.ts';
import { cell } from './table-text.ts';

/** Characters of the bar. */
const barWidth = 24;
/** Before it, a rate says nothing of what is to come. */
const firstEstimateMs = 3000;

export interface JobProgress {
  /** @param job its properties. @param share of the work that is done, 0 to 1, where it is known */
  line(job: JsonObject, share?: number): string;
}

/** @param onScreen whether a person looks on. @param now milliseconds, of any clock that runs evenly */
export function jobProgress(onScreen: boolean, now: () => number): JobProgress {
  let first: { readonly share: number; readonly at: number } | undefined;
  /** Since it was first seen: what was done before may have been done at another pace. */
  const left = (share: number): string => {
    first ??= { share, at: now() };
    const passedMs = now() - first.at;
    const done = share - first.share;
    return passedMs < firstEstimateMs || done <= 0 || share >= 1 ? '' : `about ${durationText((passedMs / done) * (1 - share))} left`;
  };
  return {
    line(job, share) {
      const report = (job['JobProgressReport'] ?? {}) as JsonObject;
      const [scanned, failed] = [Number(report['TotalNumberOfResourcesScanned'] ?? 0), Number(report['TotalNumberOfResourcesWithCustomerError'] ?? 0)];
      const rate = Number(report['Throughput'] ?? 0);
      const parts = [
        share === undefined ? cell(job['JobStatus']) : `${onScreen ? `${bar(share)} ` : ''}${Math.floor(share * 100)} %`,
        ...(scanned === 0 ? [] : [`${grouped(scanned)} resources`]),
        ...(rate === 0 ? [] : [`${grouped(rate)}/s`]),
        ...(failed === 0 ? [] : [`${grouped(failed)} failed`]),
        ...(share === undefined ? [] : [left(share)]),
      ];
      return parts.filter((part) => part !== '').join(', ');
    },
  };
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** In the largest unit that says something. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
