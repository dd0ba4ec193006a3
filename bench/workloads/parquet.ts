/** Resources to Parquet: NDJSON of a type into a file, through the port that the lake is written by (docs/sql.md). */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryObjects } from '../../src/embedded/directory-objects.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';
import { parquetFiles } from '../../src/machine/duckdb/parquet-files.ts';
import type { LakeRow, ParquetFile } from '../../src/ports/parquet-files.ts';
import { sqliteInserts } from '../baselines.ts';
import type { Workload } from '../workload.ts';
import { writeFiles } from './import.ts';

/** The population this often, under other ids: some hundred megabytes. */
const times = 6;
/** Files that are made side by side: lines of one are made while DuckDB writes another. */
const atATime = 2;
const lookMs = 20;
const newline = 0x0a;
/** The id is the second member of each line. */
const idWithin = 200;
const typeIn = /([A-Za-z]+)\.\d+\.ndjson$/;

export const parquet: Workload = {
  name: 'parquet',
  description: `resources as NDJSON to Parquet, ${times} times the population under other ids, ${atATime} files at a time; counts bytes of NDJSON`,
  async run(bench) {
    const folder = mkdtempSync(join(bench.directory, 'parquet-'));
    const { resources, bytes } = writeFiles(bench.population(), { folder: join(folder, 'input'), times });
    const files = parquetFiles({ objects: directoryObjects(join(folder, 'objects')), directory: join(folder, 'temporary') });
    const inputs = Map.groupBy(readdirSync(join(folder, 'input')).map((name) => join(folder, 'input', name)), (path) => typeIn.exec(path)![1]!);
    // DuckDB and the functions that read resources are warm when a lake is being made.
    for (const [type, paths] of inputs) await made(files, type, paths.slice(0, 1));
    const memory = watchMemory();
    const cpu = process.cpuUsage();
    const began = performance.now();
    const results = await sideBySide([...inputs], ([type, paths]) => made(files, type, paths));
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const growth = memory.end();
    await files.close();
    const written = results.reduce((sum, file) => sum + file.sizeBytes, 0);
    const megabytesPerSecond = bytes / 1e6 / seconds;
    return {
      workload: 'parquet',
      dataSet: `${bench.population().name}, ${times} times, ${resources} resources in ${(bytes / 1e6).toFixed(0)} MB of NDJSON, ${inputs.size} types`,
      unit: 'resources',
      perSecond: resources / seconds,
      baselines: [{ name: 'SQLite, 128 rows a commit', perSecond: sqliteInserts({ directory: bench.directory, rowBytes: Math.round(bytes / resources), rowsPerCommit: 128 }) }],
      targets: [{ what: 'FHIR to Parquet', measured: megabytesPerSecond, floor: 33, goal: 100, moonshot: 150, unit: 'MB/s', atMost: false }],
      notes: [
        `${((user + system) / 1000 / (bytes / 1e6)).toFixed(1)} ms of CPU a megabyte, all threads together`,
        `${(written / resources).toFixed(0)} bytes of Parquet a resource, ${((100 * written) / bytes).toFixed(1)} % of the NDJSON`,
        `resident memory grew by ${(growth / 1e6).toFixed(0)} MB at most, the NDJSON that was read included`,
      ],
    };
  },
};

async function made(files: ReturnType<typeof parquetFiles>, type: string, paths: readonly string[]): Promise<ParquetFile> {
  const file = await files.write(lakeTable(type), rowsOf(paths), `lake/${type.toLowerCase()}/${paths.length}.parquet`);
  if (file === undefined) throw new Error('A file has no rows; nothing can be measured on a part of the data.');
  return file;
}

function* rowsOf(paths: readonly string[]): Generator<LakeRow> {
  const validFrom = Date.UTC(2024, 0, 1);
  for (const path of paths) {
    const text = readFileSync(path);
    for (let start = 0, end = 0; start < text.length; start = end + 1) {
      end = text.indexOf(newline, start);
      const id = /"id":"([^"]+)"/.exec(text.toString('latin1', start, start + idWithin))![1]!;
      yield { id, version: 1, validFrom, layer: 'current', json: text.subarray(start, end) };
    }
  }
}

async function sideBySide<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const waiting = [...items];
  const results: Result[] = [];
  await Promise.all(Array.from({ length: atATime }, async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) results.push(await work(item));
  }));
  return results;
}

/** How much the resident memory of this process grows. */
function watchMemory(): { end(): number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, lookMs);
  return {
    end() {
      clearInterval(timer);
      return peak - before;
    },
  };
}
