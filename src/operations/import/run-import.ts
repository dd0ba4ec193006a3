/**
 * The steps of an import one after the other, in one process: works on a job for a while and keeps where it has come, so that
 * whoever goes on with it goes on from there. It may be cut off anywhere.
 */
import { StorageFull } from '../../ports/ordered-table.ts';
import { changeJob } from '../jobs/change-job.ts';
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import { assembleFile, refuseFile } from './assemble-file.ts';
import { finishImport, tidyImport } from './finish-import.ts';
import { watch } from './goes-on.ts';
import type { GoesOn } from './goes-on.ts';
import { importContext, PieceTooLarge } from './import-dependencies.ts';
import type { ImportContext, ImportDependencies } from './import-dependencies.ts';
import { ImportFailed, keptIsGone, keptSteps, pieceBytes, piecesOf, stepsOf } from './import-job.ts';
import type { ImportFile, ImportPiece, ImportSteps, ImportTotals } from './import-job.ts';
import { decodedPlan, filesPerPlan, planKey } from './import-objects.ts';
import type { AssembledFile, LoadedPiece } from './import-objects.ts';
import { noTotals, progressReport, withFile } from './import-report.ts';
import { bucketSource, unpackedSource } from './import-source.ts';
import type { ImportSource } from './lines.ts';
import { loadPiece } from './load-piece.ts';
import type { FilePiece } from './load-piece.ts';
import { missingPiece, tooLargeForMemory } from './missing-piece.ts';
import { planImport } from './plan-import.ts';
import { unpackSome } from './unpack-file.ts';

/** Progress is told, a wish to cancel is heard, and other jobs have their turn, so often. */
export const importSliceMs = 2000;
/** While one piece waits for its commit, the others are read; so many unless those who load them say otherwise. */
export const piecesAtOnce = 3;
/** Small files that are worked on between two looks at the clock. */
const filesAtOnce = 64;

/**
 * Works on the job until it has ended or a slice of time is up.
 *
 * @returns when to go on, in milliseconds from now; `undefined` when there is nothing left to do
 */
export async function runImport(id: string, dependencies: ImportDependencies): Promise<number | undefined> {
  const job = await readJob('import', id, dependencies);
  if (job === undefined || isEnded(job)) return undefined;
  const context = importContext(job, dependencies);
  try {
    if (isBeingCancelled(job)) return await ended(context, { status: 'CANCEL_COMPLETED' });
    const steps = stepsOf(job);
    if (steps === undefined) return await kept(context, await planImport(context));
    if (steps.phase === 'assembled' || steps.file >= steps.files) {
      await finishImport(context);
      return undefined;
    }
    return await loadSome(context, steps);
  } catch (error) {
    if (error instanceof ImportFailed) return ended(context, { status: 'FAILED', message: error.message });
    if (error instanceof StorageFull) return ended(context, { status: 'FAILED', message: 'The disk of the data store is full. What is imported stays; make room, and import again.' });
    throw error;
  }
}

/** Ends a job before its work is done: what is imported stays. */
export async function ended(context: ImportContext, change: Pick<JobRecord, 'status' | 'message'>): Promise<undefined> {
  await tidyImport(context);
  await changeJob(context.job, () => change, context);
}

/** Keeps where a job has come, and tells of it. @param partly pieces of files that are not assembled yet */
export async function kept(context: ImportContext, steps: ImportSteps, partly: readonly LoadedPiece[] = []): Promise<number> {
  const { job, clock } = context;
  const partBytes = partly.reduce((total, { importedBytes }) => total + importedBytes, 0);
  const progress = progressReport(withPieces(steps.totals ?? noTotals, partly), steps, clock.now());
  // A wish to cancel stays.
  await changeJob(job, (current) => ({
    steps: keptSteps({ ...steps, partBytes }), progress, ...(isBeingCancelled(current) ? {} : { status: 'IN_PROGRESS' }),
  }), context);
  return 0;
}

function withPieces(totals: ImportTotals, pieces: readonly LoadedPiece[]): ImportTotals {
  const counted = { ...totals };
  for (const { scanned, imported, failed } of pieces) {
    counted.scanned += scanned;
    counted.imported += imported;
    counted.failed += failed;
  }
  return counted;
}

