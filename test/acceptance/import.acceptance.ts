/**
 * Bulk import as whoever runs the server sees it: killed with -9 in the middle and started again, with a user who writes
 * meanwhile; and Synthea's patients, where they lie beside the project in ../shared.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess } from '../../bench/server-process.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { readPopulation } from '../../bench/population.ts';

const people = 6000;
/** More than a piece's half together, so that several are under way. */
const padding = 'x'.repeat(1500);

let dataDirectory: string;
let server: ServerProcess;

beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'caldera-import-'));
  server = await startServerProcess({ dataDirectory });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDirectory, { recursive: true });
});

async function json(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { headers: { 'Content-Type': 'application/fhir+json' }, ...init });
  return await answer.json() as Record<string, unknown>;
}

function datastoreId(): string {
  return /datastore\/([0-9a-f]+)/.exec(server.baseUrl)![1]!;
}

async function control(operation: string, input: object): Promise<Record<string, unknown>> {
  return json(new URL('/', server.baseUrl).href, {
    method: 'POST', body: JSON.stringify({ DatastoreId: datastoreId(), ...input }),
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `HealthLake.${operation}` },
  });
}

async function start(prefix: string): Promise<string> {
  const { JobId } = await control('StartFHIRImportJob', {
    DataAccessRoleArn: 'arn:aws:iam::000000000000:role/import', ValidationLevel: 'structure-only',
    InputDataConfig: { S3Uri: `s3://caldera/${prefix}` }, JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://caldera/out', KmsKeyId: 'alias/k' } },
  });
  return JobId as string;
}

