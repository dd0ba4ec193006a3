/** Bulk import over HealthLake's own API, embedded: what comes in, what is told of it, and that every line is accounted for. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { importServer } from './import-server.ts';
import type { ImportServer } from './import-server.ts';

let lake: ImportServer;

beforeAll(async () => {
  lake = await importServer();
});

afterAll(() => lake.close());

function patient(id: string, family = 'Rivera'): string {
  return JSON.stringify({ resourceType: 'Patient', id, name: [{ family }] });
}

function report(job: Record<string, unknown>): Record<string, number> {
  return job['JobProgressReport'] as Record<string, number>;
}

function statuses(lines: readonly Record<string, unknown>[] | undefined) {
  return lines?.map(({ lineId, UpdateResourceResponse }) => [lineId, (UpdateResourceResponse as { statusCode: number }).statusCode]);
}

describe('an import', () => {
  test('stores every line under its own id, searchable, and tells of it as HealthLake does', async () => {
    lake.file('good/a.ndjson', `${patient('a1')}\n${patient('a2')}\n`);
    lake.file('good/b/c.ndjson', `${patient('b1')}\r\n\n${JSON.stringify({ resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/nobody' }, valueQuantity: { value: 1 } }).replace('"value":1', '"value":1.10')}`);
    const job = await lake.imported('good/', { JobName: 'first' });
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', JobName: 'first', ValidationLevel: 'structure-only', InputDataConfig: { S3Uri: 's3://lake/good/' } });
    expect(report(job)).toMatchObject({
      TotalNumberOfScannedFiles: 2, TotalNumberOfImportedFiles: 2, TotalNumberOfResourcesScanned: 4, TotalNumberOfResourcesImported: 4,
      TotalNumberOfResourcesWithCustomerError: 0, TotalNumberOfFilesReadWithCustomerError: 0,
    });
    expect(statuses(lake.output(job['JobId'] as string, 'SUCCESS/a.ndjson'))).toEqual([[1, 201], [2, 201]]);
    expect(statuses(lake.output(job['JobId'] as string, 'SUCCESS/b/c.ndjson'))).toEqual([[1, 201], [3, 201]]);
    const folder = join(lake.bucket, 'out', `${lake.server().datastoreIds[0]}-FHIR_IMPORT-${job['JobId'] as string}`);
    expect(readdirSync(folder).sort()).toEqual(['Manifest.json', 'SUCCESS']);
    expect(existsSync(join(lake.bucket, 'out', '.healthlake_write_access_check_file.temp'))).toBe(true);
    expect(lake.output(job['JobId'] as string, 'Manifest.json')![0]).toMatchObject({
      inputDataConfig: { s3Uri: 's3://lake/good/' }, outputDataConfig: { s3Uri: 's3://lake/out', encryptionKeyID: 'alias/import' },
      successOutput: { successOutputS3Uri: `s3://lake/out/${lake.server().datastoreIds[0]}-FHIR_IMPORT-${job['JobId'] as string}/SUCCESS/` },
      numberOfScannedFiles: 2, numberOfFilesImported: 2, numberOfResourcesScanned: 4, numberOfResourcesImportedSuccessfully: 4,
      numberOfResourcesWithCustomerError: 0, numberOfResourcesWithServerError: 0,
    });
    expect((await lake.fhir('Observation?subject=Patient/nobody')).body['entry']).toHaveLength(1);
    const raw = await fetch(`${lake.server().baseUrl}/Observation/o`);
    expect(await raw.text()).toContain('"value":1.10');
  });

  test('makes no version of what is there just so, and takes the last line of an id', async () => {
    lake.file('again/1.ndjson', `${patient('g1', 'Old')}\n${patient('g2')}\n${patient('g1', 'New')}\n`);
    const first = await lake.imported('again/');
    const second = await lake.imported('again/');
    expect([first, second].map((job) => report(job)['TotalNumberOfResourcesImported'])).toEqual([3, 3]);
    expect((await lake.fhir('Patient/g2')).body['meta']).toMatchObject({ versionId: '1' });
    expect((await lake.fhir('Patient/g1')).body['name']).toEqual([{ family: 'New' }]);
    expect(statuses(lake.output(second['JobId'] as string, 'SUCCESS/1.ndjson'))!.map(([, status]) => status)).toEqual([200, 200, 200]);
  });

  test('tells of each bad line by its number, and imports all others', async () => {
    const lines = [
      patient('bad-a'), 'not json', '{"resourceType":"Patient","name":[]}', '{"resourceType":"Foo","id":"x"}', '{"resourceType":"Patient","id":"no good!"}',
      '{"resourceType":"Patient","id":"wrong","birthDate":7}', '[]', '{"resourceType":"Patient","id":"twice","id":"twice"}',
      JSON.stringify({ resourceType: 'SearchParameter', id: 'sp', url: 'http://x.org/sp', name: 'x', status: 'active', description: 'x', code: 'x', base: ['Patient'], type: 'string', expression: 'Patient.(' }),
      patient('bad-z'),
    ];
    const invalid = Buffer.concat([Buffer.from(`${lines.join('\n')}\n{"resourceType":"Patient","id":"utf","name":[{"family":"`), Buffer.from([0xff]), Buffer.from('"}]}\n')]);
    lake.file('bad/lines.ndjson', invalid);
    const job = await lake.imported('bad/');
    expect(job).toMatchObject({ JobStatus: 'COMPLETED_WITH_ERRORS' });
    expect(report(job)).toMatchObject({ TotalNumberOfResourcesScanned: 11, TotalNumberOfResourcesImported: 2, TotalNumberOfResourcesWithCustomerError: 9, TotalNumberOfFilesReadWithCustomerError: 1 });
    const failures = lake.output(job['JobId'] as string, 'FAILURE/lines.ndjson');
    expect(statuses(failures)).toEqual([[2, 400], [3, 400], [4, 400], [5, 400], [6, 400], [7, 400], [8, 400], [9, 422], [11, 400]]);
    expect(failures![0]).toMatchObject({ UpdateResourceResponse: { jsonBlob: { resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] } } });
    expect(statuses(lake.output(job['JobId'] as string, 'SUCCESS/lines.ndjson'))).toEqual([[1, 201], [10, 201]]);
  });

  test('passes over files of no bytes, and tells of those that it cannot read', async () => {
    lake.file('files/empty.ndjson', '');
    lake.file('files/notes.txt', 'hello');
    lake.file('files/.hidden.ndjson', 'x');
    lake.file('files/coming.ndjson.part', 'x');
    lake.file('files/broken.ndjson.gz', gzipSync(patient('gz0')).subarray(0, 20));
    lake.file('files/good.ndjson.gz', gzipSync(`${patient('gz1')}\n${patient('gz2')}\n`));
    const job = await lake.imported('files/');
    expect(job).toMatchObject({ JobStatus: 'COMPLETED_WITH_ERRORS' });
    expect(report(job)).toMatchObject({ TotalNumberOfScannedFiles: 4, TotalNumberOfResourcesScanned: 2, TotalNumberOfResourcesImported: 2, TotalNumberOfFilesReadWithCustomerError: 2 });
    expect(statuses(lake.output(job['JobId'] as string, 'FAILURE/notes.txt.ndjson'))).toEqual([[0, 400]]);
    expect(statuses(lake.output(job['JobId'] as string, 'FAILURE/broken.ndjson.gz.ndjson'))).toEqual([[0, 400]]);
    expect(statuses(lake.output(job['JobId'] as string, 'SUCCESS/good.ndjson.gz.ndjson'))).toEqual([[1, 201], [2, 201]]);
  });

  test('of which nothing came in has failed without a message', async () => {
    lake.file('nothing/a.ndjson', 'x\n');
    const job = await lake.imported('nothing/');
    expect(job).toMatchObject({ JobStatus: 'FAILED' });
    expect(job['Message']).toBeUndefined();
  });

  test('of a missing bucket, or of a prefix without files, fails and says so', async () => {
    expect(await lake.imported('x', { InputDataConfig: { S3Uri: 's3://absent/x' } })).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('InputDataConfig: There is no such bucket.') });
    expect(await lake.imported('absent/')).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('there is no file') });
    const output = { JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://absent/x', KmsKeyId: 'k' } } };
    expect(await lake.imported('good/', output)).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('JobOutputDataConfig: There is no such bucket.') });
  });

  test('of a folder that the server may not read fails and says so', async () => {
    if (process.getuid?.() === 0) return;
    lake.file('closed/a.ndjson', patient('closed'));
    chmodSync(join(lake.bucket, 'closed'), 0);
    expect(await lake.imported('closed/')).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('may not read') });
    chmodSync(join(lake.bucket, 'closed'), 0o700);
  });

  test('does not read its own outputs, where they lie below its input', async () => {
    lake.file('own/a.ndjson', patient('own'));
    const output = { JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://lake/own', KmsKeyId: 'k' } } };
    await lake.imported('own/', output);
    expect(report(await lake.imported('own/', output))).toMatchObject({ TotalNumberOfScannedFiles: 1, TotalNumberOfResourcesScanned: 1 });
  });

  test('stores a Bundle’s resources under the UUIDs of their fullUrls, linked, and not twice', async () => {
    const [one, two] = ['0a000000-0000-4000-8000-000000000001', '0a000000-0000-4000-8000-000000000002'];
    lake.file('bundles/b.json', JSON.stringify({
      resourceType: 'Bundle', type: 'transaction', entry: [
        { fullUrl: `urn:uuid:${one}`, resource: { resourceType: 'Patient', name: [{ family: 'Bundle' }] }, request: { method: 'POST', url: 'Patient' } },
        { fullUrl: `urn:uuid:${two}`, resource: { resourceType: 'Condition', id: 'other', subject: { reference: `urn:uuid:${one}` } }, request: { method: 'POST', url: 'Condition' } },
        { request: { method: 'DELETE', url: 'Patient/x' } },
      ],
    }));
    const job = await lake.imported('bundles/');
    expect(report(job)).toMatchObject({ TotalNumberOfResourcesScanned: 3, TotalNumberOfResourcesImported: 2, TotalNumberOfResourcesWithCustomerError: 1 });
    expect(statuses(lake.output(job['JobId'] as string, 'FAILURE/b.json.ndjson'))).toEqual([[3, 400]]);
    expect((await lake.fhir(`Condition/${two}`)).body['subject']).toEqual({ reference: `Patient/${one}` });
    await lake.imported('bundles/');
    expect((await lake.fhir(`Condition/${two}`)).body['meta']).toMatchObject({ versionId: '1' });
  });

  test('takes at minimal what strict refuses', async () => {
    lake.file('minimal/a.ndjson', '{"resourceType":"Patient","id":"min","birthDate":"someday"}\n');
    expect(report(await lake.imported('minimal/'))).toMatchObject({ TotalNumberOfResourcesWithCustomerError: 1 });
    expect(report(await lake.imported('minimal/', { ValidationLevel: 'minimal' }))).toMatchObject({ TotalNumberOfResourcesImported: 1 });
  });

  test('is one of many at a time, listed, and none is lost', async () => {
    for (let index = 0; index < 8; index += 1) lake.file(`many/${index}/a.ndjson`, Array.from({ length: 50 }, (_, line) => patient(`m${index}-${line}`)).join('\n'));
    const ids = await Promise.all(Array.from({ length: 8 }, (_, index) => lake.start(`many/${index}/`)));
    const jobs = await Promise.all(ids.map((id) => lake.ended(id)));
    expect(jobs.map((job) => [job['JobStatus'], report(job)['TotalNumberOfResourcesImported']])).toEqual(ids.map(() => ['COMPLETED', 50]));
    const { body } = await lake.control('ListFHIRImportJobs', { DatastoreId: lake.server().datastoreIds[0], JobStatus: 'COMPLETED', MaxResults: 3 });
    expect(body['ImportJobPropertiesList']).toHaveLength(3);
    expect(body['NextToken']).toBeDefined();
  });

  test('leaves nothing behind of what it kept for itself, and no fault', () => {
    const imports = join(lake.folder, 'data', 'stores', lake.server().datastoreIds[0]!, 'objects', 'imports');
    const files = existsSync(imports) ? readdirSync(imports, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
    expect(files).toEqual([]);
    expect(lake.faults).toEqual([]);
  });
});
