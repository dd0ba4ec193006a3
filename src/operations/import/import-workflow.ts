/**
 * The steps of an import as a workflow calls them, each from its own process and many side by side (lib/import/definition.ts):
 * plan → unpack the compressed files → cut into units → load the units → assemble the files that lie in several → finish.
 * Each may be cut off anywhere and called again. One that is out of time says that it is not done; when the job is to end, all
 * say that they are, and the last one ends it.
 */
import { isBeingCancelled, isEnded } from '../jobs/job-record.ts';
import { activeJobs, readJob } from '../jobs/submit-job.ts';
import { assembleFile, refuseFile } from './assemble-file.ts';
import { finishImport } from './finish-import.ts';
import { watch } from './goes-on.ts';
import { importCounts } from './import-counts.ts';
import { importContext, workedOn } from './import-dependencies.ts';
import type { ImportContext, ImportDependencies } from './import-dependencies.ts';
import { ImportFailed, piecesOf, stepsOf } from './import-job.ts';
import type { ImportFile, ImportPiece, ImportSteps } from './import-job.ts';
import { decodedPlan, filesPerPlan, importPrefix, planKey } from './import-objects.ts';
import type { LoadedPiece, UnpackedFile } from './import-objects.ts';
import { inGroups, unitCutter } from './import-units.ts';
import type { FileGroup, ImportUnit } from './import-units.ts';
import { loadUnit } from './load-unit.ts';
import { missingPiece, platformFault } from './missing-piece.ts';
import { planImport } from './plan-import.ts';
import { ended, kept } from './run-import.ts';
import { unpackSome } from './unpack-file.ts';

/**
 * Workers of one job at a time. DynamoDB's default bound for a table, 40,000 units a second, is reached by fewer; what goes
 * beyond is throttled and tried again, so more would only wait. It leaves an account's 1,000 functions at a time to others.
 */
export const maxWorkers = 16;
/** Workers of all jobs of a data store together, where there are several: each job has its share, and one at least. */
export const maxStoreWorkers = 48;

/** A list of work in the data store's objects, for one child each. */
export interface WorkList {
  readonly key: string;
  readonly items: number;
}

export interface Planned {
  /** True where there is nothing to do but to finish. */
  readonly done: boolean;
  readonly workers: number;
  /** Compressed files, in groups. */
  readonly unpack: WorkList;
}

export interface CutWork {
  readonly done: boolean;
  readonly workers: number;
  readonly load: WorkList;
  readonly assemble: WorkList;
}

export interface StepDone {
  readonly done: boolean;
}

/** One call of a step. */
export interface StepCall {
  readonly jobId: string;
  /** When no further piece is to be begun, ms since the epoch. */
  readonly until: number;
}

const none: WorkList = { key: '', items: 0 };
const over: StepDone = { done: true };

export function planStep({ jobId }: StepCall, dependencies: ImportDependencies): Promise<Planned> {
  return step<Planned>({ jobId, whenOver: { done: true, workers: 1, unpack: none } }, dependencies, async (context) => {
    let steps = stepsOf(context.job);
    if (steps === undefined) {
      steps = await planImport(context);
      await kept(context, steps);
    }
    const compressed: number[] = [];
    for await (const { file, kind } of plannedFiles(context, { first: 0, end: steps.files })) if (kind === 'gzip') compressed.push(file);
    return { done: false, workers: await shareOf(context), unpack: await listed(context, 'unpack', inGroups(compressed)) };
  });
}

export function unpackStep({ jobId, until, group }: StepCall & { readonly group: FileGroup }, dependencies: ImportDependencies): Promise<StepDone> {
  return step<StepDone>({ jobId, whenOver: over }, dependencies, async (context) => {
    const goesOn = watch(context, until);
    for (const number of group.files) {
      if ((await context.notes.file(number)) !== undefined) continue;
      if (!(await unpackSome(context, await plannedFile(context, number), goesOn))) return { done: (await goesOn()) === 'over' };
    }
    return { done: true };
  });
}

