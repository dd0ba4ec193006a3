/**
 * finish: the manifest, the job's last status, and nothing left of what only its steps needed. The files that we serve, and what
 * is known of any, go when they have been there for `exportLifeMs`, or with the job.
 */
import type { ObjectStore } from '../../ports/object-store.ts';
import { changeJob } from '../jobs/change-job.ts';
import { isBeingCancelled, isEnded, isJobId } from '../jobs/job-record.ts';
import type { JobRecord, JobStatus } from '../jobs/job-record.ts';
import { readJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import type { ExportContext } from './export-dependencies.ts';
import { exportLifeMs, exportRequest, keptSteps, noTotals, stepsOf } from './export-job.ts';
import type { ExportedFile, ExportManifest, ExportTotals } from './export-job.ts';
import { encoded, exportNotes, exportPrefix, exportsPrefix, manifestKey, patientsKey } from './export-objects.ts';
import type { ExportNotes } from './export-objects.ts';
import { folderUri } from './piece-files.ts';

const removedAtOnce = 1000;
/** Sorts behind every key below a folder. */
const behindAll = '~';

/** Ends a job whose pieces are all done. May be done again, wherever it was cut off. */
export async function finishExport(context: ExportContext): Promise<JobRecord | undefined> {
  const { job, notes, objects, request: { organizedBy } } = context;
  const steps = stepsOf(job);
  if (steps === undefined || steps.phase === 'cut') throw new Error('An export is to be finished before it is planned.');
  if (steps.phase === 'planned') {
    if (organizedBy !== undefined && steps.blocks === undefined) return overtaken(context);
    // In this order, for whoever is quicker forgets files first.
    const files = await filesOf(notes, steps.pieces);
    const totals = await exportTotals(notes, steps.pieces);
    if (totals.piecesDone < steps.pieces || totals.files !== files.ofPieces) return overtaken(context);
    const uri = folderUri(context);
    const manifest: ExportManifest = { transactionTime: steps.cut, ...(uri && { folderUri: uri }), ...(organizedBy && { organizedBy }), files: files.all };
    await objects.put(manifestKey(job.id), encoded(manifest));
    const kept = keptSteps({ ...steps, phase: 'written' });
    const progress = { ...totals, ...summed(files.all) };
    await changeJob(job, () => ({ steps: kept, progress }), context);
    return finishExport({ ...context, job: { ...job, steps: kept, progress } });
  }
  await objects.delete(patientsKey(job.id));
  for (const folder of ['carry/', 'spilled/']) await removeBelow(objects, `${exportPrefix(job.id)}${folder}`);
  await notes.forget();
  const errors = (job.progress as Partial<ExportTotals>).errors ?? 0;
  const status: JobStatus = errors === 0 ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS';
  const ended = await changeJob(job, (current) => (isBeingCancelled(current) ? undefined : { status }), context);
  // Who was told that it is being removed finds it so.
  return ended !== undefined && isBeingCancelled(ended) ? endExport(context, { status: 'CANCEL_COMPLETED' }) : ended;
}

/** Ends a job before its work is done, and removes what it made: but for what lies in a bucket, which is not ours to remove. */
export async function endExport(context: ExportContext, change: Pick<JobRecord, 'status' | 'message'>): Promise<JobRecord | undefined> {
  await removeExport(context.objects, context.job.id);
  await context.notes.forget();
  return changeJob(context.job, () => change, context);
}

/** How far the job has come, for its `progress`. */
export async function exportTotals(notes: ExportNotes, pieces: number): Promise<ExportTotals> {
  const totals = { ...noTotals, pieces };
  for await (const note of notes.pieces()) {
    totals.resources += note.resources;
    totals.deleted += note.deleted;
    totals.errors += note.errors;
    totals.files += note.files;
    totals.sizeBytes += note.sizeBytes;
    if (note.done) totals.piecesDone += 1;
  }
  return totals;
}

interface FoundFiles {
  /** By what is in them. */
  readonly all: readonly ExportedFile[];
  /** Without the plan's own file of errors. */
  readonly ofPieces: number;
}

async function filesOf(notes: ExportNotes, pieces: number): Promise<FoundFiles> {
  const all: ExportedFile[] = [];
  let ofPieces = 0;
  for await (const { piece, file } of notes.files()) {
    if (file.kind !== 'spilled') all.push(file);
    if (piece < pieces) ofPieces += 1;
  }
  return { all: all.toSorted((one, other) => compare(one.kind, other.kind) || compare(one.type, other.type)), ofPieces };
}

function summed(files: readonly ExportedFile[]): Pick<ExportTotals, 'files' | 'errors' | 'sizeBytes'> {
  const errors = files.reduce((sum, { kind, count }) => sum + (kind === 'errors' ? count : 0), 0);
  return { files: files.length, errors, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** Another who works on the job may have come to its end, and forgotten what it was made of. @throws Error when nobody has */
async function overtaken(context: ExportContext): Promise<JobRecord | undefined> {
  const job = await readJob('export', context.job.id, context);
  if (job === undefined || isEnded(job)) return job;
  if (stepsOf(job)?.phase !== 'written') throw new Error('An export is to be finished before all of its pieces are done.');
  return finishExport({ ...context, job });
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** What became of a job that has ended well; `undefined` when there is nothing, or nothing any more. */
export async function readManifest(objects: Pick<ObjectStore, 'get'>, jobId: string): Promise<ExportManifest | undefined> {
  const bytes = await objects.get(manifestKey(jobId));
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes)) as ExportManifest;
}

/** When the files of a job that has ended are gone, ms since the epoch; Infinity where they lie in a bucket. */
export function expiryOf(job: Pick<JobRecord, 'ended' | 'input'>): number {
  return exportRequest(job).output.place === 'bucket' ? Infinity : (job.ended ?? Infinity) + exportLifeMs;
}

/** Removes the manifest and the files that we serve: for a client who has all of it, too. May be done again. */
export async function removeExport(objects: ObjectStore, jobId: string): Promise<void> {
  // Without it nobody finds the files.
  await objects.delete(manifestKey(jobId));
  await removeBelow(objects, exportPrefix(jobId));
}

async function removeBelow(objects: ObjectStore, prefix: string): Promise<void> {
  for (;;) {
    const { keys } = await objects.list({ prefix, limit: removedAtOnce });
    for (const key of keys) await objects.delete(key);
    if (keys.length < removedAtOnce) return;
  }
}

/** Removes what has been there for its time, and what is left of jobs that are kept no longer. @returns of how many jobs */
export async function sweepExports({ objects, ...ports }: JobPorts & { readonly objects: ObjectStore }): Promise<number> {
  let removed = 0;
  for (let after: string | undefined; ; ) {
    const { keys: [key] } = await objects.list({ prefix: exportsPrefix, limit: 1, ...(after !== undefined && { after }) });
    if (key === undefined) return removed;
    const [id = ''] = key.slice(exportsPrefix.length).split('/');
    const job = isJobId(id) ? await readJob('export', id, ports) : undefined;
    if (job === undefined || (isEnded(job) && expiryOf(job) <= ports.clock.now())) {
      await removeExport(objects, id);
      // What a step that came too late has noted.
      await exportNotes(ports.jobs, id).forget();
      removed += 1;
    }
    after = `${exportPrefix(id)}${behindAll}`;
  }
}
