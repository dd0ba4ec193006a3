/** plan: fixes the cut, waits until nothing is added before it, and finds out whose data is exported. */
import { changeJob } from '../jobs/change-job.ts';
import { isBeingCancelled } from '../jobs/job-record.ts';
import type { ExportContext } from './export-dependencies.ts';
import { keptSteps, stepsOf } from './export-job.ts';
import type { ExportedFile, ExportSteps } from './export-job.ts';
import { keepPatients } from './export-patients.ts';
import { errorLine } from './export-selection.ts';
import { fileName, writeFile } from './piece-files.ts';

/** `waitUntil`: when to be called again, ms since the epoch. */
export type Planned = { readonly steps: ExportSteps } | { readonly waitUntil: number };

/** May be done again: the cut stays what it was. @throws ExportFailed */
export async function planExport(context: ExportContext): Promise<Planned> {
  const { clock, exporting, pieces } = context;
  const steps = stepsOf(context.job) ?? await kept(context, undefined, { phase: 'cut', cut: clock.now(), pieces, piece: 0 });
  if (steps.phase !== 'cut') return { steps };
  const waitUntil = await exporting.settledAt(steps.cut);
  if (waitUntil !== undefined) return { waitUntil };
  await tellRemarks(context, steps, [...(context.request.remarks ?? []), ...(await keepPatients(context, steps.cut))]);
  return { steps: await kept(context, 'cut', { ...steps, phase: 'planned' }) };
}

/** @param before the phase that the steps are changed from; who comes later finds them changed */
async function kept(context: ExportContext, before: ExportSteps['phase'] | undefined, steps: ExportSteps): Promise<ExportSteps> {
  const job = await changeJob(context.job, (current) => {
    if (stepsOf(current)?.phase !== before) return undefined;
    return { steps: keptSteps(steps), ...(isBeingCancelled(current) ? {} : { status: 'IN_PROGRESS' }) };
  }, context);
  return (job && stepsOf(job)) ?? steps;
}

/** A file of its own, behind those of the pieces. */
async function tellRemarks(context: ExportContext, { pieces }: ExportSteps, remarks: readonly string[]): Promise<void> {
  if (remarks.length === 0) return;
  const bytes = Buffer.from(remarks.map((remark) => `${Buffer.from(errorLine(remark).bytes).toString()}\n`).join(''));
  const lines = { kind: 'errors', type: 'OperationOutcome', count: remarks.length, sizeBytes: bytes.length } as const;
  const file: ExportedFile = { ...lines, name: fileName(lines, { piece: pieces, pieces, number: 0 }) };
  await writeFile(context, file, inOne(bytes));
  await context.notes.noteFiles(pieces, [{ number: 0, file }]);
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
