/** piece: the versions of one part of the store become lines of files. Cut off and done again it comes to the same files. */
import type { FoundAtInstant } from '../../store/exporting.ts';
import type { ExportContext } from './export-dependencies.ts';
import { stepsOf } from './export-job.ts';
import { exportSelection } from './export-selection.ts';
import type { Selection } from './export-selection.ts';
import { organizedLines } from './organized-lines.ts';
import type { OrganizedLines } from './organized-lines.ts';
import { exportBlocks } from './organized-piece.ts';
import { PieceFiles } from './piece-files.ts';

export interface PieceTurn {
  /** From 0. */
  readonly piece: number;
  /** When to stop and keep how far it has come, ms since the epoch: soon afterwards it does. */
  readonly until: number;
}

/** @returns whether there is nothing left of the piece; otherwise it is to be called again. @throws ExportFailed */
export async function exportPiece(context: ExportContext, { piece, until }: PieceTurn): Promise<{ readonly done: boolean }> {
  const steps = stepsOf(context.job);
  if (steps === undefined || steps.phase === 'cut') throw new Error('A piece of an export is to be written before it is planned.');
  const note = await context.notes.piece(piece);
  if (note.done || steps.phase === 'written') return { done: true };
  if (steps.blocks !== undefined) return exportBlocks(context, { piece, until, note, steps });
  const files = new PieceFiles(context, piece, note);
  try {
    await files.open();
    const selection = await exportSelection(context, steps.cut);
    const organized = context.request.organizedBy && (await organizedLines(context, steps.cut));
    const part = { segment: piece, segments: steps.pieces, instant: steps.cut, ...(note.after && { after: note.after }) };
    return await written({ context, files, selection, organized, until }, part);
  } catch (error) {
    await files.abandon();
    throw error;
  }
}

interface Writing {
  readonly context: ExportContext;
  readonly files: PieceFiles;
  readonly selection: Selection;
  /** Absent where a file has resources of one type. */
  readonly organized: OrganizedLines | undefined;
  readonly until: number;
}

type Part = Omit<Parameters<ExportContext['exporting']['page']>[0], 'isWanted'>;

async function written({ context, files, selection, organized, until }: Writing, begin: Part): Promise<{ readonly done: boolean }> {
  const { exporting, clock, letOthers } = context;
  const { isWanted } = selection;
  let part = begin;
  for (let reading = exporting.page({ ...part, isWanted }); ; ) {
    const page = await reading;
    const isLast = page.next === undefined || clock.now() >= until;
    if (page.next !== undefined) part = { ...part, after: page.next };
    // The next page is on its way while the lines of this one are made.
    if (!isLast) reading = unheard(exporting.page({ ...part, isWanted }));
    for (const found of page.found) {
      await addFound({ files, selection, organized }, found);
      await letOthers?.();
    }
    if (page.next === undefined) return { done: await files.end() };
    if (!isLast) continue;
    await files.checkpoint(page.next);
    return { done: false };
  }
}

async function addFound({ files, selection, organized }: Pick<Writing, 'files' | 'selection' | 'organized'>, found: FoundAtInstant): Promise<void> {
  const line = await selection.lineOf(found);
  if (line === undefined) return undefined;
  if (organized === undefined) return files.add(line);
  for await (const one of organized(found, line)) await files.add(one);
  return undefined;
}

/** Whoever waits for it hears of its failure; where nobody does any more, nobody has to. */
function unheard<Result>(reading: Promise<Result>): Promise<Result> {
  reading.catch(() => undefined);
  return reading;
}