async function ended(JobId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { ImportJobProperties: job } = await control('DescribeFHIRImportJob', { JobId }) as { ImportJobProperties: Record<string, unknown> };
    if (job['EndTime'] !== undefined) return job;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function bucket(...path: readonly string[]): string {
  return join(dataDirectory, 'buckets', 'caldera', ...path);
}

function output(jobId: string, name: string): readonly string[] {
  return readFileSync(bucket('out', `${datastoreId()}-FHIR_IMPORT-${jobId}`, name), 'utf8').split('\n').slice(0, -1);
}

async function status(path: string): Promise<number> {
  const answer = await fetch(`${server.baseUrl}/${path}`);
  await answer.arrayBuffer();
  return answer.status;
}

function person(index: number): object {
  return { resourceType: 'Patient', id: `p${index}`, text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${padding}</div>` }, name: [{ family: `Family${index}` }] };
}

describe('an import that is killed in the middle', () => {
  test('comes to exactly its lines, each applied once, and leaves what a user wrote meanwhile', async () => {
    mkdirSync(bucket('people'));
    const lines = Array.from({ length: people }, (_, index) => JSON.stringify(person(index)));
    // The first person comes again at the end: the last line wins, and is the only one to do so.
    writeFileSync(bucket('people', 'all.ndjson'), `${lines.join('\n')}\n${JSON.stringify({ ...person(0), gender: 'other' })}\n`);
    const jobId = await start('people/');
    const updated = new Set<number>();
    for (let round = 0; round < 3; round += 1) {
      // The next one of whom nothing was there at the start of this round.
      const index = 200 * (round + 1);
      while ((await status(`Patient/p${index}`)) !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
      const { meta: _meta, ...user } = { ...person(index), gender: 'female', meta: undefined };
      await json(`${server.baseUrl}/Patient/p${index}`, { method: 'PUT', body: JSON.stringify(user) });
      updated.add(index);
      await server.kill();
      server = await startServerProcess({ dataDirectory });
    }
    const job = await ended(jobId);
    expect(job).toMatchObject({
      JobStatus: 'COMPLETED',
      JobProgressReport: { TotalNumberOfResourcesScanned: people + 1, TotalNumberOfResourcesImported: people + 1, TotalNumberOfResourcesWithCustomerError: 0 },
    });
    const told = output(jobId, 'SUCCESS/all.ndjson').map((line) => (JSON.parse(line) as { lineId: number }).lineId);
    expect(told).toEqual(Array.from({ length: people + 1 }, (_, index) => index + 1));
    const total = await json(`${server.baseUrl}/Patient?_summary=count`);
    expect(total['total']).toBe(people);
    for (let index = 0; index < people; index += 1) {
      const { meta, gender } = await json(`${server.baseUrl}/Patient/p${index}`) as { meta: { versionId: string }; gender?: string };
      const wanted = updated.has(index) ? { versions: ['2'], gender: 'female' } : index === 0 ? { versions: ['1', '2'], gender: 'other' } : { versions: ['1'], gender: undefined };
      expect({ index, gender, isOneOf: wanted.versions.includes(meta.versionId) }).toEqual({ index, gender: wanted.gender, isOneOf: true });
    }
    expect(existsSync(join(dataDirectory, 'stores', datastoreId(), 'objects', 'imports', jobId, '0000000'))
      && readdirSync(join(dataDirectory, 'stores', datastoreId(), 'objects', 'imports', jobId, '0000000'))).toHaveLength(0);
  }, 300_000);
});

describe('a line of 300 MB', () => {
  test('is told of, held nowhere, and everything beside it is imported', async () => {
    mkdirSync(bucket('long'));
    const file = createWriteStream(bucket('long', 'a.ndjson'));
    const write = async (text: string): Promise<void> => { if (!file.write(text)) await once(file, 'drain'); };
    await write(`{"resourceType":"Patient","id":"before"}\n{"resourceType":"Patient","id":"long","name":[{"family":"`);
    for (let megabyte = 0; megabyte < 300; megabyte += 1) await write('x'.repeat(1024 * 1024));
    await write(`"}]}\n{"resourceType":"Patient","id":"after"}\n`);
    file.end();
    await once(file, 'close');
    const before = server.usage().peakRssBytes;
    const job = await ended(await start('long/'));
    expect(job).toMatchObject({ JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: { TotalNumberOfResourcesScanned: 3, TotalNumberOfResourcesImported: 2, TotalNumberOfResourcesWithCustomerError: 1 } });
    expect(output(job['JobId'] as string, 'FAILURE/a.ndjson').map((line) => (JSON.parse(line) as { lineId: number }).lineId)).toEqual([2]);
    expect(server.usage().peakRssBytes - before).toBeLessThan(150 * 1024 * 1024);
  }, 120_000);
});

describe('a Binary of 100 MB', () => {
  test('comes in as its content, held nowhere, and once', async () => {
    mkdirSync(bucket('binary'));
    const piece = Buffer.alloc(3 * 1024 * 1024, 'caldera ').fill(255, 0, 4096);
    const file = createWriteStream(bucket('binary', 'a.ndjson'));
    const write = async (text: string): Promise<void> => { if (!file.write(text)) await once(file, 'drain'); };
    await write('{"resourceType":"Binary","id":"big","contentType":"application/x-test","data":"');
    const base64 = piece.toString('base64').replaceAll('/', '\\/');
    for (let index = 0; index < 33; index += 1) await write(base64);
    await write('","language":"en"}\n{"resourceType":"Patient","id":"behind"}\n');
    file.end();
    await once(file, 'close');
    const before = server.usage().peakRssBytes;
    for (const _time of [1, 2]) {
      const job = await ended(await start('binary/'));
      expect(job).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfResourcesImported: 2 } });
    }
    expect(server.usage().peakRssBytes - before).toBeLessThan(150 * 1024 * 1024);
    const answer = await fetch(`${server.baseUrl}/Binary/big`, { headers: { Accept: 'application/x-test' } });
    expect(answer.headers.get('etag')).toBe('W/"1"');
    const twice = Buffer.concat([piece, piece]);
    let position = 0;
    for await (const chunk of answer.body!) {
      const at = position % piece.length;
      const wanted = twice.subarray(at, at + chunk.length);
      if (!wanted.equals(Buffer.from(chunk))) throw new Error(`The content differs near byte ${position}.`);
      position += chunk.length;
    }
    expect(position).toBe(33 * piece.length);
  }, 200_000);
});

describe('Synthea’s bundles, or our own', () => {
  test('come in whole, linked, and once', async () => {
    const { bundles } = readPopulation();
    mkdirSync(bucket('bundles'));
    const some = bundles.slice(0, 8);
    const resources = some.reduce((sum, body) => sum + (JSON.parse(body.toString()) as { entry: unknown[] }).entry.length, 0);
    some.forEach((body, index) => writeFileSync(bucket('bundles', `${index}.json`), body));
    for (const _time of [1, 2]) {
      const job = await ended(await start('bundles/'));
      expect(job).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfResourcesScanned: resources, TotalNumberOfResourcesImported: resources } });
    }
    const { entry } = await json(`${server.baseUrl}/Observation?_count=5`) as { entry: { resource: { meta: { versionId: string }; subject: { reference: string } } }[] };
    for (const { resource } of entry) {
      expect(resource.meta.versionId).toBe('1');
      expect(await status(resource.subject.reference)).toBe(200);
    }
  }, 300_000);
});
