/**
 * The lake of a store while it is written to (docs/sql.md): what a bulk import costs with and without one, how long what was
 * written takes to be in an answer, how long a lake takes that is made anew, and how soon a question that is asked behind a write is answered.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Latencies } from '../latencies.ts';
import { startServerProcess } from '../server-process.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Bench, Workload } from '../workload.ts';
import { imported, writeFiles } from './import.ts';

/** The population once: some ten seconds of importing. */
const times = 1;
const questions = 30;
const lookMs = 200;
/** Docs promise a minute. */
const freshWithinMs = 60_000;

interface Imported {
  readonly resources: number;
  readonly seconds: number;
  /** Of CPU, all threads together, until everything is queryable where there is a lake. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** From the end of the import until all of it is in the files. */
  readonly behindSeconds: number;
  readonly server: ServerProcess;
}

/** The lake of a store that had none. */
interface Rebuilt {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** As it was before anything was asked. */
  readonly idleBytes: number;
}

export const lake: Workload = {
  name: 'lake',
  description: 'one bulk import of the population with and without a lake, and a lake made anew; then single writes, each with a question in SQL behind it; counts questions',
  async run(bench) {
    const without = await measured(bench, false);
    const rebuilt = await madeAnew(without.server);
    const kept = await measured(bench, true);
    const latencies = new Latencies();
    const began = performance.now();
    for (let number = 0; number < questions; number += 1) latencies.add(await writeAndAsk(kept.server.baseUrl, number));
    const { p50Ms, p95Ms } = latencies.summary();
    const more = ((kept.cpuSeconds - without.cpuSeconds) * 1000) / kept.resources;
    return {
      workload: 'lake',
      dataSet: `${bench.population().name}, ${kept.resources} resources`,
      unit: 'requests',
      perSecond: (questions * 1000) / (performance.now() - began),
      baselines: [],
      targets: [],
      notes: [
        `import ${(without.resources / without.seconds).toFixed(0)} resources/s without a lake, ${(kept.resources / kept.seconds).toFixed(0)} with one, which had all of it ${kept.behindSeconds.toFixed(1)} s later`,
        `${more.toFixed(3)} ms of CPU more a resource; peak resident memory ${(without.peakBytes / 1e6).toFixed(0)} and ${(kept.peakBytes / 1e6).toFixed(0)} MB`,
        `of a store of ${without.resources} resources that had none, the lake is made in ${rebuilt.seconds.toFixed(1)} s with ${(rebuilt.cpuSeconds / rebuilt.seconds).toFixed(2)} cores, ${((rebuilt.cpuSeconds * 1000) / without.resources).toFixed(3)} ms of CPU each; resident memory ${(rebuilt.idleBytes / 1e6).toFixed(0)} MB before, at most ${(rebuilt.peakBytes / 1e6).toFixed(0)}`,
        `a question behind a write sees it: p50 ${p50Ms.toFixed(0)} ms, p95 ${p95Ms.toFixed(0)} ms`,
      ],
    };
  },
};

async function measured(bench: Bench, withLake: boolean): Promise<Imported> {
  const server = await bench.freshServer(withLake ? [] : ['--no-analytics']);
  const folder = join(server.dataDirectory, 'buckets', 'caldera', 'input');
  const { resources } = writeFiles(bench.population(), { folder, times });
  server.usage();
  const began = performance.now();
  await imported(server.baseUrl);
  const [ended, moment] = [performance.now(), Date.now()];
  if (withLake) while (Date.parse((await asked(server.baseUrl, 'SELECT count(*) FROM patient')).asOf) < moment) await sleep(lookMs);
  const all = performance.now();
  const { cpu, peakRssBytes } = server.usage();
  if (all - ended > freshWithinMs) throw new Error('The lake was more than a minute behind.');
  return {
    resources, seconds: (ended - began) / 1000, cpuSeconds: (cpu * (all - began)) / 1000, peakBytes: peakRssBytes,
    behindSeconds: (all - ended) / 1000, server,
  };
}

/** Stops the server, and starts one on the same directory that keeps a lake: asked, it makes all of it. */
async function madeAnew(stopped: ServerProcess): Promise<Rebuilt> {
  await stopped.stop();
  const server = await startServerProcess({ dataDirectory: stopped.dataDirectory });
  try {
    const idleBytes = server.memoryBytes();
    server.usage();
    const began = performance.now();
    await asked(server.baseUrl, 'SELECT count(*) FROM patient');
    const seconds = (performance.now() - began) / 1000;
    const { cpu, peakRssBytes } = server.usage();
    return { seconds, cpuSeconds: cpu * seconds, peakBytes: peakRssBytes, idleBytes };
  } finally {
    await server.stop();
  }
}

interface Answer {
  readonly rows: readonly (readonly unknown[])[];
  /** Every change until then is in it. */
  readonly asOf: string;
}

async function asked(baseUrl: string, query: string): Promise<Answer> {
  const body = JSON.stringify({ query });
  let answer = await fetch(`${baseUrl}/sql`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  for (;;) {
    if (answer.status === 200) return await answer.json() as Answer;
    const place = answer.headers.get('Content-Location');
    if (answer.status === 202 && place !== null) {
      answer = await fetch(new URL(place, baseUrl));
      continue;
    }
    // While the lake is built for the first time.
    if (answer.status !== 409) throw new Error(`A question was answered with ${answer.status}.`);
    await sleep(lookMs);
    answer = await fetch(`${baseUrl}/sql`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  }
}

/** @returns from the acknowledgement of the write to the answer, ms */
async function writeAndAsk(baseUrl: string, number: number): Promise<number> {
  const id = `lake-${number}`;
  const written = await fetch(`${baseUrl}/Patient/${id}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'Patient', id, active: true }),
  });
  await written.arrayBuffer();
  const began = performance.now();
  const { rows } = await asked(baseUrl, `SELECT count(*) FROM patient WHERE id = '${id}'`);
  if (Number(rows[0]![0]) !== 1) throw new Error('A question did not see what was written before it.');
  return performance.now() - began;
}
