/** load: the pieces of one unit, some of them side by side, and the outputs of the files that lie in it whole. */
import { assembleFile, refuseFile } from './assemble-file.ts';
import type { GoesOn } from './goes-on.ts';
import { importCounts } from './import-counts.ts';
import type { ImportCounts } from './import-counts.ts';
import type { ImportContext } from './import-dependencies.ts';
import { piecesOf } from './import-job.ts';
import type { ImportFile, ImportPiece } from './import-job.ts';
import { bucketSource, unpackedSource } from './import-source.ts';
import { piecesIn } from './import-units.ts';
import type { ImportUnit } from './import-units.ts';
import type { ImportSource } from './lines.ts';
import { loadPiece } from './load-piece.ts';

/** While one waits for its commit the others are read; small files are waited for more than they are worked on. */
const piecesAtOnce = 8;

export interface UnitWork {
  readonly unit: ImportUnit;
  /** Those that have pieces in the unit. */
  readonly files: AsyncIterable<ImportFile>;
  readonly goesOn: GoesOn;
}

/** A file as far as it lies in the unit. */
interface OpenFile {
  readonly file: ImportFile;
  readonly source: ImportSource;
  /** Of the whole file. */
  readonly pieces: readonly ImportPiece[];
  readonly isWhole: boolean;
  /** Pieces of the unit's that are not loaded yet. */
  left: number;
}

/** @returns false when time is up before all is loaded */
export async function loadUnit(context: ImportContext, { unit, files, goesOn }: UnitWork): Promise<boolean> {
  const counts = importCounts(context, `load.${unit.unit}`);
  const tasks = piecesOfUnit(context, { unit, files }, counts);
  let stopped: 'late' | 'over' | undefined;
  const work = async (): Promise<void> => {
    for await (const { open, piece } of tasks) {
      const now = await goesOn();
      if (now !== 'on') stopped = now;
      if (stopped !== undefined) return;
      await load(context, { open, piece }, counts);
      await counts.tell(false);
    }
  };
  await Promise.all(Array.from({ length: piecesAtOnce }, work));
  await counts.tell(true);
  return stopped !== 'late';
}

interface PieceTask {
  readonly open: OpenFile;
  readonly piece: ImportPiece;
}

async function* piecesOfUnit(context: ImportContext, { unit, files }: Pick<UnitWork, 'unit' | 'files'>, counts: ImportCounts): AsyncGenerator<PieceTask, undefined> {
  for await (const file of files) {
    const open = await opened(context, file, { unit, counts });
    if (open === undefined) continue;
    const { first, end } = piecesIn(unit, file.file, open.pieces.length);
    open.left = end - first;
    for (const piece of open.pieces.slice(first, end)) yield { open, piece };
  }
  return undefined;
}

/** @returns `undefined` for a file of which there is nothing to load */
async function opened(context: ImportContext, file: ImportFile, { unit, counts }: { readonly unit: ImportUnit; readonly counts: ImportCounts }): Promise<OpenFile | undefined> {
  const { notes } = context;
  const isWhole = (count: number): boolean => {
    const { first, end } = piecesIn(unit, file.file, count);
    return first === 0 && end === count;
  };
  const known = await notes.file(file.file);
  if (known !== undefined) {
    if (isWhole(Infinity)) counts.file(known, false);
    return undefined;
  }
  if (file.kind !== 'gzip') {
    const pieces = piecesOf(file, file.sizeBytes);
    return { file, pieces, source: bucketSource(context, file), isWhole: isWhole(pieces.length), left: 0 };
  }
  const unpacked = await notes.unpacked(file.file);
  // One that could not be unpacked is told of at the end.
  if (unpacked === undefined) return undefined;
  if ('refusal' in unpacked) {
    counts.file(await refuseFile(context, file, unpacked.refusal), false);
    return undefined;
  }
  const pieces = piecesOf(file, unpacked.sizeBytes);
  return { file, pieces, source: unpackedSource(context, file, unpacked.sizeBytes), isWhole: isWhole(pieces.length), left: 0 };
}

async function load(context: ImportContext, { open, piece }: PieceTask, counts: ImportCounts): Promise<void> {
  const { file, source, pieces, isWhole } = open;
  const loaded = await loadPiece(context, { file, piece, source });
  counts.piece(loaded);
  open.left -= 1;
  if (open.left === 0 && isWhole) counts.file(await assembleFile(context, file, pieces), true);
}
