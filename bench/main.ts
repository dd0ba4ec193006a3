/**
 * `npm run bench -- [workload…]`: measures the embedded server over HTTP. The load generator is this process, the
 * server another, both on the machine's cores; every write is durable. See docs/performance.md for what the figures mean.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hottestFunctions } from './cpu-profile.ts';
import { readPopulation, type LoadedPopulation, type Population } from './population.ts';
import { machine, printReport } from './report.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import type { Bench, Workload } from './workload.ts';
import { bundle, loadPopulation } from './workloads/bundle.ts';
import { conditionalCreate } from './workloads/conditional-create.ts';
import { crud } from './workloads/crud.ts';
import { disk } from './workloads/disk.ts';
import { everything } from './workloads/everything.ts';
import { exporting } from './workloads/export.ts';
import { importing } from './workloads/import.ts';
import { importingPatients } from './workloads/import-patients.ts';
import { joins } from './workloads/joins.ts';
import { ladder } from './workloads/ladder.ts';
import { lake } from './workloads/lake.ts';
import { memory } from './workloads/memory.ts';
import { readingNotes } from './workloads/notes.ts';
import { paging } from './workloads/paging.ts';
import { parquet } from './workloads/parquet.ts';
import { questions } from './workloads/questions.ts';
import { read } from './workloads/read.ts';
import { search } from './workloads/search.ts';
import { worst } from './workloads/worst.ts';

/** In the order they run; those that read the loaded population stand together, and `disk` closes it. */
const workloads: readonly Workload[] = [crud, conditionalCreate, bundle, importing, importingPatients, exporting, readingNotes, parquet, questions, lake, read, search, joins, everything, paging, worst, disk, memory, ladder];
const defaultSeconds = 15;
const hottestShown = 30;

const help = `Usage: npm run bench -- [workload…] [options]

Workloads (all when none is named):
${workloads.map(({ name, description }) => `  ${name.padEnd(18)} ${description}`).join('\n')}

Options:
  --seconds N   how long a workload without a natural end runs (default ${defaultSeconds})
  --data DIR    directory under which temporary data lies: choose the disk to measure (default ${tmpdir()})
  --json        print one JSON document instead of text
  --profile     run the server with --cpu-prof and print its hottest functions
  --help        this text
`;

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: String(defaultSeconds) },
      data: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length) throw new Error(`There is no workload called ${unknown.join(', ')}; --help lists them.`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error('--seconds wants a number above 0.');
  const chosen = workloads.filter(({ name }) => !positionals.length || positionals.includes(name));
  return { ...values, seconds, chosen, data: resolve(values.data) };
}

/** Servers and directories of one run; `end` stops and removes them all. */
class Workbench implements Bench {
  readonly seconds: number;
  readonly directory: string;
  private readonly profile: boolean;
  private readonly running = new Set<ServerProcess>();
  private knownPopulation: Population | undefined;
  private loading: Promise<{ server: ServerProcess; loaded: LoadedPopulation; dataDirectory: string }> | undefined;
  profileDirectory: string | undefined;

  constructor(options: { seconds: number; data: string; profile: boolean }) {
    this.seconds = options.seconds;
    this.profile = options.profile;
    mkdirSync(options.data, { recursive: true });
    this.directory = mkdtempSync(join(options.data, 'caldera-bench-'));
  }

  freshServer(settings: readonly string[] = []): Promise<ServerProcess> {
    return this.start(mkdtempSync(join(this.directory, 'store-')), this.profile, settings);
  }

  async restarted(server: ServerProcess): Promise<ServerProcess> {
    await this.stop(server);
    return this.start(server.dataDirectory, this.profile);
  }

  population(): Population {
    return (this.knownPopulation ??= readPopulation());
  }

  loadedServer(): Promise<{ server: ServerProcess; loaded: LoadedPopulation; dataDirectory: string }> {
    return (this.loading ??= this.load());
  }

  async closeLoadedServer(): Promise<{ sizeBytes: number; loaded: LoadedPopulation }> {
    const { server, loaded, dataDirectory } = await this.loadedServer();
    await this.stop(server);
    this.loading = undefined;
    return { sizeBytes: directoryBytes(dataDirectory), loaded };
  }

  /** With a profile wanted, loads without one and starts again: the profile is of the workload, not of the loading. */
  private async load() {
    const dataDirectory = mkdtempSync(join(this.directory, 'store-'));
    const first = await this.start(dataDirectory, false);
    const loaded = await loadPopulation(first.baseUrl, this.population());
    if (!this.profile) return { server: first, loaded, dataDirectory };
    await this.stop(first);
    return { server: await this.start(dataDirectory, true), loaded, dataDirectory };
  }

  private async start(dataDirectory: string, profiled: boolean, settings: readonly string[] = []): Promise<ServerProcess> {
    if (profiled) this.profileDirectory = mkdtempSync(join(this.directory, 'profile-'));
    const server = await startServerProcess({ dataDirectory, profileDirectory: profiled ? this.profileDirectory : undefined, settings });
    this.running.add(server);
    return server;
  }

  private async stop(server: ServerProcess): Promise<void> {
    this.running.delete(server);
    await server.stop();
  }

  /** Stops what a workload started; the loaded server goes on for the next one unless it is profiled. */
  async endWorkload(): Promise<void> {
    const kept = this.profile ? undefined : (await this.loading)?.server;
    for (const server of this.running) if (server !== kept) await this.stop(server);
    if (!kept) this.loading = undefined;
  }

  async end(): Promise<void> {
    for (const server of this.running) await server.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function directoryBytes(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(directory, name)));
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

/** On standard error, so that `--json` stays one document. */
function printProfile(workload: string, directory: string): void {
  console.error(`\nhottest functions of the server during ${workload}, by time of their own:`);
  for (const line of hottestFunctions(directory, hottestShown)) console.error(line);
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return console.log(help);
  const { chosen, json, profile, ...rest } = options();
  const bench = new Workbench({ ...rest, profile });
  const reports = [];
  try {
    if (!json) console.log(`${machine()}\ndata under ${rest.data}, every write durable, generator and server on the same cores`);
    for (const workload of chosen) {
      const report = await workload.run(bench);
      reports.push(report);
      if (!json) printReport(report);
      await bench.endWorkload();
      if (bench.profileDirectory) printProfile(workload.name, bench.profileDirectory);
    }
    if (json) console.log(JSON.stringify({ machine: machine(), reports }, undefined, 2));
  } finally {
    await bench.end();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
