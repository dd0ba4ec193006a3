/** plan: makes sure that the output can be written, and lists the files of the input in the order in which their lines win. */
import type { BucketObject } from '../../ports/buckets.ts';
import type { ImportContext } from './import-dependencies.ts';
import { withBucket } from './import-dependencies.ts';
import { isInput } from './import-input.ts';
import { ImportFailed, maxFileBytes, maxFiles, maxJobBytes } from './import-job.ts';
import type { FileKind, ImportFile, ImportSteps } from './import-job.ts';
import { encodedPlan, filesPerPlan, planKey } from './import-objects.ts';

/** HealthLake's, of no bytes: it is written at submission, so that a job that could not tell of itself ends at once. */
export const probeName = '.healthlake_write_access_check_file.temp';

/** Files asked for at a time: a directory is read anew for each page. S3 gives 1,000 at most. */
const listedAtOnce = 20_000;

/** May be done again: the same input makes the same plan. @throws ImportFailed */
export async function planImport(context: ImportContext): Promise<ImportSteps> {
  const { request: { output, kmsKeyId }, buckets, objects, job, clock } = context;
  const probe = { bucket: output.bucket, key: output.key === '' || output.key.endsWith('/') ? output.key + probeName : `${output.key}/${probeName}` };
  await withBucket('JobOutputDataConfig', () => buckets.put(probe, new Uint8Array(), kmsKeyId === undefined ? {} : { kmsKeyId }));
  let [files, sizeBytes] = [0, 0];
  let part: ImportFile[] = [];
  const keep = async (): Promise<void> => {
    await objects.put(planKey(job.id, Math.floor((files - 1) / filesPerPlan)), encodedPlan(part));
    part = [];
  };
  const named = context.request.files;
  for await (const { key, sizeBytes: size, revision } of named === undefined ? inputFiles(context) : namedFiles(context, named)) {
    part.push({ file: files, key, sizeBytes: size, revision, kind: kindOf(key) });
    files += 1;
    sizeBytes += size;
    if (files > maxFiles) throw new ImportFailed(`InputDataConfig: one job imports up to ${maxFiles} files, and here are more. Split the prefix.`);
    if (sizeBytes > maxJobBytes) throw new ImportFailed('InputDataConfig: one job imports up to 5,000 GB, and here is more. Split the prefix.');
    if (size > maxFileBytes) throw new ImportFailed('InputDataConfig: a file may have up to 50 GB, and one has more. Split it.');
    if (part.length === filesPerPlan) await keep();
  }
  if (files === 0) throw new ImportFailed('InputDataConfig: there is no file whose key begins so. Name the prefix under which the files lie.');
  if (part.length > 0) await keep();
  return { phase: 'planned', files, sizeBytes, begun: clock.now(), file: 0 };
}

async function* inputFiles({ request: { input }, buckets }: ImportContext): AsyncGenerator<BucketObject> {
  for (let after: string | undefined; ; ) {
    const listing = { bucket: input.bucket, prefix: input.key, limit: listedAtOnce, ...(after === undefined ? {} : { after }) };
    const page = await withBucket('InputDataConfig', () => buckets.list(listing));
    for (const object of page.objects) if (isInput(object.key, input.key)) yield object;
    if (page.next === undefined) return;
    after = page.next;
  }
}

async function* namedFiles({ request: { input }, buckets }: ImportContext, keys: readonly string[]): AsyncGenerator<BucketObject> {
  for (const [index, key] of keys.entries()) {
    const object = await withBucket('InputDataConfig', () => buckets.head({ bucket: input.bucket, key }));
    if (object === undefined) throw new ImportFailed(`InputDataConfig: of ${keys.length} files that are to be imported, number ${index + 1} is not there. Nothing was imported.`);
    yield object;
  }
}

/** By its name. */
export function kindOf(key: string): FileKind {
  const name = key.toLowerCase();
  if (name.endsWith('.ndjson') || name.endsWith('.jsonl')) return 'ndjson';
  if (name.endsWith('.ndjson.gz') || name.endsWith('.jsonl.gz')) return 'gzip';
  return name.endsWith('.json') ? 'bundle' : 'unknown';
}
