/**
 * What operations are charged for on DynamoDB, counted by the cost meter over tables in memory: the whole interface
 * (src/operations/rest.ts) serves requests about the resources of the synthetic population.
 */
import { costMeter } from '../../bench/cost-meter.ts';
import type { CostMeter } from '../../bench/cost-meter.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { syntheticPopulation } from '../../src/fhir/synthetic/synthetic-population.ts';
import { bundleOperations, transactionJobRunner } from '../../src/operations/bundle/bundle-operations.ts';
import type { OperationResponse } from '../../src/operations/operation.ts';
import { exportOperations } from '../../src/operations/export/export-operations.ts';
import { announceJobs } from '../../src/operations/jobs/announce-job.ts';
import { importOperations } from '../../src/operations/import/import-operations.ts';
import { reindexOperations } from '../../src/operations/reindex/reindex-operations.ts';
import { unaskedSql } from '../../src/operations/sql/unasked.ts';
import { unreadNotes } from '../../test/operations/unread-notes.ts';
import { rest } from '../../src/operations/rest.ts';
import type { OrderedTable } from '../../src/ports/ordered-table.ts';
import { itemBytes } from '../../src/ports/table-limits.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';
import type { OpenDataStore } from '../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from '../../test/store/memory-table.ts';
import type { MemoryTable } from '../../test/store/memory-table.ts';

export const transactionEntries = 50;

const patients = 6;
const seed = 1;
/** As on AWS (src/aws/store-ports.ts). */
const shards = 8;
/** Every so many of the population's resources is created, read and deleted under the meter. */
const sampledEvery = 10;
/** DynamoDB stores so much beside each item (CapacityUnitCalculations in its developer guide). */
const overheadPerStoredItem = 100;
/** Longer than any transaction lives. */
const longAfterMs = 3_600_000;

const names = ['read', 'vread', 'create', 'update', 'delete', 'searchByPatientAndCode', 'searchByName', 'transaction', 'history'] as const;
export type MeasuredName = (typeof names)[number];

/** Averages over the requests that were sent. */
export interface Measured {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Waits for tables that follow each other. */
  readonly waits: number;
  /** Entries of the Bundle that was answered, where one was. */
  readonly entries: number;
  /** Changes that the feed carries. */
  readonly changes: number;
}

export interface Measurements {
  readonly operations: Readonly<Record<MeasuredName, Measured>>;
  /** What the clean-up finds to do after a transaction whose coordinator has ended well. */
  readonly settleTransaction: Pick<Measured, 'readUnits' | 'writeUnits'>;
  /** One look of a schedule at a store in which nothing happens. */
  readonly idle: { readonly settleReadUnits: number; readonly jobsReadUnits: number; readonly sweepReadUnits: number };
  /** Per version of a resource: in both tables, as DynamoDB bills storage, and as JSON. */
  readonly storedBytes: number;
  readonly jsonBytes: number;
  /** Read units that one look at everything takes, per version. */
  readonly sweepReadUnits: number;
  readonly resources: number;
}

interface Bench {
  readonly meter: CostMeter;
  readonly store: OpenDataStore;
  readonly tables: { readonly resources: MemoryTable; readonly index: MemoryTable };
  readonly send: (method: string, path: string, body?: unknown) => Promise<OperationResponse>;
  readonly jobs: ReturnType<typeof transactionJobRunner>;
  /** As the clean-up does: tells of jobs what nobody was told. */
  readonly announce: () => Promise<void>;
  /** Transactions committed so far. */
  readonly committed: readonly string[];
  readonly changes: () => number;
  readonly pass: (ms: number) => void;
  readonly now: () => number;
}

/** The population has no body that would not fit into a row. */
const noObjects = undefined as unknown as ObjectStore;
const baseUrl = 'https://fhir.example.org/datastore/0/r4';

