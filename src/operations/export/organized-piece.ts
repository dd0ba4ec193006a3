/**
 * The second half of an output that is organized by patients: what was put aside for some ranges of patients becomes blocks, in
 * the order of the patients' ids. Cut off and done again it comes to the same files.
 *
 * Memory is bounded whatever lies there: it is read as often as it takes to have a part of the patients at a time, and a
 * patient who alone has more is written as it is read.
 */
import { isEnded } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { ExportContext } from './export-dependencies.ts';
import { exportFileBytes, stepsOf } from './export-job.ts';
import type { ExportedFile, ExportSteps } from './export-job.ts';
import { spillKey } from './export-objects.ts';
import type { PieceNote } from './export-objects.ts';
import { BlockFiles } from './organized-files.ts';
import type { Block } from './organized-files.ts';
import { blockRanges, spilledLines } from './organized-lines.ts';
import type { SpilledLine } from './organized-lines.ts';
import { restored } from './piece-files.ts';

/** What was put aside is removed so many at a time. */
const removedTogether = 20;

export interface BlocksTurn {
  readonly piece: number;
  /** As in PieceTurn. */
  readonly until: number;
  readonly note: PieceNote;
  readonly steps: ExportSteps;
}

/** Some patients who follow each other: those whose ids are behind `after`, to `last`. */
interface Some {
  readonly after: string;
  /** Absent: all that follow. */
  readonly last?: string;
  /** One alone, with more than is held. */
  readonly isLarge: boolean;
}

interface Making extends BlocksTurn {
  readonly context: ExportContext;
  readonly spills: readonly ExportedFile[];
  /** Of lines that are held at a time: a block that has no more stays in one file. */
  readonly heldBytes: number;
}

class SpillMissing extends Error {}

/** @returns whether there is nothing left of the piece; otherwise it is to be called again */
export async function exportBlocks(context: ExportContext, turn: BlocksTurn): Promise<{ readonly done: boolean }> {
  const { piece, steps: { blocks = [], pieces } } = turn;
  const index = piece - (pieces - blocks.length);
  const first = blocks[index];
  // What was to be done before is done.
  if (first === undefined) return { done: true };
  const spills = await spillsOf(context, first, blocks[index + 1] ?? blockRanges);
  const making = { ...turn, context, spills, heldBytes: context.fileBytes ?? exportFileBytes };
  try {
    return await made(making);
  } catch (error) {
    if (error instanceof SpillMissing && (await isOvertaken(context, piece))) return { done: true };
    throw error instanceof SpillMissing ? restored() : error;
  }
}

async function spillsOf({ notes }: ExportContext, from: number, to: number): Promise<readonly ExportedFile[]> {
  const spills: ExportedFile[] = [];
  for await (const { file } of notes.files()) if (file.kind === 'spilled' && Number(file.type) >= from && Number(file.type) < to) spills.push(file);
  return spills;
}

/** Whoever was quicker removes what the piece was made of. */
async function isOvertaken(context: ExportContext, piece: number): Promise<boolean> {
  if ((await context.notes.piece(piece)).done) return true;
  const job = await readJob('export', context.job.id, context);
  return job === undefined || isEnded(job) || stepsOf(job)?.phase === 'written';
}

async function made(making: Making): Promise<{ readonly done: boolean }> {
  const { context, piece, note } = making;
  const files = new BlockFiles(context, piece, note);
  for (const some of await parts(making)) {
    const isOver = some.isLarge ? await writeLarge(making, files, some) : await writeBlocks(making, files, some);
    if (isOver) return { done: false };
  }
  if (!(await files.end())) return { done: false };
  await removeSpills(making);
  return { done: true };
}

