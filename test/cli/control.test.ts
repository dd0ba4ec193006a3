/** `caldera datastore …` and `caldera job …` against the wire shapes of HealthLake's control API. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { caldera } from './command.ts';
import { recordedServer } from './recorded-server.ts';
import type { RecordedServer, Told } from './recorded-server.ts';

const id = '3f2a9c0b6d1e4f7788990a1b2c3d4e5f';
const arn = `arn:aws:healthlake:eu-west-1:123456789012:datastore/fhir/${id}`;
const store = {
  DatastoreId: id, DatastoreArn: arn, DatastoreName: 'trial', DatastoreStatus: 'ACTIVE', CreatedAt: 1767225600.5, DatastoreTypeVersion: 'R4',
  DatastoreEndpoint: `https://fhir.example.org/datastore/${id}/r4/`, NlpConfiguration: { Status: 'DISABLED' },
};
const notFound: Told = { status: 404, body: { __type: 'com.amazonaws.healthlake#ResourceNotFoundException', Message: 'There is no such data store.' } };

let server: RecordedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server that answers each operation as told; what it is told in turn, the last of a list again and again. */
async function answering(told: Readonly<Record<string, Told | readonly Told[]>>) {
  const counts: Record<string, number> = {};
  const calls: (readonly [string, unknown])[] = [];
  server = await recordedServer(({ headers, body }) => {
    const operation = String(headers['x-amz-target']).replace('HealthLake.', '');
    calls.push([operation, JSON.parse(body.toString('utf8'))]);
    const all = [told[operation] ?? notFound].flat() as readonly Told[];
    const count = (counts[operation] = (counts[operation] ?? -1) + 1);
    return all[Math.min(count, all.length - 1)] as Told;
  });
  const { url } = server;
  return { calls, call: (...line: string[]) => caldera([...line, '--endpoint', url]) };
}

describe('datastore create', () => {
  const created = { body: { DatastoreId: id, DatastoreArn: arn, DatastoreStatus: 'CREATING', DatastoreEndpoint: store.DatastoreEndpoint } };

  test('asks for what was chosen, and no more', async () => {
    const { call, calls } = await answering({ CreateFHIRDatastore: created });
    const line = ['datastore', 'create', '--name', 'trial', '--preload', 'synthea', '--nlp', 'enabled', '--backup-days', '7', '--tag', 'a=b=c', '--default-profile', 'us-core-3.1.1', '--client-token', 't-1'];
    expect(await call(...line)).toMatchObject({ code: 0, out: expect.stringContaining('CREATING') });
    expect(calls).toEqual([['CreateFHIRDatastore', {
      DatastoreTypeVersion: 'R4', DatastoreName: 'trial', PreloadDataConfig: { PreloadDataType: 'SYNTHEA' }, NlpConfiguration: { Status: 'ENABLED' },
      BackupConfiguration: { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: 7 }, Tags: [{ Key: 'a', Value: 'b=c' }],
      ProfileConfiguration: { DefaultProfiles: ['us-core-3.1.1'] }, ClientToken: 't-1',
    }]]);
    expect(server?.asked[0]).toMatchObject({ method: 'POST', url: '/', headers: { 'content-type': 'application/x-amz-json-1.0' } });
  });

  test('waits until the store is active, on request', async () => {
    const status = (DatastoreStatus: string): Told => ({ body: { DatastoreProperties: { ...store, DatastoreStatus } } });
    const { call, calls } = await answering({ CreateFHIRDatastore: created, DescribeFHIRDatastore: [status('CREATING'), status('ACTIVE')] });
    const { code, out } = await call('datastore', 'create', '--wait', '--json');
    expect([code, JSON.parse(out), calls.length]).toEqual([0, store, 3]);
  });

  test('fails as the store fails', async () => {
    const failed = { body: { DatastoreProperties: { ...store, DatastoreStatus: 'CREATE_FAILED', ErrorCause: { ErrorMessage: 'No key.' } } } };
    const { call } = await answering({ CreateFHIRDatastore: created, DescribeFHIRDatastore: failed });
    expect(await call('datastore', 'create', '--wait')).toMatchObject({ code: 1, errors: 'error: The data store is CREATE_FAILED: No key.\n' });
  });

  test.each([['--preload', 'mimic'], ['--nlp', 'on'], ['--backup-days', '31'], ['--tag', 'team'], ['--colour', 'red'], ['word']])('refuses %s %s as wrong use', async (...words) => {
    const { call, calls } = await answering({});
    expect(await call('datastore', 'create', ...words)).toMatchObject({ code: 2, out: '' });
    expect(calls).toEqual([]);
  });
});