export function cutStep({ jobId }: StepCall, dependencies: ImportDependencies): Promise<CutWork> {
  return step<CutWork>({ jobId, whenOver: { done: true, workers: 1, load: none, assemble: none } }, dependencies, async (context) => {
    const steps = planOf(context);
    const workers = await shareOf(context);
    // What was cut once stays so: those who work on units go by it.
    const known = await keptCut(context);
    if (known !== undefined) return { done: false, workers, ...known };
    const unpacked = await unpackedFiles(context);
    let { sizeBytes } = steps;
    for (const content of unpacked.values()) if ('sizeBytes' in content) sizeBytes += content.sizeBytes;
    const cutter = unitCutter({ files: steps.files, sizeBytes });
    for await (const file of plannedFiles(context, { first: 0, end: steps.files })) cutter.add(file, contentBytes(file, unpacked.get(file.file)));
    const { units, large } = cutter.end();
    const work = { load: await listed(context, 'load', units), assemble: await listed(context, 'assemble', inGroups(large)) };
    await context.objects.put(cutKey(context), new TextEncoder().encode(JSON.stringify(work)));
    return { done: false, workers, ...work };
  });
}

export function loadStep({ jobId, until, unit }: StepCall & { readonly unit: ImportUnit }, dependencies: ImportDependencies): Promise<StepDone> {
  return step<StepDone>({ jobId, whenOver: over }, dependencies, async (context) => {
    const files = plannedFiles(context, { first: unit.from.file, end: unit.to.piece > 0 ? unit.to.file + 1 : unit.to.file });
    return { done: await loadUnit(context, { unit, files, goesOn: watch(context, until) }) };
  });
}

export function assembleStep({ jobId, until, group }: StepCall & { readonly group: FileGroup }, dependencies: ImportDependencies): Promise<StepDone> {
  return step<StepDone>({ jobId, whenOver: over }, dependencies, async (context) => {
    const goesOn = watch(context, until);
    const counts = importCounts(context, `assemble.${group.group}`);
    for (const number of group.files) {
      const now = await goesOn();
      if (now !== 'on') return { done: now === 'over' };
      counts.file(await assembleWhole(context, await plannedFile(context, number)), true);
    }
    await counts.tell(true);
    return { done: true };
  });
}

/** Ends the job. What workers gave up at, of small files and of large ones, is told as failed. */
export async function finishStep({ jobId, until }: StepCall, dependencies: ImportDependencies): Promise<StepDone> {
  const job = await readJob('import', jobId, dependencies);
  if (job === undefined || isEnded(job)) return { done: true };
  const context = importContext(job, dependencies);
  return unlessFailed(context, { done: true }, async () => {
    if (isBeingCancelled(job)) await ended(context, { status: 'CANCEL_COMPLETED' });
    else if (!(await settled(context, until))) return { done: false };
    else await finishImport(context);
    return { done: true };
  });
}

/** The workflow cannot go on. */
export async function failStep({ jobId }: StepCall, dependencies: ImportDependencies): Promise<null> {
  const job = await readJob('import', jobId, dependencies);
  if (job === undefined || isEnded(job)) return null;
  const change = isBeingCancelled(job)
    ? { status: 'CANCEL_COMPLETED' } as const
    : { status: 'FAILED', message: 'The platform could not do the import. What is imported stays. Import again: what is there just so is not written again.' } as const;
  await ended(importContext(job, dependencies), change);
  return null;
}

interface Step<Answer> {
  readonly jobId: string;
  /** What is answered when the job is to end. */
  readonly whenOver: Answer;
}

async function step<Answer>({ jobId, whenOver }: Step<Answer>, dependencies: ImportDependencies, work: (context: ImportContext) => Promise<Answer>): Promise<Answer> {
  const context = await workedOn(jobId, dependencies);
  return context === undefined ? whenOver : unlessFailed(context, whenOver, () => work(context));
}

/** What whoever asked for the job can change ends it, and is no fault of the workflow. */
async function unlessFailed<Answer>(context: ImportContext, whenOver: Answer, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImportFailed)) throw error;
    await ended(context, { status: 'FAILED', message: error.message });
    return whenOver;
  }
}

