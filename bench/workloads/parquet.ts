/**
 * Resources to Parquet: NDJSON of a type into a file, through the port by which a server writes a whole lake, with the threads that it has
 * for that (docs/sql.md).
 */
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { directoryObjects } from '../../src/embedded/directory-objects.ts';
import { lakeColumnThreads } from '../../src/embedded/lake-column-threads.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';
import { parquetFiles } from '../../src/machine/duckdb/parquet-files.ts';
import type { LakeRow, ParquetFile } from '../../src/ports/parquet-files.ts';
import { sqliteInserts } from '../baselines.ts';
import type { Workload } from '../workload.ts';
import { writeFiles } from './import.ts';

/** The population this often, under other ids: some hundred megabytes. */
const times = 6;
const lookMs = 20;
const newline = 0x0a;
/** The id is the second member of each line. */
const idWithin = 200;
const typeIn = /([A-Za-z]+)\.\d+\.ndjson$/;

export const parquet: Workload = {
  name: 'parquet',
  description: `resources as NDJSON to Parquet, ${times} times the population under other ids, all files at once, as when a whole lake is written; counts bytes of NDJSON`,
  async run(bench) {
    const folder = mkdtempSync(join(bench.directory, 'parquet-'));
    const { resources, bytes } = writeFiles(bench.population(), { folder: join(folder, 'input'), times });
    const threads = lakeColumnThreads();
    const files = parquetFiles({
      objects: directoryObjects(join(folder, 'objects')), directory: join(folder, 'temporary'), ...(threads && { elsewhere: threads }),
    });
    const inputs = [...Map.groupBy(readdirSync(join(folder, 'input')).map((name) => join(folder, 'input', name)), (path) => typeIn.exec(path)![1]!)]
      .map(([type, paths]): Input => ({ type, paths }));
    const memory = watchMemory();
    // Once with threads that are started and functions that are compiled meanwhile, as they are for the first part of a large lake.
    const cold = performance.now();
    await made(files, inputs);
    const coldSeconds = (performance.now() - cold) / 1000;
    const cpu = process.cpuUsage();
    const began = performance.now();
    const results = await made(files, inputs);
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const growth = memory.end();
    const running = threads?.running ?? 0;
    await files.close();
    await threads?.close();
    if (results.reduce((sum, { rows }) => sum + rows, 0) !== resources) throw new Error('Rows are missing; nothing can be measured on a part of the data.');
    const written = results.reduce((sum, file) => sum + file.sizeBytes, 0);
    const [coldPerSecond, megabytesPerSecond] = [bytes / 1e6 / coldSeconds, bytes / 1e6 / seconds];
    return {
      workload: 'parquet',
      dataSet: `${bench.population().name}, ${times} times, ${resources} resources in ${(bytes / 1e6).toFixed(0)} MB of NDJSON, ${inputs.length} types`,
      unit: 'resources',
      perSecond: resources / seconds,
      baselines: [{ name: 'SQLite, 128 rows a commit', perSecond: sqliteInserts({ directory: bench.directory, rowBytes: Math.round(bytes / resources), rowsPerCommit: 128 }) }],
      targets: [{ what: 'FHIR to Parquet', measured: megabytesPerSecond, floor: 33, goal: 100, moonshot: 150, unit: 'MB/s', atMost: false }],
      notes: [
        `${((user + system) / 1000 / (bytes / 1e6)).toFixed(1)} ms of CPU a megabyte, all threads together; ${running} threads made columns`,
        `${coldPerSecond.toFixed(1)} MB/s the first time, when threads start and functions are compiled`,
        `${(written / resources).toFixed(0)} bytes of Parquet a resource, ${((100 * written) / bytes).toFixed(1)} % of the NDJSON`,
        `resident memory grew by ${(growth / 1e6).toFixed(0)} MB at most, the NDJSON that was read included`,
      ],
    };
  },
};

interface Input {
  readonly type: string;
  readonly paths: readonly string[];
}

/** A file for each type. */
async function made(files: ReturnType<typeof parquetFiles>, inputs: readonly Input[]): Promise<readonly ParquetFile[]> {
  const found = await files.writeAll(inputs.map(({ type, paths }) => {
    const expectedBytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    return { table: lakeTable(type), rows: rowsOf(paths), expectedBytes, key: `lake/${type.toLowerCase()}/${paths.length}.parquet` };
  }));
  return found.map((file) => {
    if (file === undefined) throw new Error('A file has no rows; nothing can be measured on a part of the data.');
    return file;
  });
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