describe('datastore list', () => {
  test('reads all pages, filtered, into aligned columns', async () => {
    const other = { ...store, DatastoreId: 'f'.repeat(32), DatastoreStatus: 'CREATING', DatastoreName: undefined };
    const { call, calls } = await answering({
      ListFHIRDatastores: [{ body: { DatastorePropertiesList: [store], NextToken: 'more' } }, { body: { DatastorePropertiesList: [other] } }],
    });
    const { out } = await call('datastore', 'list', '--created-after', '2026-01-01');
    expect(out).toBe(`ID                                STATUS    CREATED               NAME
${id}  ACTIVE    2026-01-01T00:00:00Z  trial
${'f'.repeat(32)}  CREATING  2026-01-01T00:00:00Z\n`);
    expect(calls).toEqual([
      ['ListFHIRDatastores', { MaxResults: 500, Filter: { CreatedAfter: 1767225600 } }],
      ['ListFHIRDatastores', { MaxResults: 500, Filter: { CreatedAfter: 1767225600 }, NextToken: 'more' }],
    ]);
  });
});

describe('the data store that is meant', () => {
  const listed = (...stores: object[]): Told => ({ body: { DatastorePropertiesList: stores } });

  test('is the only active one', async () => {
    const { call } = await answering({ ListFHIRDatastores: listed(store), DescribeFHIRDatastore: { body: { DatastoreProperties: store } } });
    expect((await call('datastore', 'describe')).out).toMatch(/^Id +3f2a9c0b6d1e4f7788990a1b2c3d4e5f\nName +trial\nStatus +ACTIVE\n/);
  });

  test('has to be said where there are several, or none', async () => {
    const { call } = await answering({ ListFHIRDatastores: [listed(store, { ...store, DatastoreId: 'f'.repeat(32) }), listed()] });
    expect(await call('fhir', 'get', 'Patient/1')).toMatchObject({ code: 2, errors: expect.stringContaining('--datastore') });
    expect(await call('fhir', 'get', 'Patient/1')).toMatchObject({ code: 2, errors: expect.stringContaining('datastore create') });
  });
});

describe('datastore delete', () => {
  const deleting = { body: { ...store, DatastoreStatus: 'DELETING' } };

  test('wants an id and to be told twice', async () => {
    const { call, calls } = await answering({ DeleteFHIRDatastore: deleting });
    expect(await call('datastore', 'delete', '--yes')).toMatchObject({ code: 2 });
    expect(await call('datastore', 'delete', id)).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') });
    expect(calls).toEqual([]);
  });

  test('waits until the store is gone, also where nothing tells of it any more', async () => {
    const { call } = await answering({ DeleteFHIRDatastore: deleting, DescribeFHIRDatastore: notFound });
    expect(await call('datastore', 'delete', id, '--yes', '--wait')).toMatchObject({ code: 0, out: expect.stringContaining('DELETED') });
  });
});

test('datastore restore names the moment in seconds', async () => {
  const { call, calls } = await answering({ RestoreFHIRDatastore: { body: { ...store, DatastoreStatus: 'CREATING' } } });
  expect(await call('datastore', 'restore', id, '--to', '2026-01-01T00:00:00.5Z', '--name', 'back')).toMatchObject({ code: 0 });
  expect(calls[0]).toEqual(['RestoreFHIRDatastore', {
    SourceDatastoreId: id, DatastoreName: 'back', ClientToken: expect.any(String),
    RestoreConfiguration: { ContinuousBackupRestoreConfiguration: { RestorePointTime: 1767225600.5 } },
  }]);
  expect(await call('datastore', 'restore', id, '--to', 'yesterday')).toMatchObject({ code: 2 });
});

