/** A store and its lake in memory; what is read of the lake is read by the rules of docs/sql.md. */
import { createHash } from 'node:crypto';
import type { LakeTable } from '../../../src/fhir/lake/lake-table.ts';
import { increment } from '../../../src/operations/lake/increment.ts';
import type { AnnouncedVersion } from '../../../src/operations/lake/increment.ts';
import type { LakeDependencies } from '../../../src/operations/lake/lake-dependencies.ts';
import { listManifests, readManifest } from '../../../src/operations/lake/lake-manifest.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import type { Item, OrderedTable } from '../../../src/ports/ordered-table.ts';
import { lakeVersions } from '../../../src/store/announced-versions.ts';
import { storeChange } from '../../../src/store/change.ts';
import { openDataStore } from '../../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../../src/store/write-id.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { fakeParquetFiles, rowsOfFile } from './fake-parquet-files.ts';
import type { KeptRow } from './fake-parquet-files.ts';

export type LakeHarness = ReturnType<typeof lakeHarness>;

const table = (type: string): LakeTable => ({ type, name: type.toLowerCase(), columns: [] });
const types = ['Patient', 'Observation'];

/** @param step called before every step that the lake takes outside itself: may throw, as a process that dies there */
export function lakeHarness(step: () => Promise<void> | void = () => {}, over: Partial<LakeDependencies> = {}) {
  const objects = new Map<string, Uint8Array>();
  let [now, made] = [Date.UTC(2026, 0, 1), 0];
  const clock = { now: () => (now += 1), sleep: async (ms: number) => void (now += Math.ceil(ms)) };
  const ids = {
    uuid: () => createHash('sha256').update(String((made += 1))).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    rev: () => `r${(made += 1)}`,
    writeId: (nowMs: number) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, (_none, byte) => ((made += 1) >> byte) & 0xff)),
  };
  const objectStore: ObjectStore = {
    put: async (key, body) => void objects.set(key, body),
    get: async (key) => objects.get(key),
    delete: async (key) => void objects.delete(key),
    async list({ prefix, limit, after = '' }) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted((one, other) => (one < other ? -1 : 1)).slice(0, limit);
      return keys.length === limit ? { keys, next: keys.at(-1)! } : { keys };
    },
  };
  /** Every announced put, in order. */
  const announced: AnnouncedVersion[] = [];
  const memory = memoryTable();
  const tell = ({ announce, ...item }: Item): void => {
    if (announce !== true) return;
    const change = storeChange(item);
    if (change.kind === 'version') announced.push(change);
  };
  const resources: OrderedTable = {
    ...memory,
    scan: (scan) => memory.scan({ ...scan, limit: Math.min(scan.limit, 5) }),
    async put(item, condition) {
      const outcome = await memory.put(item, condition);
      if (outcome.written) tell(item);
      return outcome;
    },
    async batchWrite(batch) {
      await memory.batchWrite(batch);
      batch.puts?.forEach(tell);
    },
  };
  const store = openDataStore({ resources, index: memoryTable(), objects: objectStore, clock, ids, secret: new Uint8Array(32), shards: 1 });
  const jobs = memoryTable();
  const stepping = <Ports extends object>(ports: Ports): Ports => new Proxy(ports, {
    get: (target, name) => async (...given: unknown[]) => {
      await step();
      return (target[name as keyof Ports] as (...all: unknown[]) => unknown)(...given);
    },
  });
  const dependencies: LakeDependencies = {
    jobs: stepping<OrderedTable>(jobs), objects: stepping(objectStore), clock, ids, columns: '1',
    versions: stepping(lakeVersions({ resources, objects: objectStore })),
    parquet: stepping(fakeParquetFiles(objectStore)),
    tableOf: (type) => (types.includes(type) ? table(type) : undefined),
    tableNamed: (name) => types.filter((type) => type.toLowerCase() === name).map(table)[0],
    uriOf: (key) => `s3://bucket/${key}`,
    ...over,
  };

  const put = (type: string, id: string, content: object = {}) =>
    store.write({ interaction: 'update', resource: { resourceType: type, id, ...content } });
  const remove = (type: string, id: string) => store.write({ interaction: 'delete', type, id });

  /** Rows of `{type}_versions`. */
  async function rows(type: string): Promise<readonly KeptRow[]> {
    const { files } = await readManifest(type.toLowerCase(), { jobs });
    return (await Promise.all(files.map(({ key }) => rowsOfFile(objectStore, key)))).flat();
  }

  /** As the view of current resources does: a row for each resource, by `id/version`; two where it is wrong. */
  async function current(type: string): Promise<readonly string[]> {
    const all = await rows(type);
    const newest = new Map<string, KeptRow>();
    for (const row of all) if (row.layer === 'recent' && row.version > (newest.get(row.id)?.version ?? 0)) newest.set(row.id, row);
    const kept = all.filter(({ layer, id, version }) => layer === 'current' && !((newest.get(id)?.version ?? 0) >= version));
    return [...kept, ...[...newest.values()].filter(({ json }) => json !== undefined)].map(named).toSorted();
  }

  /** As the view of every version does. */
  async function history(type: string): Promise<readonly string[]> {
    return [...new Set((await rows(type)).map(named))].toSorted();
  }

  /** What the store has: the current versions, and all of them. */
  async function stored(type: string): Promise<{ readonly current: readonly string[]; readonly history: readonly string[] }> {
    const { versions } = await store.history({ type, count: 10_000 });
    const all = versions.map(({ id, versionId, json, interaction }) => ({ id, version: versionId, isDeleted: interaction === 'delete', json }));
    const newest = [...Map.groupBy(all, ({ id }) => id).values()].map((one) => one.toSorted((a, b) => b.version - a.version)[0]!);
    return { current: newest.filter(({ isDeleted }) => !isDeleted).map(named).toSorted(), history: all.map(named).toSorted() };
  }

  /** Publishes everything that was announced and not taken yet. */
  async function catchUp(): Promise<void> {
    await increment(announced, dependencies);
    announced.length = 0;
  }

  return {
    objects, objectStore, jobs, store, clock, dependencies, announced, put, remove, rows, current, history, stored, catchUp, types, table,
    pass: (ms: number) => void (now += ms),
    manifests: () => listManifests({ jobs }),
  };
}

function named({ id, version, json }: { readonly id: string; readonly version: number; readonly json?: string | undefined }): string {
  return `${id}/${version}${json === undefined ? ' deleted' : ''}`;
}
