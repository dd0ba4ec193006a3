/** The functions of the export workflow (lib/export/definition.ts): the steps of src/operations/export, one each. */
import { systemClock } from '../machine/system-clock.ts';
import { exportContext, workedOn } from '../operations/export/export-dependencies.ts';
import type { ExportContext } from '../operations/export/export-dependencies.ts';
import { ExportFailed, keptSteps, stepsOf } from '../operations/export/export-job.ts';
import type { ExportSteps } from '../operations/export/export-job.ts';
import { exportPiece } from '../operations/export/export-piece.ts';
import { endExport, exportTotals, finishExport } from '../operations/export/finish-export.ts';
import { planBlocks } from '../operations/export/organized-plan.ts';
import { planExport } from '../operations/export/plan-export.ts';
import { changeJob } from '../operations/jobs/change-job.ts';
import { isBeingCancelled } from '../operations/jobs/job-record.ts';
import { readJob } from '../operations/jobs/submit-job.ts';
import { servedStores } from './control-table.ts';
import { exportDependencies } from './exporting.ts';
import { logError } from './fault-log.ts';
import { reportedStep } from './reported-step.ts';

/** What a run of the workflow begins with. */
export interface ExportRun {
  readonly datastoreId: string;
  readonly jobId: string;
}

export interface ExportPieceRun extends ExportRun {
  readonly piece: number;
}

/** Which pieces are to be worked on, and whether there are `more` to be planned then; where it is not done, when to ask again. */
export type ExportPlan =
  | { readonly done: true; readonly pieces: readonly number[]; readonly more: boolean }
  | { readonly done: false; readonly waitSeconds: number };

interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** A wish to cancel is heard, and progress is told, so often; what a piece holds of files that are not full is put aside as often. */
const sliceMs = 60 * 1000;
/** No slice is begun after it: a page of a thousand large bodies takes a minute, then files are put. */
const marginMs = 150 * 1000;

/** As Lambda calls it. */
export type ExportStep<Run, Result> = (run: Run, invocation: Invocation) => Promise<Result>;

const nothing: ExportPlan = { done: true, pieces: [], more: false };

export function servePlanExport(): ExportStep<ExportRun, ExportPlan> {
  return onJob(async ({ jobId }, dependencies) => {
    const context = await workedOn(jobId, dependencies);
    if (context === undefined) return nothing;
    const planned = await unlessFailed(context, planExport(context));
    if (planned === undefined) return nothing;
    if ('steps' in planned) return piecesOf(exportContext({ ...context.job, steps: keptSteps(planned.steps) }, dependencies), planned.steps);
    return { done: false, waitSeconds: Math.max(1, Math.ceil((planned.waitUntil - systemClock.now()) / 1000)) };
  }, nothing);
}

/** Asked again when they are all done, it tells of those that make blocks of what was put aside. */
async function piecesOf(context: ExportContext, steps: ExportSteps): Promise<ExportPlan> {
  const { blocks, pieces } = (await planBlocks(context)) ?? steps;
  const first = blocks === undefined ? 0 : pieces - blocks.length;
  const numbers = Array.from({ length: pieces - first }, (_, place) => first + place);
  return { done: true, pieces: numbers, more: context.request.organizedBy !== undefined && blocks === undefined };
}

export function serveExportPiece(): ExportStep<ExportPieceRun, { readonly done: boolean }> {
  return onJob(async ({ jobId, piece }, dependencies, invocation) => {
    const until = systemClock.now() + invocation.getRemainingTimeInMillis() - marginMs;
    do {
      const context = await workedOn(jobId, dependencies);
      if (context === undefined) return { done: true };
      const turn = exportPiece(context, { piece, until: Math.min(until, systemClock.now() + sliceMs) });
      const result = await unlessFailed(context, turn);
      if (result === undefined) return { done: true };
      await tellProgress(context);
      if (result.done) return result;
    } while (systemClock.now() < until);
    return { done: false };
  }, { done: true });
}

export function serveFinishExport(): ExportStep<ExportRun, null> {
  return onJob(async ({ jobId }, dependencies) => {
    const job = await readJob('export', jobId, dependencies);
    if (job === undefined) return null;
    const context = exportContext(job, dependencies);
    if (isBeingCancelled(job)) await endExport(context, { status: 'CANCEL_COMPLETED' });
    // Other pieces may have written until they heard of it.
    else if (job.status === 'FAILED' || job.status === 'CANCEL_COMPLETED') await endExport(context, { status: job.status });
    else await finishExport(context);
    return null;
  }, null);
}

export function serveFailExport(): ExportStep<ExportRun, null> {
  return onJob(async ({ jobId }, dependencies) => {
    const job = await readJob('export', jobId, dependencies);
    if (job === undefined) return null;
    const message = 'The server could not bring the export to its end. Export again; the server’s log has the reason.';
    await endExport(exportContext(job, dependencies), isBeingCancelled(job) ? { status: 'CANCEL_COMPLETED' } : { status: 'FAILED', message });
    return null;
  }, null);
}

type Dependencies = ReturnType<typeof exportDependencies>;
type Work<Run, Result> = (run: Run, dependencies: Dependencies, invocation: Invocation) => Promise<Result>;

/** @param unless what a step answers where the data store is gone, and its jobs with it */
function onJob<Run extends ExportRun, Result>(work: Work<Run, Result>, unless: Result): ExportStep<Run, Result> {
  const dependenciesOf = servedStores(exportDependencies);
  return (run, invocation) => reportedStep(unless, async () => work(run, await dependenciesOf(run.datastoreId), invocation));
}

/** For what whoever asked for the job can change the job ends, with a message that says so. @returns `undefined` then */
async function unlessFailed<Result>(context: ExportContext, work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ExportFailed)) throw error;
    await endExport(context, { status: 'FAILED', message: error.message });
    return undefined;
  }
}

/** Told again by whoever comes next, so nothing fails for it. */
async function tellProgress(context: ExportContext): Promise<void> {
  const { job, notes } = context;
  try {
    const progress = { ...(await exportTotals(notes, stepsOf(job)!.pieces)) };
    await changeJob(job, (current) => (stepsOf(current)?.phase === 'planned' ? { progress } : undefined), context);
  } catch (error) {
    logError(error);
  }
}
