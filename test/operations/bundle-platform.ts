/** One data store with its bundle operations, in memory, whose process can be made to die at any operation of its ports. */
import type { JsonObject } from '../../src/fhir/json.ts';
import { bundleOperations, transactionJobRunner } from '../../src/operations/bundle/bundle-operations.ts';
import type { TransactionJobRunner } from '../../src/operations/bundle/bundle-operations.ts';
import { exportOperations } from '../../src/operations/export/export-operations.ts';
import { importOperations } from '../../src/operations/import/import-operations.ts';
import { reindexOperations } from '../../src/operations/reindex/reindex-operations.ts';
import { unaskedSql } from '../../src/operations/sql/unasked.ts';
import { unreadNotes } from './unread-notes.ts';
import { rest } from '../../src/operations/rest.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Downloads } from '../../src/ports/contents.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import type { OrderedTable } from '../../src/ports/ordered-table.ts';
import type { DataStore } from '../../src/store/data-store.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from '../store/memory-table.ts';
import type { MemoryTable } from '../store/memory-table.ts';
import { baseUrl } from './requests.ts';
import type { Answer, Sent } from './requests.ts';

/** What outlives a process. */
export interface Disk {
  readonly resources: MemoryTable;
  readonly index: MemoryTable;
  readonly jobs: MemoryTable;
  readonly objects: Map<string, Uint8Array>;
  readonly time: { now: number };
  readonly drawn: { count: number };
}

export function emptyDisk(): Disk {
  return {
    resources: memoryTable(), index: memoryTable(), jobs: memoryTable(), objects: new Map(),
    time: { now: Date.UTC(2024, 0, 1) }, drawn: { count: 0 },
  };
}

export interface Platform {
  readonly store: DataStore;
  readonly runner: TransactionJobRunner;
  readonly faults: readonly unknown[];
  readonly woken: { count: number };
  readonly send: (method: string, target: string, sent?: Sent) => Promise<Answer>;
}

const noDownloads: Downloads = { offer: () => Promise.reject(new Error('Nothing is exported here.')) };

export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** @param fuse operations of ports until the process dies; it dies after one operation has been done, or before one is */
export function platform(disk: Disk, fuse: { left: number } = { left: Infinity }): Platform {
  const faults: unknown[] = [];
  const woken = { count: 0 };
  const clock: Clock = { now: () => (disk.time.now += 1), sleep: async (durationMs) => void (disk.time.now += durationMs) };
  const parts = {
    objects: mortal(memoryObjects(disk.objects), fuse),
    clock,
    ids: countedIds(disk.drawn),
  };
  const resources = mortal<OrderedTable>(disk.resources, fuse);
  const store = openDataStore({ ...parts, resources, index: mortal<OrderedTable>(disk.index, fuse), secret: new Uint8Array(32), shards: 1 });
  const dependencies = {
    ...parts,
    store,
    jobs: mortal<OrderedTable>(disk.jobs, fuse),
    report: ({ error }: { error: unknown }) => void faults.push(error),
    wake: () => void woken.count++,
  };
  const handle = rest(dependencies, { ...bundleOperations(dependencies), ...reindexOperations(dependencies), ...unreadNotes, ...unaskedSql, ...importOperations({ ...dependencies, datastoreId: 'none' }), ...exportOperations({ ...dependencies, datastoreId: 'none', downloads: noDownloads }) });
  const send: Platform['send'] = async (method, target, { headers = {}, body, caller = 'someone' } = {}) => {
    const [path = '', query = ''] = target.split('?');
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const declared = { 'content-type': 'application/fhir+json', ...headers };
    const response = await handle({ method, baseUrl, path, query, headers: declared, body: text, caller });
    return { ...response, resource: response.json === undefined ? {} : (JSON.parse(response.json) as JsonObject) };
  };
  return { store, runner: transactionJobRunner(dependencies), faults, woken, send };
}

/** Every method call counts twice: before it the process may die, and after it. */
function mortal<T extends object>(port: T, fuse: { left: number }): T {
  const burn = (): void => {
    if (--fuse.left < 0) throw new ProcessDied();
  };
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...values: unknown[]): Promise<unknown> => {
        burn();
        const result: unknown = await (method as (...values: unknown[]) => unknown).apply(target, values);
        burn();
        return result;
      };
    },
  });
}

function memoryObjects(objects: Map<string, Uint8Array>): ObjectStore {
  return {
    async put(key, body) {
      objects.set(key, body);
    },
    get: async (key) => objects.get(key),
    async delete(key) {
      objects.delete(key);
    },
    async list({ prefix, limit }) {
      return { keys: [...objects.keys()].filter((key) => key.startsWith(prefix)).slice(0, limit) };
    },
  };
}

function countedIds(drawn: { count: number }): Ids {
  const bytes = (): Uint8Array => {
    const found = new Uint8Array(10);
    new DataView(found.buffer).setUint32(6, ++drawn.count);
    return found;
  };
  return {
    uuid: () => `00000000-0000-4000-8000-${String(++drawn.count).padStart(12, '0')}`,
    writeId: (nowMs) => encodeWriteId(nowMs, bytes()),
    rev: () => String(++drawn.count),
  };
}
