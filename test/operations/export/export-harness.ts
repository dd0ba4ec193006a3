/** Exports over tables, objects and buckets in memory: for tests of the steps. */
import type { Buckets } from '../../../src/ports/buckets.ts';
import { openDataStore } from '../../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../../src/store/write-id.ts';
import type { ExportDependencies } from '../../../src/operations/export/export-dependencies.ts';
import { exportInput } from '../../../src/operations/export/export-job.ts';
import type { ExportedKind, ExportManifest, ExportRequest } from '../../../src/operations/export/export-job.ts';
import { exportFileKey } from '../../../src/operations/export/export-objects.ts';
import { readManifest } from '../../../src/operations/export/finish-export.ts';
import { runExport } from '../../../src/operations/export/run-export.ts';
import { readJob, submitJob } from '../../../src/operations/jobs/submit-job.ts';
import { memoryTable } from '../../store/memory-table.ts';

export type Line = Record<string, unknown> & { readonly id: string; readonly resourceType: string };

const pageRows = 50;

export type Harness = ReturnType<typeof exportHarness>;

export function exportHarness(over: Partial<ExportDependencies> = {}) {
  const [objects, files] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()];
  let [now, made] = [Date.UTC(2026, 0, 1), 0];
  const clock = { now: () => (now += 1), sleep: async (ms: number) => void (now += Math.ceil(ms)) };
  /** Each look at it is a minute later: every slice is over when it has read a page. */
  const hurried = { now: () => (now += 60_000) };
  const ids = {
    uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`, rev: () => `r${(made += 1)}`,
    writeId: (nowMs: number) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, (_none, byte) => ((made += 1) >> byte) & 0xff)),
  };
  const objectStore = {
    put: async (key: string, body: Uint8Array) => void objects.set(key, body),
    get: async (key: string) => objects.get(key),
    delete: async (key: string) => void objects.delete(key),
    async list({ prefix, limit, after = '' }: { prefix: string; limit: number; after?: string }) {
      return { keys: [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted((one, other) => (one < other ? -1 : 1)).slice(0, limit) };
    },
  };
  const buckets: Pick<Buckets, 'put'> = { put: async ({ key }, body) => void files.set(key, await gathered(body)) };
  const jobs = memoryTable();
  const resources = memoryTable();
  // A page of a few, so that there are many.
  const scanned = { ...resources, scan: (scan: Parameters<typeof resources.scan>[0]) => resources.scan({ ...scan, limit: Math.min(scan.limit, pageRows) }) };
  const store = openDataStore({ resources: scanned, index: memoryTable(), objects: objectStore, clock, ids, secret: new Uint8Array(32), shards: 1 });
  const dependencies: ExportDependencies = {
    jobs, clock, ids, datastoreId: 'd'.repeat(32), exporting: store.exporting, store, objects: objectStore, pieces: 1,
    bucketsOf: () => buckets as Buckets,
    keepContent: async (key, content) => void objects.set(key, await gathered(content)),
    openContent: async (key) => inPieces(objects.get(key)!),
    ...over,
  };

  async function submit(request: Partial<ExportRequest> = {}): Promise<string> {
    const input = exportInput({ level: 'system', output: { place: 'store' }, baseUrl: 'http://here.example/r4', ...request });
    const submission = await submitJob({ kind: 'export', caller: 'test', input }, dependencies);
    if ('refused' in submission) throw new Error('The job was refused.');
    return submission.job.id;
  }

  async function finish(id: string, more: Partial<ExportDependencies> = {}) {
    while ((await runExport(id, { ...dependencies, ...more })) !== undefined);
    return (await readJob('export', id, { jobs }))!;
  }

  /** The lines of each file, parsed. */
  async function read(id: string): Promise<{ manifest: ExportManifest; lines: (kind: ExportedKind) => Line[] }> {
    const manifest = (await readManifest(objectStore, id))!;
    const lines = (kind: ExportedKind): Line[] => manifest.files.filter((file) => file.kind === kind).flatMap(({ name }) => {
      const text = Buffer.from(objects.get(exportFileKey(id, name))!).toString();
      return text.trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
    });
    return { manifest, lines };
  }

  async function exported(request: Partial<ExportRequest> = {}, kind: ExportedKind = 'resources'): Promise<readonly string[]> {
    const id = await submit(request);
    const job = await finish(id);
    if (!job.status.startsWith('COMPLETED')) throw new Error(`${job.status}: ${job.message}`);
    const { lines } = await read(id);
    return lines(kind).map(({ resourceType, id: one }) => `${resourceType}/${one}`).toSorted((one, other) => (one < other ? -1 : 1));
  }

  const put = (resource: object) => store.write({ interaction: 'update', resource: resource as { resourceType: string; id: string } });
  const remove = (type: string, id: string) => store.write({ interaction: 'delete', type, id });
  return { objects, files, jobs, store, clock, hurried, dependencies, submit, finish, read, exported, put, remove };
}

async function gathered(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body instanceof Uint8Array ? [body] : body) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1000) yield bytes.subarray(from, from + 1000);
}
