/** Bulk export over HealthLake's own API, embedded: what is written, what is told of it, and that an import of it gives an equal store. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { importServer } from './import-server.ts';
import type { ImportServer } from './import-server.ts';

let lake: ImportServer;
let other: ImportServer;

beforeAll(async () => {
  [lake, other] = await Promise.all([importServer(), importServer()]);
});

afterAll(() => Promise.all([lake.close(), other.close()]));

const DataAccessRoleArn = 'arn:aws:iam::000000000000:role/export';

async function start(uri: string, more: object = {}): Promise<string> {
  const OutputDataConfig = { S3Configuration: { S3Uri: uri, KmsKeyId: 'alias/export' } };
  const { status, body } = await lake.control('StartFHIRExportJob', { DatastoreId: lake.server().datastoreIds[0], DataAccessRoleArn, OutputDataConfig, ...more });
  expect(status).toBe(200);
  return body['JobId'] as string;
}

async function described(JobId: string): Promise<Record<string, unknown>> {
  const { body } = await lake.control('DescribeFHIRExportJob', { DatastoreId: lake.server().datastoreIds[0], JobId });
  return body['ExportJobProperties'] as Record<string, unknown>;
}

async function ended(jobId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const job = await described(jobId);
    if (job['EndTime'] !== undefined) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function folderOf(jobId: string, below: string): string {
  return join(lake.bucket, below, `${lake.server().datastoreIds[0]}-FHIR_EXPORT-${jobId}`);
}

function linesOf(jobId: string, below: string): Record<string, string> {
  const folder = folderOf(jobId, below);
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.ndjson'));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
  return Object.fromEntries(lines.map((line) => {
    const { resourceType, id } = JSON.parse(line) as Record<string, string>;
    return [`${resourceType}/${id}`, line];
  }));
}

describe('an export of HealthLake’s API', () => {
  test('writes every resource that was acknowledged before it, of each type to files of its own, as the interface serves it', async () => {
    const written = await Promise.all([
      lake.fhir('Patient/p', 'PUT', { resourceType: 'Patient', id: 'p' }),
      lake.fhir('Observation/o', 'PUT', { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'ü\n' }, subject: { reference: 'Patient/p' } }),
      lake.fhir('Patient/gone', 'PUT', { resourceType: 'Patient', id: 'gone' }),
    ]);
    expect(written.map(({ status }) => status)).toEqual([201, 201, 201]);
    await lake.fhir('Patient/gone', 'DELETE');
    const jobId = await start('s3://lake/first', { JobName: 'nightly' });
    const job = await ended(jobId);
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', JobName: 'nightly', DataAccessRoleArn, OutputDataConfig: { S3Configuration: { S3Uri: 's3://lake/first', KmsKeyId: 'alias/export' } } });
    expect(readdirSync(folderOf(jobId, 'first')).toSorted()).toEqual(['Observation', 'Patient']);
    expect(readdirSync(join(folderOf(jobId, 'first'), 'Patient'))).toEqual([expect.stringMatching(/^Patient-\d+-\d+-\d+\.ndjson$/)]);
    const lines = linesOf(jobId, 'first');
    expect(Object.keys(lines).toSorted()).toEqual(['Observation/o', 'Patient/p']);
    expect(lines['Observation/o']).toBe(await (await fetch(`${lake.server().baseUrl}/Observation/o`)).text());
  });

  test('fails with a Message for a bucket that is not there', async () => {
    expect(await ended(await start('s3://nowhere/out'))).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('There is no such bucket') });
  });

  test('is one of many at a time, and each is whole', async () => {
    const jobs = await Promise.all(['a', 'b', 'c'].map((name) => start(`s3://lake/many/${name}/`)));
    for (const [index, jobId] of jobs.entries()) {
      expect(await ended(jobId)).toMatchObject({ JobStatus: 'COMPLETED' });
      expect(Object.keys(linesOf(jobId, join('many', 'abc'[index]!)))).toHaveLength(2);
    }
  });
});

test('an import of an export into an empty store gives the same resources under the same ids, with the same references and digits', async () => {
  const data = randomBytes(5 * 1024 * 1024).toString('base64');
  lake.file('in/all.ndjson', [
    JSON.stringify({ resourceType: 'Patient', id: 'r1', name: [{ family: 'Ünal' }] }),
    '{"resourceType":"Observation","id":"r2","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/r1"},"valueQuantity":{"value":1.10}}',
    JSON.stringify({ resourceType: 'Binary', id: 'r3', contentType: 'application/pdf', data }),
  ].join('\n'));
  await lake.imported('in/');
  const jobId = await start('s3://lake/round');
  await ended(jobId);
  const folder = folderOf(jobId, 'round');
  const before = linesOf(jobId, 'round');
  expect(statSync(join(folder, 'Binary')).isDirectory()).toBe(true);
  expect((JSON.parse(before['Binary/r3']!) as { data: string }).data === data).toBe(true);
  for (const [key, line] of Object.entries(before)) other.file(`in/${key.replace('/', '-')}.ndjson`, line);
  const imported = await other.imported('in/');
  expect(imported).toMatchObject({ JobStatus: 'COMPLETED' });
  for (const key of Object.keys(before).filter((one) => !one.startsWith('Binary'))) {
    const { meta: _meta, ...resource } = JSON.parse(before[key]!) as Record<string, unknown>;
    const { meta: _other, ...there } = (await other.fhir(key)).body;
    expect(there).toEqual(resource);
  }
  expect(await (await fetch(`${other.server().baseUrl}/Observation/r2`)).text()).toContain('"value":1.10');
  const content = await fetch(`${other.server().baseUrl}/Binary/r3`, { headers: { Accept: 'application/pdf' } });
  expect(Buffer.from(await content.arrayBuffer()).toString('base64') === data).toBe(true);
  // In the bucket that it came from, the folder of an export is input where it is named, and nowhere else.
  expect((await lake.imported(`round/${folder.split('/').at(-1)!}/`))['JobProgressReport']).toMatchObject({ TotalNumberOfResourcesImported: Object.keys(before).length });
});

test('an import that keeps versions gives an equal store: the same ids, numbers of versions, references to versions, and content', async () => {
  const empty = await importServer();
  try {
    // Its content would only take time.
    await lake.fhir('Binary/r3', 'DELETE');
    for (const family of ['One', 'Two', 'Three']) await lake.fhir('Patient/v1', 'PUT', { resourceType: 'Patient', id: 'v1', name: [{ family }] });
    await lake.fhir('Patient/v2', 'PUT', { resourceType: 'Patient', id: 'v2' });
    await lake.fhir('Patient/v2', 'DELETE');
    await lake.fhir('Patient/v2', 'PUT', { resourceType: 'Patient', id: 'v2', link: [{ other: { reference: 'Patient/v1/_history/3' }, type: 'seealso' }, { other: { reference: 'Patient/v1/_history/1' }, type: 'seealso' }] });
    const jobId = await start('s3://lake/kept');
    await ended(jobId);
    const lines = Object.entries(linesOf(jobId, 'kept'));
    const folder = folderOf(jobId, 'kept').split('/').at(-1)!;
    cpSync(folderOf(jobId, 'kept'), join(empty.bucket, folder), { recursive: true });
    expect(await empty.imported(`${folder}/`, { KeepVersions: true })).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfResourcesImported: lines.length } });
    for (const [key, line] of lines) {
      const { meta, ...resource } = JSON.parse(line) as { meta: { versionId: string; lastUpdated: string } };
      const { meta: metaThere, ...there } = (await empty.fhir(key)).body as unknown as { meta: { versionId: string; lastUpdated: string } };
      expect({ key, versionId: metaThere.versionId }).toEqual({ key, versionId: meta.versionId });
      expect(metaThere.lastUpdated > meta.lastUpdated).toBe(true);
      expect(there).toEqual(resource);
    }
    expect(new Map(lines).get('Patient/v2')).toContain('"versionId":"3"');
    expect((await empty.fhir('Patient/v1/_history/3')).body).toMatchObject({ name: [{ family: 'Three' }] });
    expect((await empty.fhir('Patient/v1/_history/1')).status).toBe(404);
    const history = (await empty.fhir('Patient/v1/_history')).body as unknown as { entry: readonly { response: { status: string; etag: string } }[] };
    expect(history.entry.map(({ response }) => [response.status, response.etag])).toEqual([['201', 'W/"3"']]);
    await empty.imported(`${folder}/`, { KeepVersions: true });
    expect((await empty.fhir('Patient/v1')).body).toMatchObject({ meta: { versionId: '3' } });
    expect((await empty.fhir('Patient/v1', 'PUT', { resourceType: 'Patient', id: 'v1' })).body).toMatchObject({ meta: { versionId: '4' } });
  } finally {
    await empty.close();
  }
});
