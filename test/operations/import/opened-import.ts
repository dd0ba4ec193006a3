/** An import over tables and buckets in memory. */
import { readJob, submitJob } from '../../../src/operations/jobs/submit-job.ts';
import type { ImportDependencies } from '../../../src/operations/import/import-dependencies.ts';
import { runImport } from '../../../src/operations/import/run-import.ts';
import { BucketRefused } from '../../../src/ports/buckets.ts';
import type { Buckets } from '../../../src/ports/buckets.ts';
import { openDataStore } from '../../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../../src/store/write-id.ts';
import { memoryTable } from '../../store/memory-table.ts';

export function memoryBuckets(files: Map<string, Buffer>): Buckets {
  const objectOf = (key: string) => ({ key, sizeBytes: files.get(key)!.length, revision: String(files.get(key)!.length) });
  return {
    list: async ({ prefix }) => ({ objects: [...files.keys()].filter((key) => key.startsWith(prefix)).sort().map(objectOf) }),
    head: async ({ key }) => (files.has(key) ? objectOf(key) : undefined),
    async* read({ key, revision }, range) {
      const found = files.get(key);
      if (found === undefined || String(found.length) !== revision) throw new BucketRefused('changed', 'The file was changed.');
      const end = (range?.last ?? found.length - 1) + 1;
      for (let from = range?.first ?? 0; from < end; from += 100_000) yield found.subarray(from, Math.min(end, from + 100_000));
    },
    async put({ key }, body) {
      const pieces: Uint8Array[] = [];
      for await (const piece of body instanceof Uint8Array ? [body] : body) pieces.push(piece);
      files.set(key, Buffer.concat(pieces));
    },
  };
}

/** @param more of the job's input */
export async function opened(more: object = {}) {
  const files = new Map<string, Buffer>();
  const objects = new Map<string, Uint8Array>();
  let made = 0;
  const clock = { now: () => Date.UTC(2026, 0, 1) + (made += 1), sleep: () => Promise.resolve() };
  const ids = { uuid: () => `${'0'.repeat(8)}-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`, writeId: (nowMs: number) => encodeWriteId(nowMs, new Uint8Array(10).fill((made += 1))), rev: () => `r${(made += 1)}` };
  const objectStore = {
    put: async (key: string, body: Uint8Array) => void objects.set(key, body),
    get: async (key: string) => objects.get(key),
    delete: async (key: string) => void objects.delete(key),
    list: async ({ prefix, limit }: { prefix: string; limit: number }) => ({ keys: [...objects.keys()].filter((key) => key.startsWith(prefix)).sort().slice(0, limit) }),
  };
  const jobs = memoryTable();
  const store = openDataStore({ resources: memoryTable(), index: memoryTable(), objects: objectStore, clock, ids, secret: new Uint8Array(32), shards: 1 });
  const dependencies: ImportDependencies = { jobs, clock, datastoreId: 'd'.repeat(32), importing: store.importing, objects: objectStore, bucketsOf: () => memoryBuckets(files) };
  const input = { InputDataConfig: { S3Uri: 's3://lake/in/' }, JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://lake/out', KmsKeyId: 'k' } }, ValidationLevel: 'structure-only', ...more };
  const submission = await submitJob({ kind: 'import', caller: 'test', input }, { jobs, clock, ids });
  if ('refused' in submission) throw new Error('The job was refused.');
  const { id } = submission.job;
  const run = async (over: Partial<ImportDependencies> = {}) => {
    while ((await runImport(id, { ...dependencies, ...over })) !== undefined);
    return (await readJob('import', id, { jobs }))!;
  };
  return { files, objects, jobs, store, dependencies, id, run };
}

export function patient(id: string, family: string, padding = 0): string {
  return JSON.stringify({ resourceType: 'Patient', id, name: [{ family }], ...(padding > 0 ? { language: 'x'.repeat(padding) } : {}) });
}
