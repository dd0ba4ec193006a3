/** Import and export jobs: looked at, waited for, and how they ended. */
import type { Call } from './command.ts';
import type { Control, JsonObject } from './control.ts';
import { timeText } from './datastore-properties.ts';
import { Failed, Unreachable } from './failure.ts';
import { jobProgress } from './job-progress.ts';
import { cell, propertiesText } from './table-text.ts';
import { waited } from './waiting.ts';

export const jobKinds = ['import', 'export'] as const;
export type JobKind = (typeof jobKinds)[number];

/** What the API calls each kind. */
export const apiNames: Readonly<Record<JobKind, string>> = { import: 'Import', export: 'Export' };
/** Where the FHIR interface has the jobs of each kind. */
export const jobPaths: Readonly<Record<JobKind, string>> = { import: '/$import/', export: '/export/' };

export type Job = JsonObject & { readonly kind: JobKind };

export interface WantedJob {
  readonly id: string;
  /** The API asks kinds apart; an id alone says none. */
  readonly kinds: readonly JobKind[];
  readonly datastore: string;
}

/** @throws Failed when there is no such job */
export async function describedJob({ id, kinds, datastore }: WantedJob, control: Control): Promise<Job> {
  for (const kind of kinds) {
    try {
      const answer = await control.call(`DescribeFHIR${apiNames[kind]}Job`, { DatastoreId: datastore, JobId: id });
      return { kind, ...(answer[`${apiNames[kind]}JobProperties`] as JsonObject) };
    } catch (error) {
      if (!(error instanceof Failed) || error.answer?.status !== 404) throw error;
    }
  }
  throw new Failed(`The data store has no ${kinds.join(' or ')} job of this id.`);
}

export function isEnded(job: JsonObject): boolean {
  return /^(?:COMPLETED|FAILED|CANCEL_COMPLETED|CANCEL_FAILED)/.test(cell(job['JobStatus']));
}

/** Progress comes in steps of two seconds. */
const longestPauseMs = 2000;
/** A server that is begun anew goes on with its jobs, and is waited for so long. */
const longestAbsenceMs = 120_000;

/** Waits for a job's end, and says meanwhile how far it is. @throws Failed when `--timeout` is over */
export async function endedJob(wanted: WantedJob, call: Call): Promise<Job> {
  const control = await call.control();
  const told = jobProgress(call.terminal.onScreen, () => performance.now());
  let reachedAt = -Infinity;
  const looked = async (): Promise<Job | undefined> => {
    const job = await describedJob(wanted, control);
    reachedAt = performance.now();
    if (isEnded(job)) return job;
    call.progress.say(told.line(job, job.kind === 'import' ? await doneShare(wanted.id, call) : undefined));
    return undefined;
  };
  return waited(() => looked().catch((error: unknown) => {
    if (!(error instanceof Unreachable) || performance.now() - reachedAt > longestAbsenceMs) throw error;
    call.progress.say('The server cannot be reached; the job goes on when it is there again');
    return undefined;
  }), call.options, longestPauseMs);
}

/** As the FHIR interface tells it in `X-Progress`. */
async function doneShare(id: string, call: Call): Promise<number | undefined> {
  const fhir = await call.fhir();
  try {
    const { headers } = await fhir.ask({ method: 'GET', path: jobPaths.import + id });
    const percent = / (\d{1,3}) %/.exec(headers.get('x-progress') ?? '')?.[1];
    return percent === undefined ? undefined : Number(percent) / 100;
  } catch (error) {
    // It has just ended, or is being cancelled.
    if (error instanceof Failed && error.answer !== undefined) return undefined;
    throw error;
  }
}

/** Below the place that was asked for: where the outputs of an import are. */
export function outputUri(job: JsonObject): string | undefined {
  const configuration = (job['JobOutputDataConfig'] ?? {}) as JsonObject;
  const uri = cell(((configuration['S3Configuration'] ?? {}) as JsonObject)['S3Uri']);
  return uri === '' ? undefined : `${uri.replace(/\/*$/, '/')}${cell(job['DatastoreId'])}-FHIR_IMPORT-${cell(job['JobId'])}/`;
}

/** One job in full. */
export function jobText(job: JsonObject): string {
  const { JobProgressReport: report, ...others } = job;
  const counts = Object.entries((report ?? {}) as JsonObject).map(([name, value]): [string, string] => [spaced(name), cell(value)]);
  return propertiesText([...Object.entries(others).map(([name, value]): [string, string] => [spaced(name), valueText(name, value)]), ...counts]);
}

/** `TotalNumberOfScannedFiles` as words. */
function spaced(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().replace(/ in mb$/, ' (MB)').replace(/\barn\b/, 'ARN');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueText(name: string, value: unknown): string {
  if (name.endsWith('Time')) return timeText(value as number);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : cell(value);
}

/** Prints a job that has ended. @throws Failed where not all of it was done, with what is to be looked at */
export async function concluded(job: Job, { json, terminal }: Pick<Call, 'json' | 'terminal'>): Promise<void> {
  await terminal.print(json ? `${JSON.stringify(job, undefined, 2)}\n` : jobText(job));
  if (job['JobStatus'] === 'COMPLETED') return;
  const message = cell(job['Message']);
  const outputs = job.kind === 'import' ? outputUri(job) : undefined;
  if (message !== '') throw new Failed(`The ${job.kind} failed: ${message}`);
  if (cell(job['JobStatus']).startsWith('CANCEL')) throw new Failed(`The ${job.kind} was cancelled.${job.kind === 'import' ? ' What was imported stays.' : ''}`);
  const report = (job['JobProgressReport'] ?? {}) as JsonObject;
  const counts = job.kind === 'import' ? ` ${cell(report['TotalNumberOfResourcesWithCustomerError'])} resources of ${cell(report['TotalNumberOfFilesReadWithCustomerError'])} files were not imported.` : '';
  throw new Failed(`The ${job.kind} is ${cell(job['JobStatus'])}.${counts}${outputs === undefined ? '' : ` Which and why: ${outputs}FAILURE/`}`);
}
