/**
 * The steps of an export one after the other, in one process: works on a job for a while and keeps where it has come, so that
 * whoever goes on with it goes on from there. It may be cut off anywhere.
 */
import { StorageFull } from '../../ports/ordered-table.ts';
import { changeJob } from '../jobs/change-job.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import { exportContext } from './export-dependencies.ts';
import type { ExportContext, ExportDependencies } from './export-dependencies.ts';
import { ExportFailed, keptSteps, stepsOf } from './export-job.ts';
import type { ExportSteps } from './export-job.ts';
import { exportPiece } from './export-piece.ts';
import { endExport, exportTotals, finishExport } from './finish-export.ts';
import { planBlocks } from './organized-plan.ts';
import { planExport } from './plan-export.ts';

/** Progress is told, a wish to cancel is heard, and other jobs have their turn, so often. */
export const exportSliceMs = 2000;

/**
 * Works on the job until it has ended or a slice of time is up.
 *
 * @returns when to go on, in milliseconds from now; `undefined` when there is nothing left to do
 */
export async function runExport(id: string, dependencies: ExportDependencies): Promise<number | undefined> {
  const job = await readJob('export', id, dependencies);
  if (job === undefined || isEnded(job)) return undefined;
  const context = exportContext(job, dependencies);
  try {
    if (isBeingCancelled(job)) return await ended(context, { status: 'CANCEL_COMPLETED' });
    const planned = await planExport(context);
    if ('waitUntil' in planned) return Math.max(0, planned.waitUntil - context.clock.now());
    return await exportSome({ ...context, job: { ...job, steps: keptSteps(planned.steps) } }, planned.steps);
  } catch (error) {
    if (error instanceof ExportFailed) return ended(context, { status: 'FAILED', message: error.message });
    if (error instanceof StorageFull) return ended(context, { status: 'FAILED', message: 'The disk of the data store is full. Make room, and export again.' });
    throw error;
  }
}

async function ended(context: ExportContext, change: Parameters<typeof endExport>[1]): Promise<undefined> {
  await endExport(context, change);
}

async function exportSome(context: ExportContext, steps: ExportSteps): Promise<number | undefined> {
  const { clock, notes, job } = context;
  const until = clock.now() + exportSliceMs;
  let { piece } = steps;
  // However long it took to come here, each slice gets on.
  for (let begun = false; steps.phase === 'planned' && piece < steps.pieces && (!begun || clock.now() < until); begun = true) {
    if ((await exportPiece(context, { piece, until })).done) piece += 1;
  }
  if (steps.phase === 'written' || piece >= steps.pieces) {
    if (await planBlocks(context)) return 0;
    await finishExport(context);
    return undefined;
  }
  const progress = { ...(await exportTotals(notes, steps.pieces)) };
  // Another may have come further.
  const isSame = (kept: ExportSteps | undefined): boolean => kept?.phase === steps.phase && kept.pieces === steps.pieces;
  await changeJob(job, (current) => (isSame(stepsOf(current)) ? { steps: keptSteps({ ...steps, piece }), progress } : undefined), context);
  return 0;
}
