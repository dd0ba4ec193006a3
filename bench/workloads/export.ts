/** Bulk export: the whole store to NDJSON, and the patients' compartments, while nobody else asks for anything (docs/export.md). */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../server-process.ts';
import type { Workload } from '../workload.ts';
import { ended, imported, outputConfig, writeFiles } from './import.ts';

/** The population of a hundred patients this often, under other ids: a thousand. */
const times = 10;

export const exporting: Workload = {
  name: 'export',
  description: `one bulk export of the population, imported ${times} times under other ids; counts resources`,
  async run(bench) {
    const population = bench.population();
    const loading = await bench.freshServer();
    const bucket = join(loading.dataDirectory, 'buckets', 'caldera');
    const { resources } = writeFiles(population, { folder: join(bucket, 'input'), times });
    await imported(loading.baseUrl);
    const server = await bench.restarted(loading);
    const { seconds, usage, bytes } = await exported(server, bucket);
    const ofPatients = await exportedOfPatients(server);
    return {
      workload: 'export',
      dataSet: `${population.name}, ${times} times, ${resources} resources`,
      unit: 'resources',
      perSecond: resources / seconds,
      server: usage,
      baselines: [],
      targets: [
        { what: 'resources/s', measured: resources / seconds, floor: 720, goal: 15_000, moonshot: 40_000, unit: '/s', atMost: false },
        { what: 'peak resident memory', measured: usage.peakRssBytes / 1e6, floor: 1000, goal: 400, moonshot: 250, unit: 'MB', atMost: true },
      ],
      notes: [
        `${resources} resources, ${(bytes / 1e6).toFixed(0)} MB of NDJSON in ${seconds.toFixed(1)} s; ` +
          `${((usage.cpu * seconds * 1000) / resources).toFixed(4)} ms of CPU each, all threads together`,
        `at patient level, of which each is parsed: ${ofPatients.count} resources, ${(ofPatients.count / ofPatients.seconds).toFixed(0)} a second with ${(ofPatients.usage.cpu * 100).toFixed(0)} % of a core`,
      ],
    };
  },
};

async function exported(server: ServerProcess, bucket: string) {
  server.usage();
  const began = performance.now();
  await ended(server.baseUrl, 'Export', { OutputDataConfig: outputConfig('s3://caldera/exported') });
  const seconds = (performance.now() - began) / 1000;
  const usage = server.usage();
  const folder = join(bucket, 'exported');
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.ndjson'));
  return { seconds, usage, bytes: files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) };
}

const lookMs = 100;

/** By `$export`, whose manifest has counts. */
async function exportedOfPatients({ baseUrl, usage }: ServerProcess) {
  usage();
  const began = performance.now();
  const accepted = await fetch(`${baseUrl}/Patient/$export`, { headers: { Prefer: 'respond-async', Accept: 'application/fhir+json' } });
  if (accepted.status !== 202) throw new Error(`$export was answered with ${accepted.status}.`);
  for (;;) {
    const answer = await fetch(accepted.headers.get('content-location')!);
    if (answer.status === 200) {
      const { output } = await answer.json() as { output: readonly { readonly count: number }[] };
      return { seconds: (performance.now() - began) / 1000, usage: usage(), count: output.reduce((sum, { count }) => sum + count, 0) };
    }
    if (answer.status !== 202) throw new Error(`The export was answered with ${answer.status}.`);
    await sleep(lookMs);
  }
}
