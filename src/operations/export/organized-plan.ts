/**
 * Between the halves of an output that is organized by patients: when all that is exported has been put aside, which pieces make
 * blocks of it. Told by what was put aside alone, so that whoever plans again comes to the same.
 */
import { changeJob } from '../jobs/change-job.ts';
import type { ExportContext } from './export-dependencies.ts';
import { exportFileBytes, keptSteps, stepsOf } from './export-job.ts';
import type { ExportSteps } from './export-job.ts';
import { firstNote } from './export-objects.ts';
import { exportTotals } from './finish-export.ts';
import { blockRanges } from './organized-lines.ts';

/**
 * Plans the pieces that make blocks, behind one that stands for the plan's own file. May be done again.
 *
 * @returns the steps with them; `undefined` where there is nothing of the kind to plan, or not yet
 */
export async function planBlocks(context: ExportContext): Promise<ExportSteps | undefined> {
  const { job, notes, request: { organizedBy } } = context;
  const steps = stepsOf(job);
  if (organizedBy === undefined || steps?.phase !== 'planned' || steps.blocks !== undefined) return undefined;
  if ((await exportTotals(notes, steps.pieces)).piecesDone < steps.pieces) return undefined;
  const { sizes, files } = await putAside(context, steps.pieces);
  await notes.notePiece(steps.pieces, { ...firstNote, checkpoint: 1, files, done: true });
  const blocks = firstRanges(sizes, context.fileBytes ?? exportFileBytes);
  const planned: ExportSteps = { ...steps, blocks, pieces: steps.pieces + 1 + blocks.length, piece: steps.pieces + 1 };
  const kept = await changeJob(job, (current) => {
    const { phase, blocks: known } = stepsOf(current) ?? {};
    return phase === 'planned' && known === undefined ? { steps: keptSteps(planned) } : undefined;
  }, context);
  return (kept && stepsOf(kept)) ?? planned;
}

/** @returns how much lies in each range, and how many files the plan wrote */
async function putAside({ notes }: ExportContext, pieces: number): Promise<{ readonly sizes: readonly number[]; readonly files: number }> {
  const sizes = Array.from({ length: blockRanges }, () => 0);
  let files = 0;
  for await (const { piece, file: { kind, type, sizeBytes } } of notes.files()) {
    if (kind === 'spilled') sizes[Number(type)]! += sizeBytes;
    if (piece === pieces) files += 1;
  }
  return { sizes, files };
}

/** Neighbours together, until there is about a file of them. */
function firstRanges(sizes: readonly number[], fileBytes: number): readonly number[] {
  const first: number[] = [];
  let together = Infinity;
  for (const [range, sizeBytes] of sizes.entries()) {
    if (sizeBytes === 0) continue;
    if (together + sizeBytes > fileBytes) {
      first.push(range);
      together = 0;
    }
    together += sizeBytes;
  }
  return first;
}