function planOf({ job }: ImportContext): ImportSteps {
  const steps = stepsOf(job);
  if (steps === undefined) throw new Error('An import is to be worked on before it is planned.');
  return steps;
}

async function shareOf(context: ImportContext): Promise<number> {
  const active = await activeJobs(context, 'import');
  return Math.max(1, Math.min(maxWorkers, Math.floor(maxStoreWorkers / Math.max(active.length, 1))));
}

async function* plannedFiles({ objects, job }: ImportContext, { first, end }: { readonly first: number; readonly end: number }): AsyncGenerator<ImportFile> {
  for (let part = Math.floor(first / filesPerPlan); part * filesPerPlan < end; part += 1) {
    const bytes = await objects.get(planKey(job.id, part));
    if (bytes === undefined) throw new Error('The plan of an import is missing.');
    for (const file of decodedPlan(bytes)) if (file.file >= first && file.file < end) yield file;
  }
}

async function plannedFile(context: ImportContext, number: number): Promise<ImportFile> {
  for await (const file of plannedFiles(context, { first: number, end: number + 1 })) return file;
  throw new Error('A file is not in the plan of its import.');
}

async function listed({ objects, job }: ImportContext, name: string, items: readonly unknown[]): Promise<WorkList> {
  const key = `${importPrefix(job.id)}${name}.json`;
  await objects.put(key, new TextEncoder().encode(JSON.stringify(items)));
  return { key, items: items.length };
}

const cutKey = ({ job }: ImportContext): string => `${importPrefix(job.id)}cut.json`;

async function keptCut(context: ImportContext): Promise<Pick<CutWork, 'load' | 'assemble'> | undefined> {
  const bytes = await context.objects.get(cutKey(context));
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes)) as Pick<CutWork, 'load' | 'assemble'>;
}

async function unpackedFiles({ notes }: ImportContext): Promise<ReadonlyMap<number, UnpackedFile>> {
  const found = new Map<number, UnpackedFile>();
  for await (const { file, unpacked } of notes.contents()) found.set(file, unpacked);
  return found;
}

/** Of one that was not unpacked nothing is loaded, and it is one piece for those who tell so. */
function contentBytes({ kind, sizeBytes }: ImportFile, unpacked: UnpackedFile | undefined): number {
  if (kind !== 'gzip') return sizeBytes;
  return unpacked === undefined || 'refusal' in unpacked ? 0 : unpacked.sizeBytes;
}

async function assembleWhole(context: ImportContext, file: ImportFile): ReturnType<typeof assembleFile> {
  return assembleFile(context, file, await allPieces(context, file));
}

async function allPieces({ notes }: ImportContext, file: ImportFile): Promise<readonly ImportPiece[]> {
  return piecesOf(file, contentBytes(file, file.kind === 'gzip' ? await notes.unpacked(file.file) : undefined));
}

/** Tells of the files that no worker came to the end of. @returns false when time is up before */
async function settled(context: ImportContext, until: number): Promise<boolean> {
  const { files, phase } = planOf(context);
  if (phase === 'assembled') return true;
  for await (const number of context.notes.missingFiles(files)) {
    if (context.clock.now() >= until) return false;
    await settleFile(context, await plannedFile(context, number));
  }
  return true;
}

async function settleFile(context: ImportContext, file: ImportFile): Promise<void> {
  const unpacked = file.kind === 'gzip' ? await context.notes.unpacked(file.file) : undefined;
  if (unpacked !== undefined && 'refusal' in unpacked) return void (await refuseFile(context, file, unpacked.refusal));
  if (file.kind === 'gzip' && unpacked === undefined) return void (await refuseFile(context, file, platformFault));
  const pieces = await allPieces(context, file);
  for (const { piece } of pieces) {
    const loaded: LoadedPiece | undefined = await context.notes.piece(file.file, piece);
    if (loaded === undefined) await missingPiece(context, { file: file.file, piece });
  }
  await assembleFile(context, file, pieces);
}
