/**
 * Files that are dropped in inboxes, as S3 tells EventBridge of them and that a queue
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html): each has an import submitted. S3 tells of an object
 * when it is whole, at least once: the job's client token makes one job of however many messages.
 */
import { FhirError } from '../fhir/outcome.ts';
import { inboxFile, inboxImport } from '../operations/import/inbox.ts';
import { announcedPorts } from './announced-jobs.ts';
import { s3Client } from './clients.ts';
import { servedStores } from './control-table.ts';
import { logError } from './fault-log.ts';
import { importStarter } from './import-runs.ts';
import { queueHandler } from './queue-handler.ts';
import { s3Buckets } from './s3-buckets.ts';
import type { QueueAnswer, QueueEvent } from './transaction-job-handler.ts';

/** What of the event counts. */
interface ObjectCreated {
  readonly detail: { readonly bucket: { readonly name: string }; readonly object: { readonly key: string } };
}

export function serveInbox(): (event: QueueEvent) => Promise<QueueAnswer> {
  const storeOf = servedStores((record) => record);
  const start = importStarter(announcedPorts);
  const buckets = s3Buckets(s3Client());
  return queueHandler(async (message) => {
    const { bucket: { name: bucket }, object: { key } } = (message as ObjectCreated).detail;
    const file = inboxFile(key);
    if (file === undefined) return;
    // As it is now: where it was replaced since, the later message finds the same job.
    const object = await buckets.head({ bucket, key });
    const store = await unlessGone(storeOf(file.datastoreId));
    if (object === undefined || store === undefined) return;
    const submission = await start(store, inboxImport({ ...object, bucket }, { level: 'strict' }));
    if (submission.job === undefined) throw new Error('As many imports as may be have not ended: the file of the inbox waits.');
  }, logError);
}

/** A folder of that name may be of no data store, or of one that is deleted. */
async function unlessGone<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof FhirError && error.status === 404) return undefined;
    throw error;
  }
}