async function loadSome(context: ImportContext, steps: ImportSteps): Promise<number> {
  const until = context.clock.now() + importSliceMs;
  let { file, totals = noTotals } = steps;
  while (file < steps.files && context.clock.now() < until) {
    const files = await nextFiles(context, file);
    const [only] = files;
    const partly: LoadedPiece[] = [];
    const assembled = files.length === 1
      ? [await worked(context, only!, { until, partly })]
      : await pool(files, filesAtOnce, (one) => worked(context, one, { until: Infinity, partly: [] }));
    for (const one of assembled) {
      if (one === undefined) return kept(context, { ...steps, file, totals }, partly);
      totals = withFile(totals, one);
      file += 1;
    }
  }
  return kept(context, { ...steps, file, totals });
}

/** The file to go on with, with those behind it that come to no more than a few pieces together. */
async function nextFiles({ objects, job }: ImportContext, from: number): Promise<readonly ImportFile[]> {
  const bytes = await objects.get(planKey(job.id, Math.floor(from / filesPerPlan)));
  // Where the end of a job was cut off, as by a full disk, too.
  if (bytes === undefined) throw keptIsGone();
  const rest = decodedPlan(bytes).slice(from % filesPerPlan);
  let sizeBytes = 0;
  const few = rest.slice(0, filesAtOnce).findIndex((file) => {
    sizeBytes += file.sizeBytes;
    return file.kind === 'gzip' || sizeBytes > piecesAtOnce * pieceBytes;
  });
  return rest.slice(0, few === -1 ? filesAtOnce : Math.max(few, 1));
}

interface Work {
  /** When no further piece is to be begun, ms since the epoch. */
  readonly until: number;
  /** Is told of every piece that is loaded. */
  readonly partly: LoadedPiece[];
}

/** @returns `undefined` when there are pieces left */
async function worked(context: ImportContext, file: ImportFile, { until, partly }: Work): Promise<AssembledFile | undefined> {
  const known = await context.notes.file(file.file);
  if (known !== undefined) return known;
  const found = await contentOf(context, file);
  if (found === undefined) return undefined;
  if ('refusal' in found) return refuseFile(context, file, found.refusal);
  const { pieces, source } = found;
  const loaded = await pool(pieces, context.piecesAtOnce ?? piecesAtOnce, async (piece) => {
    if (context.clock.now() >= until && piece.piece > 0 && (await context.notes.piece(file.file, piece.piece)) === undefined) return undefined;
    const one = await loadedHereOrElsewhere(context, { file, piece, source });
    // Of a compressed file the share of what it is as it lies there: the job's size is that of its files.
    partly.push({ ...one, importedBytes: Math.round(one.importedBytes * (file.sizeBytes / Math.max(1, source.sizeBytes))) });
    return one;
  });
  return loaded.includes(undefined) ? undefined : assembleFile(context, file, pieces);
}

async function loadedHereOrElsewhere(context: ImportContext, { file, piece, source }: FilePiece): Promise<LoadedPiece> {
  if (context.loadElsewhere === undefined) return loadPiece(context, { file, piece, source });
  try {
    return await context.loadElsewhere(context.job, { file, piece, sizeBytes: source.sizeBytes });
  } catch (error) {
    if (!(error instanceof PieceTooLarge)) throw error;
    return missingPiece(context, { file: file.file, piece: piece.piece }, tooLargeForMemory);
  }
}

type Content = { readonly refusal: string } | { readonly pieces: readonly ImportPiece[]; readonly source: ImportSource };

/** Where the bytes of a file are, and its pieces: of one that is compressed, after it was unpacked. @returns `undefined` when it is not */
async function contentOf(context: ImportContext, file: ImportFile): Promise<Content | undefined> {
  if (file.kind !== 'gzip') return { pieces: piecesOf(file, file.sizeBytes), source: bucketSource(context, file) };
  const unpacked = await unpackSome(context, file, unpackingTurn(context));
  if (unpacked === undefined || 'refusal' in unpacked) return unpacked;
  return { pieces: piecesOf(file, unpacked.sizeBytes), source: unpackedSource(context, file, unpacked.sizeBytes) };
}

/**
 * The time to unpack for. What is put away already was passed over before this is asked first: as long again is worked on,
 * so that large files come to their end too.
 */
function unpackingTurn(context: ImportContext): GoesOn {
  const { clock } = context;
  const begun = clock.now();
  let goesOn: GoesOn | undefined;
  return () => (goesOn ??= watch(context, clock.now() + Math.max(importSliceMs, clock.now() - begun)))();
}

/** Works on all, so many side by side, in their order. */
async function pool<One, Result>(all: readonly One[], width: number, work: (one: One) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  const entries = all.entries();
  await Promise.all(Array.from({ length: Math.min(width, all.length) }, async () => {
    for (const [index, one] of entries) results[index] = await work(one);
  }));
  return results;
}
