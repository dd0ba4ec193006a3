/** `caldera import` and the life of its jobs, against the embedded server and a real directory. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { durationText, jobProgress } from '../../src/cli/job-progress.ts';
import { caldera, spawned } from './command.ts';
import type { Outcome } from './command.ts';
import { recordedServer } from './recorded-server.ts';
import type { Told } from './recorded-server.ts';

let folder: string;
let lake: string;
let server: RunningServer;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-command-'));
  lake = join(folder, 'lake');
  mkdirSync(lake);
  server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, buckets: new Map([['lake', lake]]), reportFault: () => {} });
  env = { CALDERA_ENDPOINT: `http://127.0.0.1:${server.port}` };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(key: string, ...lines: readonly string[]): string {
  const path = join(lake, key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const patient = (id: string): string => JSON.stringify({ resourceType: 'Patient', id });
/** What is said of how far it is comes where it takes long. */
async function called(...line: string[]): Promise<Outcome> {
  const outcome = await caldera(line, { env });
  return { ...outcome, errors: outcome.errors.replace(/^.* … \d+ s\n/gm, '') };
}
const imports = (...line: string[]) => called('import', ...line, '--bucket', `lake=${lake}`);

describe('import', () => {
  test('takes a directory that lies in a bucket, waits, and ends with 0 when all of it is imported', async () => {
    file('whole/a.ndjson', patient('w1'), patient('w2'));
    const { code, out, errors } = await imports(join(lake, 'whole'), '--wait', '--json', '--level', 'structure-only', '--name', 'whole');
    expect([code, errors]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'import', JobName: 'whole', JobStatus: 'COMPLETED', ValidationLevel: 'structure-only', InputDataConfig: { S3Uri: 's3://lake/whole/' },
      JobProgressReport: { TotalNumberOfResourcesImported: 2 },
    });
    expect((await caldera(['fhir', 'get', 'Patient/w2'], { env })).code).toBe(0);
  });

  test('ends with 1 when a line failed, and tells which reasons there are and where the lines are', async () => {
    const path = file('partly/a.ndjson', patient('p1'), 'no', 'nor this', '{"resourceType": "Patient"}');
    const { code, out, errors } = await imports(path, '--wait');
    expect([code, out]).toEqual([1, expect.stringMatching(/Job status +COMPLETED_WITH_ERRORS\n/)]);
    expect(errors).toMatch(/^LINES +NOT IMPORTED BECAUSE\n2 +This is not JSON.*\n1 +The resource has no id.* \(Patient.id\)\n/);
    expect(errors).toMatch(/error: The import is COMPLETED_WITH_ERRORS\. 3 resources of 1 files were not imported\. Which and why: s3:\/\/lake\/import-outputs\/[0-9a-f]{32}-FHIR_IMPORT-[0-9a-f]{32}\/FAILURE\/\n$/);
  });

  test('begins versions with the numbers that resources bring along, on request', async () => {
    file('numbered/a.ndjson', JSON.stringify({ resourceType: 'Patient', id: 'n1', meta: { versionId: '7' } }));
    expect((await imports('s3://lake/numbered/', '--wait', '--keep-versions')).code).toBe(0);
    expect(JSON.parse((await caldera(['fhir', 'get', 'Patient/n1'], { env })).out)).toMatchObject({ meta: { versionId: '7' } });
  });

  test('prints the id where nobody waits, and the job is waited for by it', async () => {
    file('later/a.ndjson', patient('l1'));
    const begun = await spawned(['import', 's3://lake/later/'], { env });
    expect([begun.code, begun.out]).toEqual([0, expect.stringMatching(/^[0-9a-f]{32}\n$/)]);
    expect(await called('job', 'wait', begun.out.trim())).toMatchObject({ code: 0, out: expect.stringMatching(/Job status +COMPLETED\n/) });
    expect(await called('job', 'cancel', begun.out.trim())).toMatchObject({ code: 1, errors: 'error: The job has come to its end already: it is COMPLETED.\n' });
  });

  test('is told why it could not be done', async () => {
    const { code, errors } = await imports('s3://nowhere/', '--wait', '--output', 's3://lake/out/');
    expect([code, errors]).toEqual([1, expect.stringMatching(/^error: The import failed: InputDataConfig: There is no such bucket/)]);
  });

  test('is cancelled by its id, and what was imported stays', async () => {
    file('long/a.ndjson', ...Array.from({ length: 20_000 }, (_none, index) => patient(`long${index}`)));
    const id = (await imports('s3://lake/long/')).out.trim();
    expect(await caldera(['job', 'cancel', id], { env })).toMatchObject({ code: 0, out: expect.stringMatching(/^CANCEL_/) });
    expect(await caldera(['job', 'wait', id], { env })).toMatchObject({ code: 1, errors: expect.stringContaining('What was imported stays.') });
  });

  test('refuses as wrong use what lies in no bucket, and says what to do', async () => {
    writeFileSync(join(folder, 'outside.ndjson'), '');
    expect(await imports(join(folder, 'outside.ndjson'))).toMatchObject({ code: 2, errors: expect.stringMatching(/is in no bucket.*--bucket NAME=DIR.*inbox.*aws s3 cp/s) });
  });

  test.each([
    [['https://example.org/a.ndjson'], 's3://bucket/prefix'],
    [['s3://lake/', '--level', 'loose'], '--level is one of'],
    [['s3://lake/', '--bucket', 'lake'], 'NAME=DIR'],
    [[], 'SOURCE'],
  ] as const)('refuses %j as wrong use', async (line, message) => {
    expect(await caldera(['import', ...line], { env })).toMatchObject({ code: 2, out: '', errors: expect.stringContaining(message) });
  });

  test('of one file among others whose names begin so is refused, for they would be imported too', async () => {
    file('twins/a.ndjson', patient('t1'));
    file('twins/a.ndjson.gz', '');
    expect(await imports(join(lake, 'twins', 'a.ndjson'))).toMatchObject({ code: 2, errors: expect.stringContaining('begin with the name') });
  });

  test('beyond this machine takes a role and a key', async () => {
    expect(await caldera(['import', 's3://lake/', '--endpoint', 'https://fhir.example.org', '--datastore', '0'.repeat(32)])).toMatchObject({ code: 2, errors: expect.stringContaining('--role') });
  });
});

