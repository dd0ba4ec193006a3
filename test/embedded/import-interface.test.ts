/** `$import`: kick-off, status, manifest and cancellation (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Body } from '../conformance/client.ts';
import { importServer } from './import-server.ts';
import type { ImportServer } from './import-server.ts';

let lake: ImportServer;
beforeAll(async () => {
  lake = await importServer();
});
afterAll(async () => {
  await lake.close();
  expect(lake.faults).toEqual([]);
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

async function ask(method: string, url: string, body?: unknown, headers: Record<string, string> = { prefer: 'respond-async' }): Promise<Answer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, ...sent });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

const importUrl = (): string => `${lake.server().baseUrl}/$import`;

async function begun(body: unknown): Promise<string> {
  const { status, headers, body: told } = await ask('POST', importUrl(), body);
  expect([told.issue[0].severity, status]).toEqual(['information', 202]);
  const location = headers.get('content-location')!;
  expect(location).toMatch(new RegExp(`^${importUrl().replace('$', String.raw`\$`)}/[0-9a-f]{32}$`));
  return location;
}

async function ended(location: string): Promise<Answer> {
  for (;;) {
    const answer = await ask('GET', location);
    if (answer.status !== 202) return answer;
    expect(answer.headers.get('x-progress')).toMatch(/^[A-Z_]+:( \d+ %,)? \d+ resources imported, \d+ failed$/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const patients = (...ids: readonly string[]): string => ids.map((id) => `${JSON.stringify({ resourceType: 'Patient', id })}\n`).join('');
const input = (...keys: readonly string[]) => keys.map((key) => ({ type: 'Patient', url: `s3://lake/${key}` }));
const inputFormat = 'application/fhir+ndjson';
const jobOf = (location: string): string => location.slice(location.lastIndexOf('/') + 1);

describe('the manifest', () => {
  test('imports just the files that it names, and tells of each of them', async () => {
    lake.file('named/a.ndjson', patients('a1', 'a2'));
    lake.file('named/deep/b.ndjson', `${patients('b1')}{"resourceType": "Patient"}\n`);
    lake.file('named/c.ndjson', patients('c1'));
    const location = await begun({ inputFormat, inputSource: 'https://other.example/fhir', storageDetail: { type: 'aws-s3' }, input: input('named/deep/b.ndjson', 'named/a.ndjson') });
    const { status, headers, body } = await ended(location);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    const [, datastoreId] = /datastore\/([0-9a-f]{32})/.exec(importUrl())!;
    const folder = `s3://lake/import-outputs/${datastoreId}-FHIR_IMPORT-${jobOf(location)}`;
    const told = (key: string, kind: string, count: number) => ({ type: 'OperationOutcome', input: `s3://lake/named/${key}`, inputUrl: `s3://lake/named/${key}`, count, url: `${folder}/${kind}/${key}` });
    expect(body).toEqual({
      transactionTime: expect.stringMatching(/^\d{4}-/), request: importUrl(),
      output: [told('deep/b.ndjson', 'SUCCESS', 1), told('a.ndjson', 'SUCCESS', 2)],
      error: [told('deep/b.ndjson', 'FAILURE', 1)],
    });
    expect((await lake.fhir('Patient/a2')).status).toBe(200);
    expect((await lake.fhir('Patient/c1')).status).toBe(404);
    expect(await lake.describe(jobOf(location))).toMatchObject({ JobStatus: 'COMPLETED_WITH_ERRORS', InputDataConfig: { S3Uri: 's3://lake/named/' } });
  });

  test('may be a Parameters resource, with what HealthLake\'s API has beside', async () => {
    lake.file('parameters/a.ndjson', patients('p1'));
    const parameter = [
      { name: 'inputFormat', valueCode: inputFormat },
      { name: 'storageDetail', part: [{ name: 'type', valueCode: 'aws-s3' }] },
      { name: 'input', part: [{ name: 'type', valueCode: 'Patient' }, { name: 'url', valueUrl: 's3://lake/parameters/a.ndjson' }] },
      { name: 'JobName', valueString: 'by parameters' },
      { name: 'JobOutputDataConfig', part: [{ name: 'S3Configuration', part: [{ name: 'S3Uri', valueUrl: 's3://lake/told/' }, { name: 'KmsKeyId', valueString: 'alias/any' }] }] },
    ];
    const location = await begun({ resourceType: 'Parameters', parameter });
    const { body } = await ended(location);
    expect([body.output[0].url.startsWith('s3://lake/told/'), body.error]).toEqual([true, []]);
    expect(await lake.describe(jobOf(location))).toMatchObject({ JobName: 'by parameters', JobStatus: 'COMPLETED' });
  });

  test('may be the members of StartFHIRImportJob, for all files of a prefix', async () => {
    lake.file('prefix/a.ndjson', patients('x1'));
    lake.file('prefix/b.ndjson', 'nothing\n');
    const location = await begun({
      InputDataConfig: { S3Uri: 's3://lake/prefix/' }, DataAccessRoleArn: 'arn:aws:iam::000000000000:role/any',
      JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://lake/out', KmsKeyId: 'alias/any' } },
    });
    const { status, body } = await ended(location);
    expect([status, body.output, body.error]).toMatchObject([200, [{ input: 's3://lake/prefix/', count: 1 }], [{ input: 's3://lake/prefix/', count: 1 }]]);
  });
});

test('where what is imported came from is told by Provenance resources, on request, and once however often it is imported', async () => {
  lake.file('told/a.ndjson', patients(...Array.from({ length: 130 }, (_none, index) => `told${index}`)));
  const wanted = { inputFormat, inputSource: 'https://other.example/fhir', input: input('told/a.ndjson'), ProvenanceEnabled: true };
  const [first, second] = [await begun(wanted), await begun(wanted)];
  expect([(await ended(first)).body.output[0].count, (await ended(second)).body.output[0].count]).toEqual([130, 130]);
  const found = (await lake.fhir('Provenance?target=Patient/told129')).body as Body;
  expect(found.entry).toHaveLength(1);
  expect(found.entry[0].resource).toMatchObject({
    target: [{ reference: 'Patient/told128' }, { reference: 'Patient/told129' }],
    entity: [{ role: 'source', what: { identifier: { value: 's3://lake/told/a.ndjson' } } }, { what: { identifier: { value: 'https://other.example/fhir' } } }],
  });
  expect(((await lake.fhir('Provenance?_summary=count')).body as Body).total).toBe(3);
  const { id, ...stored } = found.entry[0].resource;
  expect((await lake.fhir(`Provenance/${id}`, 'PUT', { id, ...stored })).status).toBe(200);
});

test.each([
  ['the manifest', { inputFormat, input: input('numbered/a.ndjson'), KeepVersions: true }, 'numbered-a'],
  ['Parameters', {
    resourceType: 'Parameters', parameter: [
      { name: 'inputFormat', valueCode: inputFormat }, { name: 'KeepVersions', valueBoolean: true },
      { name: 'input', part: [{ name: 'type', valueCode: 'Patient' }, { name: 'url', valueUrl: 's3://lake/numbered/b.ndjson' }] },
    ],
  }, 'numbered-b'],
])('numbers of versions are carried over where %s asks for it', async (_what, wanted, id) => {
  lake.file(`numbered/${id.at(-1)!}.ndjson`, JSON.stringify({ resourceType: 'Patient', id, meta: { versionId: '7' } }));
  expect((await ended(await begun(wanted))).status).toBe(200);
  expect((await lake.fhir(`Patient/${id}/_history/7`)).status).toBe(200);
});

describe('what cannot be imported', () => {
  const one = { inputFormat, input: input('any.ndjson') };
  test.each([
    ['without Prefer', one, {}, 'Prefer: respond-async'],
    ['an address of the web', { inputFormat, input: [{ type: 'Patient', url: 'http://169.254.169.254/latest' }] }, undefined, 'not fetched from the web'],
    ['a file of the server', { inputFormat, input: [{ type: 'Patient', url: 'file:///etc/passwd' }] }, undefined, 's3://bucket/key'],
    ['two buckets', { inputFormat, input: [...input('a.ndjson'), { type: 'Patient', url: 's3://other/a.ndjson' }] }, undefined, 'one bucket'],
    ['another storage', { ...one, storageDetail: { type: 'https' } }, undefined, 'aws-s3'],
    ['another format', { ...one, inputFormat: 'text/csv' }, undefined, 'inputFormat'],
    ['another type', { inputFormat, input: [{ type: 'Nobody', url: 's3://lake/a.ndjson' }] }, undefined, 'type of an input'],
    ['no input', { inputFormat, input: [] }, undefined, 'no input'],
    ['one file twice', { inputFormat, input: input('a.ndjson', 'a.ndjson') }, undefined, 'twice'],
    ['a wish that is not known', { ...one, mode: 'overwrite' }, undefined, 'mode is nothing'],
    ['a wish that is not offered', { ...one, DriftDetectionEnabled: true }, undefined, 'DriftDetectionEnabled'],
    ['a resource', { resourceType: 'Patient' }, undefined, 'another type'],
    ['parameters without values', { resourceType: 'Parameters', parameter: [{ name: 'inputFormat' }] }, undefined, 'a value or parts'],
  ])('is refused: %s', async (_what, body, headers, diagnostics) => {
    const answer = await ask('POST', importUrl(), body, headers);
    expect([answer.status, answer.body.issue?.[0].diagnostics]).toEqual([400, expect.stringContaining(diagnostics)]);
  });

  test('is told at the end: a bucket that is not mounted, a file that is not there', async () => {
    for (const url of ['s3://nowhere/a.ndjson', 's3://lake/nothing.ndjson']) {
      const { status, body } = await ended(await begun({ inputFormat, input: [{ type: 'Patient', url }], JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://lake/out', KmsKeyId: 'alias/any' } } }));
      expect([status, body.resourceType, body.issue[0].diagnostics]).toEqual([500, 'OperationOutcome', expect.stringContaining('InputDataConfig')]);
    }
  });
});

describe('an import', () => {
  test('is cancelled by DELETE: what was imported stays, and nobody asks for it any more', async () => {
    lake.file('long/a.ndjson', patients(...Array.from({ length: 20_000 }, (_none, index) => `long${index}`)));
    const location = await begun({ inputFormat, input: input('long/a.ndjson') });
    const { status, body } = await ask('DELETE', location);
    expect([status, body.issue[0].diagnostics]).toEqual([202, expect.stringContaining('being cancelled')]);
    expect((await ask('DELETE', location)).status).toBe(202);
    expect((await ask('GET', location)).status).toBe(404);
    expect((await lake.ended(jobOf(location)))['JobStatus']).toBe('CANCEL_COMPLETED');
    expect((await ask('GET', location)).status).toBe(404);
  });

  test('that has come to its end is not cancelled, and one that never was is not found', async () => {
    lake.file('short/a.ndjson', patients('s1'));
    const location = await begun({ inputFormat, input: input('short/a.ndjson') });
    await ended(location);
    expect((await ask('DELETE', location)).status).toBe(409);
    for (const method of ['GET', 'DELETE']) expect((await ask(method, `${importUrl()}/${'0'.repeat(32)}`)).status).toBe(404);
  });

  test('is one, however often its ClientToken is sent', async () => {
    const wanted = { inputFormat, input: input('short/a.ndjson'), ClientToken: 'once' };
    const location = await begun(wanted);
    expect(await begun(wanted)).toBe(location);
    expect((await ask('POST', importUrl(), { ...wanted, JobName: 'other' })).status).toBe(400);
  });
});