/** @returns true when the slice is over, and where it has come is kept */
async function writeBlocks(making: Making, files: BlockFiles, some: Some): Promise<boolean> {
  const { context: { clock, letOthers }, until } = making;
  const blocks = await blocksOf(making, some);
  let before = some.after;
  for (const block of blocks) {
    if (!files.hasRoomFor(block)) {
      await files.close();
      if (clock.now() >= until) return files.checkpoint(before);
    }
    files.add(block);
    before = block.patient;
    await letOthers?.();
  }
  return false;
}

async function writeLarge(making: Making, files: BlockFiles, { after, last: patient }: Some): Promise<boolean> {
  const { context: { clock }, until } = making;
  await files.close();
  if (files.hasWritten && clock.now() >= until) return files.checkpoint(after);
  await files.addSplit(patient!, linesOf(making, patient!));
  return false;
}

/** The patients who are left, in parts that can be held. */
async function parts(making: Making): Promise<readonly Some[]> {
  const { note, spills, heldBytes } = making;
  const begin = note.after?.pk ?? '';
  if (spills.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= heldBytes) return [{ after: begin, isLarge: false }];
  const sizes = new Map<string, number>();
  await eachLine(making, ({ patient, bytes }) => {
    if (patient > begin) sizes.set(patient, (sizes.get(patient) ?? 0) + bytes.length);
  });
  return inParts(sizes, begin, heldBytes);
}

function inParts(sizes: ReadonlyMap<string, number>, begin: string, heldBytes: number): readonly Some[] {
  const all: Some[] = [];
  let [after, last, together] = [begin, begin, 0];
  const finishPart = (): void => {
    if (last !== after) all.push({ after, last, isLarge: together > heldBytes });
    [after, together] = [last, 0];
  };
  for (const [patient, sizeBytes] of [...sizes].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    if (together + sizeBytes > heldBytes) finishPart();
    [last, together] = [patient, together + sizeBytes];
  }
  finishPart();
  return all;
}

async function blocksOf(making: Making, { after, last }: Some): Promise<readonly Block[]> {
  const found = new Map<string, { readonly patient: string; readonly own: Uint8Array[]; readonly others: Uint8Array[] }>();
  await eachLine(making, ({ patient, isPatient, bytes }) => {
    if (patient <= after || (last !== undefined && patient > last)) return;
    const block = found.get(patient) ?? { patient, own: [], others: [] };
    found.set(patient, block);
    (isPatient ? block.own : block.others).push(Uint8Array.from(bytes));
  });
  return [...found.values()].toSorted((one, other) => (one.patient < other.patient ? -1 : 1))
    .map(({ patient, own, others }) => ({ patient, lines: [...own, ...others] }));
}

async function eachLine({ context: { objects, job, letOthers }, spills }: Making, take: (line: SpilledLine) => void): Promise<void> {
  for (const { name } of spills) {
    const bytes = await objects.get(spillKey(job.id, name));
    if (bytes === undefined) throw new SpillMissing();
    for (const line of spilledLines(bytes)) take(line);
    await letOthers?.();
  }
}

/** Of one patient, read twice: for the Patient itself, then for what belongs to it. */
async function* linesOf(making: Making, wanted: string): AsyncGenerator<Uint8Array> {
  const own: Uint8Array[] = [];
  await eachLine(making, ({ patient, isPatient, bytes }) => {
    if (patient === wanted && isPatient) own.push(Uint8Array.from(bytes));
  });
  yield* own;
  for (const spill of making.spills) {
    const some: Uint8Array[] = [];
    await eachLine({ ...making, spills: [spill] }, ({ patient, isPatient, bytes }) => {
      if (patient === wanted && !isPatient) some.push(Uint8Array.from(bytes));
    });
    yield* some;
  }
}

/** Whoever is slower finds them gone, and that the piece is done. */
async function removeSpills({ context: { objects, job }, spills }: Making): Promise<void> {
  for (let from = 0; from < spills.length; from += removedTogether) {
    await Promise.all(spills.slice(from, from + removedTogether).map(({ name }) => objects.delete(spillKey(job.id, name))));
  }
}
