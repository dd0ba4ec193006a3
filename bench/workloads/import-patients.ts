/**
 * A thousand synthetic patients imported end to end by HealthLake's API: every type is counted afterwards, a sample is read
 * back and compared, and the server's memory is followed (docs/import.md).
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { syntheticPopulation } from '../../src/fhir/synthetic/synthetic-population.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Workload } from '../workload.ts';
import { imported } from './import.ts';

const patients = 1000;
const seed = 1;
/** Every one of so many is read back. */
const sampledEvery = 499;
const memoryEveryMs = 1000;
/** Figures of memory that a report shows, at equal distances. */
const memoryShown = 12;

export const importingPatients: Workload = {
  name: 'import-patients',
  description: `one bulk import of ${patients.toLocaleString('en')} synthetic patients as NDJSON; all are counted and a sample is compared`,
  async run(bench) {
    // Tables for SQL are kept up by a thread of their own, which `lake` measures.
    const server = await bench.freshServer(['--no-analytics']);
    const files = writeFiles(join(server.dataDirectory, 'buckets', 'caldera', 'input'));
    const memory: number[] = [];
    server.usage();
    const watch = setInterval(() => memory.push(server.memoryBytes()), memoryEveryMs);
    const began = performance.now();
    const report = await imported(server.baseUrl).finally(() => clearInterval(watch));
    const seconds = (performance.now() - began) / 1000;
    const usage = server.usage();
    const { counts, bytes, sample } = files;
    const resources = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (report['TotalNumberOfResourcesImported'] !== resources) throw new Error('Some resources were not imported; nothing can be measured on a part of the data.');
    await requireCounts(server, counts);
    await requireSame(server, sample);
    return {
      workload: 'import-patients',
      dataSet: `${patients} synthetic patients, ${resources} resources in ${(bytes / 1e6).toFixed(0)} MB`,
      unit: 'resources',
      perSecond: resources / seconds,
      server: usage,
      baselines: [],
      targets: [
        { what: 'resources/s', measured: resources / seconds, floor: 1300, goal: 4000, moonshot: 8000, unit: '/s', atMost: false },
        { what: 'peak resident memory', measured: usage.peakRssBytes / 1e6, floor: 1000, goal: 400, moonshot: 250, unit: 'MB', atMost: true },
      ],
      notes: [
        `${resources} resources in ${seconds.toFixed(1)} s; ${((usage.cpu * seconds * 1000) / resources).toFixed(3)} ms of CPU each, all threads together`,
        `${counts.size} types have their counts, ${sample.length} resources read back are the same`,
        `resident memory from begin to end, MB: ${shown(memory).map((value) => (value / 1e6).toFixed(0)).join(' ')}`,
      ],
    };
  },
};

interface Written {
  readonly counts: ReadonlyMap<string, number>;
  readonly bytes: number;
  readonly sample: readonly Resource[];
}

/** A file a type, written patient by patient. */
function writeFiles(folder: string): Written {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, number>();
  const counts = new Map<string, number>();
  const sample: Resource[] = [];
  let [bytes, made] = [0, 0];
  for (const group of syntheticPopulation({ patients, seed })) {
    for (const resource of group) {
      const { resourceType: type } = resource;
      if (!files.has(type)) files.set(type, openSync(join(folder, `${type}.ndjson`), 'w'));
      bytes += writeSync(files.get(type)!, `${JSON.stringify(resource)}\n`);
      counts.set(type, (counts.get(type) ?? 0) + 1);
      if (made % sampledEvery === 0) sample.push(resource);
      made += 1;
    }
  }
  for (const file of files.values()) closeSync(file);
  return { counts, bytes, sample };
}

async function requireCounts({ baseUrl }: ServerProcess, counts: ReadonlyMap<string, number>): Promise<void> {
  for (const [type, count] of counts) {
    const { total } = await json(`${baseUrl}/${type}?_summary=count`) as { total?: number };
    if (total !== count) throw new Error(`Of ${count} resources of type ${type} a search counts ${total}.`);
  }
}

/** But for what the server writes into `meta`. */
async function requireSame({ baseUrl }: ServerProcess, sample: readonly Resource[]): Promise<void> {
  for (const { resourceType, id, meta = {}, ...rest } of sample) {
    const found = await json(`${baseUrl}/${resourceType}/${id}`) as Resource;
    const { resourceType: _type, id: _id, meta: { versionId, lastUpdated: _updated, ...foundMeta } = {}, ...foundRest } = found;
    const { versionId: _versionId, lastUpdated: _lastUpdated, ...sentMeta } = meta;
    if (versionId === '1' && isDeepStrictEqual(foundRest, JSON.parse(JSON.stringify(rest))) && isDeepStrictEqual(foundMeta, sentMeta)) continue;
    throw new Error(`A resource of type ${resourceType} is not what was imported.`);
  }
}

async function json(url: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { Accept: 'application/fhir+json' } });
  if (answer.status !== 200) throw new Error(`A request was answered with ${answer.status}.`);
  return answer.json();
}

function shown(values: readonly number[]): readonly number[] {
  const step = Math.max(1, Math.ceil(values.length / memoryShown));
  return values.filter((_value, index) => index % step === 0);
}