function openBench(): Bench {
  const meter = costMeter();
  const tables = { resources: memoryTable(), index: memoryTable() };
  const feed = announced(tables.resources);
  let made = 0;
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => (now += 1), sleep: () => Promise.resolve() };
  const ids = {
    uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`,
    writeId: (nowMs: number) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, (_none, byte) => ((made += 1) >> (byte % 4)) & 0xff)),
    rev: () => `rev${String((made += 1)).padStart(9, '0')}`,
  };
  const [resources, index, jobs] = [meter.wrap('resources', feed.table), meter.wrap('index', tables.index), meter.wrap('jobs', memoryTable())];
  const store = openDataStore({ resources, index, objects: noObjects, clock, ids, secret: new Uint8Array(32), shards });
  const dependencies = { store, jobs, objects: noObjects, clock, ids, report: ({ error }: { error: unknown }) => { throw error; } };
  const waking = { ...dependencies, wake: async () => {} };
  const jobWork = { ...waking, datastoreId: 'none', downloads: { offer: () => Promise.reject(new Error('Nothing is exported here.')) } };
  const answer = rest(dependencies, { ...bundleOperations(waking), ...reindexOperations(waking), ...unreadNotes, ...unaskedSql, ...importOperations(jobWork), ...exportOperations(jobWork) });
  return {
    meter, store, tables,
    send: async (method, path, body) => {
      const [route = '', query = ''] = path.split('?');
      const headers = { 'content-type': 'application/fhir+json' };
      const response = await answer({ method, path: route, query, baseUrl, headers, caller: 'cost', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      if (response.status >= 400) throw new Error(`${method} ${route} was answered ${response.status}: ${response.json}`);
      return response;
    },
    jobs: transactionJobRunner(dependencies),
    announce: () => announceJobs(dependencies),
    committed: feed.transactions,
    changes: feed.count,
    pass: (ms) => { now += ms; },
    now: () => now,
  };
}

/** The table, and how many of its puts the stream's consumers want. */
function announced(table: OrderedTable): { readonly table: OrderedTable; readonly transactions: string[]; readonly count: () => number } {
  const transactions: string[] = [];
  let count = 0;
  const saw = ({ announce, pk, sk }: { announce?: boolean; pk: string; sk: string }): void => {
    if (announce !== true) return;
    count += 1;
    if (pk.startsWith('bundles/')) transactions.push(sk);
  };
  return {
    transactions,
    count: () => count,
    table: {
      ...table,
      async put(item, condition) {
        const outcome = await table.put(item, condition);
        if (outcome.written) saw(item);
        return outcome;
      },
      async batchWrite(batch) {
        await table.batchWrite(batch);
        batch.puts?.forEach(saw);
      },
    },
  };
}

/** Sends the requests one after the other. @returns what one of them took */
async function average(bench: Bench, requests: readonly Parameters<Bench['send']>[]): Promise<Measured> {
  const sum = { readUnits: 0, writeUnits: 0, waits: 0, entries: 0, changes: 0 };
  for (const request of requests) {
    const before = bench.changes();
    const { result, readUnits, writeUnits, roundTrips } = await bench.meter.measure(() => bench.send(...request));
    const answered = result.json === undefined ? {} : (JSON.parse(result.json) as { entry?: readonly unknown[] });
    sum.readUnits += readUnits;
    sum.writeUnits += writeUnits;
    sum.waits += roundTrips;
    sum.entries += answered.entry?.length ?? 0;
    sum.changes += bench.changes() - before;
  }
  return Object.fromEntries(Object.entries(sum).map(([name, total]) => [name, total / requests.length])) as unknown as Measured;
}

type Identified = Resource & { readonly id: string };

export async function measureOperations(): Promise<Measurements> {
  const idle = await measureIdle(openBench());
  const bench = openBench();
  const groups = [...syntheticPopulation({ patients, seed })] as unknown as readonly (readonly Identified[])[];
  const all = groups.flat();
  for (const resource of all) await bench.send('PUT', pathOf(resource), resource);
  const kept = await measureKeeping(bench, all);
  const sample = all.filter((_resource, index) => index % sampledEvery === 0);
  const observations = all.filter(({ resourceType }) => resourceType === 'Observation').filter((_resource, index) => index % sampledEvery === 0);
  const records = groups.slice(1);
  const reads = {
    read: await average(bench, sample.map((resource) => ['GET', pathOf(resource)])),
    vread: await average(bench, sample.map((resource) => ['GET', `${pathOf(resource)}/_history/1`])),
    searchByPatientAndCode: await average(bench, records.flatMap(frequentCode)),
    searchByName: await average(bench, records.flatMap(familyName)),
  };
  const create = await average(bench, sample.map((resource) => ['POST', `/${resource.resourceType}`, withoutId(resource)]));
  const update = await average(bench, observations.map((resource) => ['PUT', pathOf(resource), { ...resource, status: 'amended' }]));
  const history = await average(bench, observations.map((resource) => ['GET', `${pathOf(resource)}/_history`]));
  const transaction = await average(bench, records.filter(({ length }) => length > transactionEntries).map((record) => ['POST', '', transactionOf(record)]));
  const settleTransaction = await measureSettling(bench);
  const deletion = await average(bench, sample.map((resource) => ['DELETE', pathOf(resource)]));
  return { operations: { ...reads, create, update, history, transaction, delete: deletion }, settleTransaction, idle, ...kept, resources: all.length };
}

async function measureIdle({ meter, store, jobs, announce, now }: Bench): Promise<Measurements['idle']> {
  const settle = await meter.measure(async () => {
    await store.cleaner.settleTransactions();
    await announce();
  });
  const pending = await meter.measure(() => jobs.pending(now()));
  const results = await meter.measure(() => jobs.sweep());
  const sweep = await meter.measure(() => store.cleaner.sweep());
  return { settleReadUnits: settle.readUnits, jobsReadUnits: pending.readUnits + results.readUnits, sweepReadUnits: sweep.readUnits };
}

/** As the change feed has it done, once nobody asks for the transaction any more. */
async function measureSettling(bench: Bench): Promise<Measurements['settleTransaction']> {
  bench.pass(longAfterMs);
  const sum = { readUnits: 0, writeUnits: 0 };
  for (const bundleId of bench.committed) {
    const cost = await bench.meter.measure(() => bench.store.cleaner.settleTransaction(bundleId));
    sum.readUnits += cost.readUnits;
    sum.writeUnits += cost.writeUnits;
  }
  const count = Math.max(1, bench.committed.length);
  return { readUnits: sum.readUnits / count, writeUnits: sum.writeUnits / count };
}

/** What the population takes to keep, and to look through. */
async function measureKeeping(bench: Bench, all: readonly Identified[]): Promise<Pick<Measurements, 'storedBytes' | 'jsonBytes' | 'sweepReadUnits'>> {
  const items = [...bench.tables.resources.all(), ...bench.tables.index.all()];
  const bytes = items.reduce((sum, item) => sum + itemBytes(item) + overheadPerStoredItem, 0);
  const json = all.reduce((sum, resource) => sum + Buffer.byteLength(JSON.stringify(resource)), 0);
  bench.pass(longAfterMs);
  const { readUnits } = await bench.meter.measure(() => bench.store.cleaner.sweep());
  return { storedBytes: bytes / all.length, jsonBytes: json / all.length, sweepReadUnits: readUnits / all.length };
}

const pathOf = ({ resourceType, id }: Identified): string => `/${resourceType}/${id}`;

function withoutId({ id: _id, ...resource }: Identified): unknown {
  return resource;
}

/** A search for the observations of a patient with the code that the record has most of. */
function frequentCode(record: readonly Identified[]): Parameters<Bench['send']>[] {
  const counts = new Map<string, number>();
  for (const { resourceType, code } of record as readonly (Identified & { code?: { coding?: readonly { code?: string }[] } })[]) {
    const found = resourceType === 'Observation' ? code?.coding?.[0]?.code : undefined;
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  const patient = record.find(({ resourceType }) => resourceType === 'Patient');
  return most === undefined || patient === undefined ? [] : [['GET', `/Observation?patient=${patient.id}&code=${encodeURIComponent(most[0])}`]];
}

function familyName(record: readonly Identified[]): Parameters<Bench['send']>[] {
  const patient = record.find(({ resourceType }) => resourceType === 'Patient') as { name?: readonly { family?: string }[] } | undefined;
  const family = patient?.name?.[0]?.family;
  return family === undefined ? [] : [['GET', `/Patient?name=${encodeURIComponent(family)}`]];
}

/** The last resources of a record, created again. */
function transactionOf(record: readonly Identified[]): unknown {
  const entry = record.slice(-transactionEntries).map((resource) => ({
    resource: withoutId(resource), request: { method: 'POST', url: resource.resourceType },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}