test('datastore tag sets, removes and shows tags of the ARN', async () => {
  const { call, calls } = await answering({
    DescribeFHIRDatastore: { body: { DatastoreProperties: store } }, TagResource: { body: {} }, UntagResource: { body: {} },
    ListTagsForResource: { body: { Tags: [{ Key: 'team', Value: 'research' }, { Key: 'empty', Value: '' }] } },
  });
  expect((await call('datastore', 'tag', id, 'team=research', '--remove', 'stage')).out).toBe('team   research\nempty  ""\n');
  expect(calls.slice(1)).toEqual([
    ['TagResource', { ResourceARN: arn, Tags: [{ Key: 'team', Value: 'research' }] }],
    ['UntagResource', { ResourceARN: arn, TagKeys: ['stage'] }],
    ['ListTagsForResource', { ResourceARN: arn }],
  ]);
});

test('datastore update changes what is named, and nothing when nothing is', async () => {
  const { call, calls } = await answering({ UpdateFHIRDatastore: { body: { DatastoreProperties: { ...store, DatastoreName: 'new' } } } });
  expect((await call('datastore', 'update', id, '--name', 'new', '--analytics', 'paused')).out).toMatch(/Name +new\n/);
  expect(calls).toEqual([['UpdateFHIRDatastore', { DatastoreId: id, DatastoreName: 'new', AnalyticsConfiguration: { Status: 'PAUSED' } }]]);
  expect(await call('datastore', 'update', id)).toMatchObject({ code: 2 });
});

describe('jobs', () => {
  const job = { JobId: 'a'.repeat(32), JobStatus: 'COMPLETED', SubmitTime: 1767225600, EndTime: 1767225660, DatastoreId: id };

  test('of both kinds are listed, the newest first', async () => {
    const { call, calls } = await answering({
      ListFHIRImportJobs: { body: { ImportJobPropertiesList: [job] } },
      ListFHIRExportJobs: { body: { ExportJobPropertiesList: [{ ...job, JobId: 'b'.repeat(32), SubmitTime: 1767225700 }] } },
    });
    const { out } = await call('job', 'list', '--datastore', id, '--status', 'completed');
    expect(out.split('\n').map((line) => line.slice(0, 1) + line.slice(32, 42).trim())).toEqual(['IKIND', 'bexport', 'aimport', '']);
    expect(calls[0]).toEqual(['ListFHIRImportJobs', { MaxResults: 500, DatastoreId: id, JobStatus: 'COMPLETED' }]);
  });

  test('are described with their counts, whatever their kind', async () => {
    const { call } = await answering({
      DescribeFHIRImportJob: notFound,
      DescribeFHIRExportJob: { body: { ExportJobProperties: { ...job, JobProgressReport: { TotalNumberOfScannedFiles: 3, TotalSizeOfScannedFilesInMB: 1.5 } } } },
    });
    const { out } = await call('job', 'describe', job.JobId, '--datastore', id);
    expect(out).toMatch(/^Kind +export\n/);
    expect(out).toMatch(/Total number of scanned files +3\nTotal size of scanned files \(MB\) +1\.5\n/);
  });
});

describe('a refusal', () => {
  test('is told by its name and message, which cannot steer the terminal', async () => {
    const { call } = await answering({ DescribeFHIRDatastore: { status: 400, body: { __type: 'ValidationException', Message: 'Bad\u001B[2J id.' } } });
    expect(await call('datastore', 'describe', 'x')).toMatchObject({ code: 1, out: '', errors: 'error: ValidationException: Bad [2J id.\n' });
  });

  test('for want of room is tried again', async () => {
    const busy: Told = { status: 429, headers: { 'retry-after': '0' }, body: { __type: 'ThrottlingException' } };
    const { call, calls } = await answering({ DescribeFHIRDatastore: [busy, { body: { DatastoreProperties: store } }] });
    expect(await call('datastore', 'describe', id)).toMatchObject({ code: 0 });
    expect(calls).toHaveLength(2);
  });

  test('by something that is no Caldera says to look at the endpoint', async () => {
    server = await recordedServer(() => ({ body: '<html></html>' }));
    expect(await caldera(['datastore', 'list', '--endpoint', server.url])).toMatchObject({ code: 1, errors: expect.stringContaining('endpoint') });
  });
});
