/** Bulk import: one job over files of NDJSON, a file a type, at `structure-only` (docs/import.md). */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteInserts } from '../baselines.ts';
import { entriesOf, type Population } from '../population.ts';
import type { Workload } from '../workload.ts';

/** The population this often, under other ids: some hundred thousand resources. */
const times = 3;
const rowsPerCommit = 128;
const lookMs = 100;

export const importing: Workload = {
  name: 'import',
  description: `one bulk import of the population as NDJSON, ${times} times under other ids; counts resources`,
  async run(bench) {
    const population = bench.population();
    // Tables for SQL are kept up by a thread of their own, which `lake` measures.
    const server = await bench.freshServer(['--no-analytics']);
    const { resources, bytes } = writeFiles(population, { folder: join(server.dataDirectory, 'buckets', 'caldera', 'input'), times });
    server.usage();
    const began = performance.now();
    const report = await imported(server.baseUrl);
    const seconds = (performance.now() - began) / 1000;
    const usage = server.usage();
    if (report['TotalNumberOfResourcesImported'] !== resources) throw new Error('Some resources were not imported; nothing can be measured on a part of the data.');
    const perSecond = resources / seconds;
    const rows = { directory: bench.directory, rowBytes: Math.round(bytes / resources) };
    return {
      workload: 'import',
      dataSet: `${population.name}, ${times} times, ${resources} resources in ${(bytes / 1e6).toFixed(0)} MB`,
      unit: 'resources',
      perSecond,
      server: usage,
      baselines: [{ name: `SQLite, ${rowsPerCommit} rows a commit`, perSecond: sqliteInserts({ ...rows, rowsPerCommit }) }],
      targets: [
        { what: 'resources/s', measured: perSecond, floor: 1300, goal: 4000, moonshot: 8000, unit: '/s', atMost: false },
        { what: 'peak resident memory', measured: usage.peakRssBytes / 1e6, floor: 1000, goal: 400, moonshot: 250, unit: 'MB', atMost: true },
      ],
      notes: [
        `${resources} resources in ${seconds.toFixed(1)} s; ${((usage.cpu * seconds * 1000) / resources).toFixed(3)} ms of CPU each, all threads together`,
      ],
    };
  },
};

/** A file a type, with the resources under the UUIDs of their full URLs and linked by them. */
export function writeFiles(
  population: Population, { folder, times: often }: { readonly folder: string; readonly times: number },
): { resources: number; bytes: number } {
  mkdirSync(folder, { recursive: true });
  let [resources, bytes] = [0, 0];
  for (let time = 0; time < often; time += 1) {
    const files = new Map<string, string[]>();
    for (const bundle of population.bundles) {
      for (const [type, line] of linesOf(bundle, time)) files.set(type, files.get(type) ?? []).get(type)!.push(line);
    }
    for (const [type, lines] of files) {
      const text = `${lines.join('\n')}\n`;
      writeFileSync(join(folder, `${type}.${time}.ndjson`), text);
      resources += lines.length;
      bytes += Buffer.byteLength(text);
    }
  }
  return { resources, bytes };
}

function* linesOf(bundle: Buffer, time: number): Generator<[string, string]> {
  const entries = entriesOf(bundle);
  const ids = new Map(entries.map(({ fullUrl }) => [fullUrl, createHash('sha256').update(`${time} ${fullUrl}`).digest('hex').slice(0, 32)]));
  const types = new Map(entries.map(({ fullUrl, resource }) => [fullUrl, resource.resourceType]));
  for (const { fullUrl, resource } of entries) {
    const { resourceType, id: _id, ...content } = resource;
    const text = JSON.stringify({ resourceType, id: ids.get(fullUrl), ...content });
    yield [resourceType, text.replaceAll(/"reference":"(urn:uuid:[^"]+)"/g, (found, url: string) => (ids.has(url) ? `"reference":"${types.get(url)}/${ids.get(url)}"` : found))];
  }
}

/** Imports what lies in the bucket's `input/`. @returns the report of the job's progress */
export async function imported(baseUrl: string): Promise<Record<string, number>> {
  const job = await ended(baseUrl, 'Import', {
    ValidationLevel: 'structure-only', InputDataConfig: { S3Uri: 's3://caldera/input/' }, JobOutputDataConfig: outputConfig('s3://caldera/output'),
  });
  return job['JobProgressReport'] as Record<string, number>;
}

export function outputConfig(uri: string): object {
  return { S3Configuration: { S3Uri: uri, KmsKeyId: 'alias/none' } };
}

/** Starts a job of HealthLake's API and waits for its end. @throws Error unless it was completed */
export async function ended(baseUrl: string, kind: 'Import' | 'Export', input: object): Promise<Record<string, unknown>> {
  const DatastoreId = /datastore\/([0-9a-f]+)/.exec(baseUrl)![1]!;
  const control = async (operation: string, asked: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(new URL('/', baseUrl), {
      method: 'POST', body: JSON.stringify({ DatastoreId, ...asked }),
      headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `HealthLake.${operation}` },
    });
    if (answer.status !== 200) throw new Error(`${operation} was answered with ${answer.status}.`);
    return await answer.json() as Record<string, unknown>;
  };
  const { JobId } = await control(`StartFHIR${kind}Job`, { DataAccessRoleArn: 'arn:aws:iam::000000000000:role/bench', ...input });
  for (;;) {
    const job = (await control(`DescribeFHIR${kind}Job`, { JobId }))[`${kind}JobProperties`] as Record<string, unknown>;
    if (job['EndTime'] !== undefined) {
      if (job['JobStatus'] !== 'COMPLETED') throw new Error(`The ${kind.toLowerCase()} ended as ${job['JobStatus'] as string}.`);
      return job;
    }
    await sleep(lookMs);
  }
}
