/** The file of an inbox whose job has ended goes to `processed/`, or to `failed/` with the reasons beside it. */
import type { ImportDependencies } from '../operations/import/import-dependencies.ts';
import { importRequest } from '../operations/import/import-job.ts';
import { inboxReasons } from '../operations/import/inbox-reasons.ts';
import { dealtWithKey, inboxFile, inboxImport, inboxVerdict, isInboxJob, reasonsKey } from '../operations/import/inbox.ts';
import { readJob } from '../operations/jobs/submit-job.ts';
import { s3Client } from './clients.ts';
import { s3Move } from './s3-move.ts';

/** May be done again, wherever it was cut off. Jobs that are of no inbox are left alone. */
export async function settleInboxFile(jobId: string, dependencies: ImportDependencies): Promise<void> {
  const job = await readJob('import', jobId, dependencies);
  if (job === undefined || !isInboxJob(job)) return;
  const { input: { bucket }, files: [key = ''] = [], level, roleArn } = importRequest(job);
  const [verdict, file] = [inboxVerdict(job.status), inboxFile(key)];
  if (verdict === undefined || file === undefined) return;
  const buckets = dependencies.bucketsOf(roleArn);
  const found = await buckets.head({ bucket, key });
  // Moved before, or removed by somebody. One that was replaced since has a job of its own.
  if (found === undefined || job.clientToken !== inboxImport({ ...found, bucket }, { level }).clientToken) return;
  const to = dealtWithKey(file, verdict, job.id);
  // The reasons first: a file that lies there has them beside it.
  if (verdict === 'failed') await buckets.put({ bucket, key: reasonsKey(to) }, inboxReasons(job, { buckets, datastoreId: dependencies.datastoreId }));
  await s3Move(s3Client(), { bucket, key, to, revision: found.revision, sizeBytes: found.sizeBytes });
}
