/**
 * The ten questions of docs/questions, asked of the lake of 1,000 and of 16,000 synthetic patients: how long DuckDB takes on this
 * machine, and what Athena would read of the same files and charge (docs/questions.md). The files are made straight from the
 * population, as a store's lake is after a compaction; a store in front of them would be measured too otherwise.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryObjects } from '../../src/embedded/directory-objects.ts';
import { duckdbSql } from '../../src/embedded/sql-engine.ts';
import type { DuckdbSql } from '../../src/embedded/sql-engine.ts';
import { sqlLake } from '../../src/embedded/sql-lake.ts';
import { sqlTurns } from '../../src/embedded/sql-turns.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { syntheticPopulation } from '../../src/fhir/synthetic/synthetic-population.ts';
import { parquetFiles } from '../../src/machine/duckdb/parquet-files.ts';
import { compiledQuestion } from '../../src/operations/sql/compiled-question.ts';
import { parametersOf } from '../../src/operations/sql/statement-parameters.ts';
import type { LakeRow, ParquetFile } from '../../src/ports/parquet-files.ts';
import type { Bench, Report, Workload } from '../workload.ts';

const populations = [1_000, 16_000] as const;
const seed = 1;
/** Rows of a file, which are held until it is written: what a compaction makes of a type of a large store lies in files of some size. */
const rowsPerFile = 50_000;
const repetitions = 5;
const folder = join(import.meta.dirname, '../../docs/questions');
const values: Readonly<Record<string, string | number>> = { as_of: '2025-06-30', code: '59621000', days: 365, least: 2 };

/** https://aws.amazon.com/athena/pricing/, us-east-1, November 2026: dollars a terabyte scanned, ten megabytes a query at least. */
const dollarsPerByte = 5 / 1e12;
const leastBytes = 10_000_000;

const limits = { timeoutMs: 300_000, rows: 1_000_000, scannedBytes: 1e12 };

interface Lake {
  readonly resources: number;
  readonly files: ReadonlyMap<string, readonly ParquetFile[]>;
}

interface Asked {
  readonly name: string;
  readonly firstMs: number;
  readonly medianMs: number;
  readonly scannedBytes: number;
}

export const questions: Workload = {
  name: 'questions',
  description: `the ten questions of docs/questions of ${populations.map((patients) => patients.toLocaleString('en')).join(' and ')} patients, one at a time, ${repetitions} times after the first`,
  async run(bench) {
    // The engine's process holds no server open, and would not hold this one.
    const held = setInterval(() => {}, 1000);
    try {
      return await report(bench);
    } finally {
      clearInterval(held);
    }
  },
};

async function report(bench: Bench): Promise<Report> {
  const notes: string[] = [];
  let resources = 0;
  for (const patients of populations) {
    const root = mkdtempSync(join(bench.directory, 'questions-'));
    const lake = await filled(root, patients);
    resources = lake.resources;
    const engine = engineOver(root, lake);
    notes.push(`${patients.toLocaleString('en')} patients, ${lake.resources.toLocaleString('en')} resources, ${megabytes(sizeOf(lake))} of Parquet:`);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.sql'))) notes.push(`  ${line(await asked(engine, name))}`);
    await engine.close();
  }
  return { workload: 'questions', dataSet: `synthetic patients, ${resources} resources at most`, baselines: [], targets: [], notes };
}

async function filled(root: string, patients: number): Promise<Lake> {
  const writer = parquetFiles({ objects: directoryObjects(join(root, 'objects')), directory: join(root, 'temporary') });
  const files = new Map<string, ParquetFile[]>();
  const waiting = new Map<string, LakeRow[]>();
  let resources = 0;
  const write = async (type: string, list: readonly LakeRow[]): Promise<void> => {
    const made = files.get(type.toLowerCase()) ?? [];
    const file = await writer.write(lakeTable(type), list, `lake/${type.toLowerCase()}/${made.length}.parquet`);
    files.set(type.toLowerCase(), [...made, file!]);
  };
  for (const group of syntheticPopulation({ patients, seed })) {
    for (const resource of group) {
      const list = waiting.get(resource.resourceType) ?? [];
      list.push(rowOf(resource));
      waiting.set(resource.resourceType, list);
      resources += 1;
      if (list.length < rowsPerFile) continue;
      waiting.delete(resource.resourceType);
      await write(resource.resourceType, list);
    }
  }
  for (const [type, list] of waiting) await write(type, list);
  await writer.close();
  return { resources, files };
}

function rowOf(resource: Resource): LakeRow {
  return { id: resource.id!, version: 1, validFrom: 0, layer: 'current', json: Buffer.from(JSON.stringify(resource)) };
}

function engineOver(root: string, { files }: Lake): DuckdbSql {
  const objectsFolder = join(root, 'objects');
  mkdirSync(join(objectsFolder, 'lake'), { recursive: true });
  const filesOf = (table: string) => {
    const found = files.get(table) ?? [];
    return Promise.resolve({ keys: found.map(({ key }) => key), sizeBytes: found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) });
  };
  return duckdbSql({
    folder: join(root, 'sql'),
    lakeFolder: join(objectsFolder, 'lake'),
    prepare: sqlLake({ objectsFolder, files: filesOf, asOf: () => Promise.resolve(0) }),
    turns: sqlTurns(),
    clock: { now: () => Date.now() },
    ids: { uuid: () => crypto.randomUUID() },
  });
}

async function asked(engine: DuckdbSql, file: string): Promise<Asked> {
  const statement = readFileSync(join(folder, file), 'utf8');
  const parameters = Object.fromEntries(parametersOf(statement).map((name) => [name, values[name]!]));
  const question = { ...compiledQuestion(statement, parameters), limits };
  const times: number[] = [];
  let scannedBytes = 0;
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    const began = performance.now();
    const { id } = await engine.start(question);
    const state = await engine.state(id, limits.timeoutMs);
    if (state?.state !== 'succeeded') throw new Error(`${file} did not succeed: ${JSON.stringify(state)}`);
    times.push(performance.now() - began);
    scannedBytes = state.scannedBytes;
  }
  const [firstMs, ...others] = times as [number, ...number[]];
  return { name: file.replace('.sql', ''), firstMs, medianMs: others.toSorted((one, other) => one - other)[Math.floor(others.length / 2)]!, scannedBytes };
}

function sizeOf({ files }: Lake): number {
  return [...files.values()].flat().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function line({ name, firstMs, medianMs, scannedBytes }: Asked): string {
  const dollars = Math.max(scannedBytes, leastBytes) * dollarsPerByte;
  return `${name.padEnd(26)} first ${firstMs.toFixed(0)} ms, then ${medianMs.toFixed(0)} ms; ${megabytes(scannedBytes)} scanned, $${dollars.toFixed(5)} by Athena`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