test('a job is waited for while its server begins anew', async () => {
  const job = (JobStatus: string): Told => ({ body: { ImportJobProperties: { JobId: 'a', JobStatus } } });
  const asked: string[] = [];
  const recorded = await recordedServer(({ headers, url }) => {
    asked.push(String(headers['x-amz-target'] ?? url));
    if (asked.length === 2) return { body: {}, headers: { 'x-progress': 'IN_PROGRESS: 10 %, 1 resources imported, 0 failed' } };
    if (asked.length === 3) throw new Error('The connection breaks off.');
    return job(asked.length === 1 ? 'IN_PROGRESS' : 'COMPLETED');
  });
  const { code } = await caldera(['job', 'wait', 'a', '--endpoint', recorded.url, '--datastore', '0'.repeat(32)]);
  await recorded.close();
  expect([code, asked]).toEqual([0, ['HealthLake.DescribeFHIRImportJob', `/datastore/${'0'.repeat(32)}/r4/$import/a`, 'HealthLake.DescribeFHIRImportJob', 'HealthLake.DescribeFHIRImportJob']]);
});

describe('progress', () => {
  const job = { JobStatus: 'IN_PROGRESS', JobProgressReport: { TotalNumberOfResourcesScanned: 12_345, Throughput: 1499.6, TotalNumberOfResourcesWithCustomerError: 2 } };

  test('is a bar on a screen, and words in a log', () => {
    expect(jobProgress(true, () => 0).line(job, 0.5)).toBe('[############------------] 50 %, 12,345 resources, 1,500/s, 2 failed');
    expect(jobProgress(false, () => 0).line(job, 0.5)).toBe('50 %, 12,345 resources, 1,500/s, 2 failed');
    expect(jobProgress(true, () => 0).line({ JobStatus: 'SUBMITTED' })).toBe('SUBMITTED');
  });

  test('tells the time that is left by what was done since it was looked at', () => {
    let now = 0;
    const progress = jobProgress(false, () => now);
    progress.line(job, 0.4);
    now = 10_000;
    expect(progress.line(job, 0.5)).toMatch(/, about 50 s left$/);
    expect([500, 99_000, 600_000, 8_640_000].map(durationText)).toEqual(['1 s', '99 s', '10 min', '2 h']);
  });
});
