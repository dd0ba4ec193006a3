/** finish: the manifest, the job's last status, and nothing left of what the job kept. */
import { changeJob } from '../jobs/change-job.ts';
import { isBeingCancelled } from '../jobs/job-record.ts';
import type { JobRecord, JobStatus } from '../jobs/job-record.ts';
import type { ImportContext } from './import-dependencies.ts';
import { outputFolder, withBucket } from './import-dependencies.ts';
import { keptSteps, stepsOf } from './import-job.ts';
import type { FileResult, ImportTotals } from './import-job.ts';
import { importPrefix } from './import-objects.ts';
import { manifest, noTotals, progressReport, withFile } from './import-report.ts';

export const manifestName = 'Manifest.json';

const removedAtOnce = 1000;

/** Ends a job whose files are all assembled. May be done again, wherever it was cut off. */
export async function finishImport(context: ImportContext): Promise<JobRecord | undefined> {
  const { job, notes, clock } = context;
  const steps = stepsOf(job);
  if (steps === undefined) throw new Error('An import is to be finished before it is planned.');
  if (steps.phase !== 'assembled') {
    let totals = noTotals;
    const results: FileResult[] = [];
    for await (const file of notes.files()) {
      totals = withFile(totals, file);
      if (context.request.files !== undefined) results.push({ imported: file.imported, failed: file.failed, ...(file.refused ? { refused: true } : {}) });
    }
    if (totals.files !== steps.files) throw new Error('An import is to be finished before all of its files are assembled.');
    await writeManifest(context, totals);
    const progress = progressReport(totals, steps, clock.now());
    const kept = keptSteps({ ...steps, phase: 'assembled', status: statusOf(totals), ...(results.length === 0 ? {} : { results }) });
    await changeJob(job, () => ({ steps: kept, progress }), context);
    return finishImport({ ...context, job: { ...job, steps: kept } });
  }
  await tidyImport(context);
  // Who was told that it is being cancelled finds it so.
  return changeJob(job, (current) => ({ status: isBeingCancelled(current) ? 'CANCEL_COMPLETED' : steps.status ?? 'COMPLETED' }), context);
}

/** As HealthLake has it, an import of which nothing came in has failed, without a message: the manifest tells of it. */
function statusOf({ failed, failedFiles, imported }: ImportTotals): JobStatus {
  if (failed === 0 && failedFiles === 0) return 'COMPLETED';
  return imported === 0 ? 'FAILED' : 'COMPLETED_WITH_ERRORS';
}

async function writeManifest(context: ImportContext, totals: ImportTotals): Promise<void> {
  const { request: { output, kmsKeyId }, buckets } = context;
  const body = new TextEncoder().encode(JSON.stringify(manifest(context, totals)));
  const place = { bucket: output.bucket, key: `${outputFolder(context)}${manifestName}` };
  await withBucket('JobOutputDataConfig', () => buckets.put(place, body, kmsKeyId === undefined ? {} : { kmsKeyId }));
}

/** Removes what the job kept for itself; what it imported stays. */
export async function tidyImport({ objects, notes, job }: Pick<ImportContext, 'objects' | 'notes' | 'job'>): Promise<void> {
  for (;;) {
    const { keys } = await objects.list({ prefix: importPrefix(job.id), limit: removedAtOnce });
    for (const key of keys) await objects.delete(key);
    if (keys.length < removedAtOnce) break;
  }
  await notes.forget();
}
