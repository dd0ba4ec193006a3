/** Why a file of an inbox failed, as lines of JSON: what its job says of it, or the lines of its `FAILURE/`. */
import type { JobRecord } from '../jobs/job-record.ts';
import type { Buckets } from '../../ports/buckets.ts';
import { outputName } from './assemble-file.ts';
import { outputFolder } from './import-dependencies.ts';
import { importRequest } from './import-job.ts';
import { kindOf } from './plan-import.ts';

/** @param job that has ended */
export async function* inboxReasons(job: JobRecord, { buckets, datastoreId }: { readonly buckets: Buckets; readonly datastoreId: string }): AsyncGenerator<Uint8Array> {
  const { id: jobId, message, status } = job;
  if (message !== undefined || status.startsWith('CANCEL')) {
    yield new TextEncoder().encode(`${JSON.stringify({ jobId, status, message: message ?? 'The import was cancelled. What was imported stays.' })}\n`);
    return;
  }
  const request = importRequest(job);
  const { output: { bucket }, files: [key = ''] = [] } = request;
  const name = `${outputFolder({ request, datastoreId, job })}FAILURE/${outputName(request, { key, kind: kindOf(key) })}`;
  const told = await buckets.head({ bucket, key: name });
  if (told !== undefined && told.sizeBytes > 0) yield* buckets.read({ bucket, key: name, revision: told.revision }, { first: 0, last: told.sizeBytes - 1 });
}
