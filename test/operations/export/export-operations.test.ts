/** What the operations of `$export` answer, in the standard's form and in HealthLake's, to the end of a job's files. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { maxExportInputBytes } from '../../../src/operations/start-export.ts';
import { exportLifeMs, exportRequest, maxActiveExports } from '../../../src/operations/export/export-job.ts';
import type { ExportManifest } from '../../../src/operations/export/export-job.ts';
import { encoded, exportFileKey, manifestKey } from '../../../src/operations/export/export-objects.ts';
import { exportOperations } from '../../../src/operations/export/export-operations.ts';
import { humanDate } from '../../../src/operations/export/healthlake-export.ts';
import { changeJob } from '../../../src/operations/jobs/change-job.ts';
import type { JobChange } from '../../../src/operations/jobs/change-job.ts';
import { readJob } from '../../../src/operations/jobs/submit-job.ts';
import type { OperationRequest } from '../../../src/operations/operation.ts';
import { serve } from '../../../src/operations/serve.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import type { ResourceVersion } from '../../../src/store/data-store.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { baseUrl } from '../requests.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
const prefer = { prefer: 'respond-async' };
const told = {
  OutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/folder', KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/5a1f' } },
  DataAccessRoleArn: 'arn:aws:iam::123456789012:role/export',
};
const files: ExportManifest['files'] = [
  { kind: 'resources', type: 'Patient', name: 'Patient/Patient-00001-0-0.ndjson', count: 2, sizeBytes: 40 },
  { kind: 'errors', type: 'OperationOutcome', name: 'errors/OperationOutcome-00001-0-1.ndjson', count: 1, sizeBytes: 20 },
];

type Name = keyof ReturnType<typeof exportOperations>;

function harness(link?: string) {
  const time = { now: Date.UTC(2026, 0, 1) };
  const kept = new Map<string, Uint8Array>();
  const woken: string[] = [];
  let made = 0;
  const objects: ObjectStore = {
    put: async (key, body) => void kept.set(key, body),
    get: async (key) => kept.get(key),
    delete: async (key) => void kept.delete(key),
    list: async ({ prefix }) => ({ keys: [...kept.keys()].filter((key) => key.startsWith(prefix)) }),
  };
  const version = (type: string, id: string): ResourceVersion => ({ type, id, versionId: 1, lastUpdated: 0, interaction: 'create', json: '{}' });
  const ports = { jobs: memoryTable(), clock: { now: () => time.now } };
  const operations = exportOperations({
    ...ports, datastoreId, objects,
    ids: { uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}` },
    wake: (id) => void woken.push(id),
    downloads: { offer: async (key) => (link === undefined ? { open: async () => (async function* () { yield kept.get(key)!; })() } : { url: `${link}${key}` }) },
    store: {
      searchParameters: async () => baseParameters,
      read: async (type, id) => (id === 'gone' ? { ...version(type, id), json: undefined } : version(type, id)),
      readMany: async (keys) => keys.map(({ type, id }) => (id === 'none' ? undefined : version(type, id))),
    },
  });
  const send = async (name: Name, sent: Partial<OperationRequest> = {}) => {
    const served = serve(operations[name], { ids: { uuid: () => 'fault' }, report: ({ error }) => { throw error; } });
    const response = await served({ method: 'GET', baseUrl, path: {}, query: '', headers: prefer, caller: 'someone', ...sent });
    return { ...response, value: JSON.parse(response.json ?? '{}') as JsonObject };
  };
  const posted = (body: object, sent: Partial<OperationRequest> = {}) =>
    send('start-export', { method: 'POST', headers: { ...prefer, 'content-type': 'application/json' }, body: JSON.stringify(body), ...sent });
  const idOf = ({ headers }: { headers: Readonly<Record<string, string>> }): string => headers['Content-Location']!.slice(`${baseUrl}/export/`.length);
  /** @returns the id of a job that is to be ended */
  const begun = async (sent?: Partial<OperationRequest>) => idOf(await send('start-export', sent));
  const change = (id: string, changed: JobChange) => changeJob({ kind: 'export', id }, () => changed, ports);
  const end = async (id: string, folderUri?: string) => {
    for (const { name } of files) kept.set(exportFileKey(id, name), new Uint8Array(40));
    kept.set(manifestKey(id), encoded({ transactionTime: Date.UTC(2026, 0, 1), files, ...(folderUri && { folderUri }) }));
    await change(id, { status: 'COMPLETED_WITH_ERRORS' });
  };
  return { time, kept, woken, send, posted, begun, idOf, change, end, job: (id: string) => readJob('export', id, ports) };
}

describe('a kick-off', () => {
  test('keeps what is asked for, where it was asked, and has it worked on', async () => {
    const { begun, job, woken } = harness();
    const id = await begun({ path: { type: 'Group', id: 'g' }, query: '_type=Patient&organizeOutputBy=Practitioner', headers: { prefer: 'respond-async; handling=lenient' } });
    const known = (await job(id))!;
    expect(exportRequest(known)).toEqual({ level: 'group', group: 'g', types: ['Patient'], remarks: [expect.stringContaining('organizeOutputBy')], baseUrl, output: { place: 'store' } });
    expect(known.input['request']).toBe(`${baseUrl}/Group/g/$export?_type=Patient&organizeOutputBy=Practitioner`);
    expect(woken).toEqual([id]);
  });

  test('wants to be asked in the background, unless the client is lenient', async () => {
    const { send } = harness();
    expect((await send('start-export', { headers: {} })).status).toBe(400);
    expect((await send('start-export', { headers: { prefer: 'handling=lenient' } })).status).toBe(202);
  });

  test('is refused for a group that was deleted, a patient who is not there, and more than a job has room for', async () => {
    const { send, posted } = harness();
    expect((await send('start-export', { path: { type: 'Group', id: 'gone' } })).status).toBe(404);
    const named = (...ids: string[]) => ({ resourceType: 'Parameters', parameter: ids.map((id) => ({ name: 'patient', valueReference: { reference: `Patient/${id}` } })) });
    expect((await posted(named('a', 'none'), { path: { type: 'Patient' } })).status).toBe(404);
    expect((await posted(named('a', 'b'), { path: { type: 'Patient' } })).status).toBe(202);
    const long = Array.from({ length: 4 }, () => ({ name: '_tag', valueString: `urn:a|${'x'.repeat(maxExportInputBytes / 4)}` }));
    expect((await posted({ resourceType: 'Parameters', parameter: long })).status).toBe(413);
  });

  test('is 429 with Retry-After while as many exports as may be have not ended', async () => {
    const { send } = harness();
    for (let each = 0; each < maxActiveExports; each++) expect((await send('start-export')).status).toBe(202);
    const { status, headers } = await send('start-export');
    expect([status, Number(headers['Retry-After']) > 0]).toEqual([429, true]);
  });

  test('of HealthLake’s form is answered as HealthLake does, once for a ClientToken, and keeps to what was asked', async () => {
    const { posted, job, idOf } = harness();
    const body = { ...told, JobName: 'nightly', ClientToken: 'once' };
    const answer = await posted(body, { query: '_type=Patient' });
    const id = idOf(answer);
    expect([answer.status, answer.headers['Content-Type'], answer.value]).toEqual([202, 'application/json', { datastoreId, jobStatus: 'SUBMITTED', jobId: id }]);
    expect((await job(id))!).toMatchObject({ name: 'nightly', input: { ...told, export: { level: 'system', types: ['Patient'], output: { place: 'bucket', uri: 's3://bucket/folder' } } } });
    expect(idOf(await posted(body, { query: '_type=Patient' }))).toBe(id);
    expect((await posted(body)).status).toBe(409);
    // Its answers have no place to tell what was left out.
    const lenient = { prefer: 'respond-async, handling=lenient', 'content-type': 'application/json' };
    expect((await posted(told, { query: 'organizeOutputBy=Practitioner', headers: lenient })).status).toBe(400);
  });
});

describe('the status', () => {
  test('is 202 while the job goes on, and asks to be asked the less often the longer it does', async () => {
    const { begun, send, time, change } = harness();
    const jobId = await begun();
    const status = () => send('export-status', { path: { jobId } });
    expect(await status()).toMatchObject({ status: 202, headers: { 'X-Progress': 'SUBMITTED: about to begin', 'Retry-After': '1' } });
    await change(jobId, { status: 'IN_PROGRESS', progress: { resources: 1200, pieces: 8, piecesDone: 2 } });
    time.now += 60_000;
    expect(await status()).toMatchObject({ headers: { 'X-Progress': 'IN_PROGRESS: 1200 resources, 25% of the parts done', 'Retry-After': '6' } });
    time.now += 24 * 60 * 60_000;
    expect(await status()).toMatchObject({ headers: { 'Retry-After': '60' } });
  });

  test('is the manifest when it has ended, until its files are gone', async () => {
    const { begun, send, end, time } = harness();
    const jobId = await begun();
    await end(jobId);
    const { status, headers, value } = await send('export-status', { path: { jobId }, headers: { accept: 'application/json' } });
    const url = (place: number): string => `${baseUrl}/export/${jobId}/${files[place]!.name}`;
    expect([status, headers]).toEqual([200, { 'Content-Type': 'application/json', Expires: new Date(time.now + exportLifeMs).toUTCString() }]);
    expect(value).toEqual({
      transactionTime: '2026-01-01T00:00:00.000Z', request: `${baseUrl}/$export`, requiresAccessToken: true,
      output: [{ type: 'Patient', url: url(0), count: 2 }], deleted: [], error: [{ type: 'OperationOutcome', url: url(1), count: 1 }],
    });
    time.now += exportLifeMs;
    expect((await send('export-status', { path: { jobId } })).status).toBe(404);
    expect((await send('cancel-export', { path: { jobId } })).status).toBe(404);
  });

  test('is 500 with the reason where it failed, until the client has done with it', async () => {
    const { begun, send, change } = harness();
    const jobId = await begun();
    await change(jobId, { status: 'FAILED', message: 'The disk is full.' });
    const { status, value } = await send('export-status', { path: { jobId } });
    expect([status, JSON.stringify(value)]).toEqual([500, expect.stringContaining('The disk is full.')]);
    expect((await send('cancel-export', { path: { jobId } })).status).toBe(202);
  });

  test('of HealthLake’s form is the job’s properties, with the manifest beside them at its end', async () => {
    const { posted, idOf, send, end, time } = harness();
    const jobId = idOf(await posted({ ...told, JobName: 'nightly' }));
    const { S3Configuration: { KmsKeyId: kmsKeyId } } = told.OutputDataConfig;
    const properties = (s3Uri: string) => ({ jobId, jobName: 'nightly', submitTime: humanDate(time.now), datastoreId, outputDataConfig: { s3Configuration: { s3Uri, kmsKeyId } }, dataAccessRoleArn: told.DataAccessRoleArn });
    const before = await send('export-status', { path: { jobId } });
    expect([before.status, before.value]).toEqual([200, { exportJobProperties: { ...properties('s3://bucket/folder'), jobStatus: 'SUBMITTED' } }]);
    const folder = `s3://bucket/folder/${datastoreId}-FHIR_EXPORT-${jobId}/`;
    await end(jobId, folder);
    expect((await send('export-status', { path: { jobId } })).value).toEqual({
      exportJobProperties: { ...properties(folder), jobStatus: 'COMPLETED_WITH_ERRORS', endTime: humanDate(time.now) },
      transactionTime: '2026-01-01T00:00:00.000Z', request: `${baseUrl}/$export`, requiresAccessToken: false,
      output: [{ type: 'Patient', url: `${folder}${files[0]!.name}`, count: 2 }], deleted: [], error: [{ type: 'OperationOutcome', url: `${folder}${files[1]!.name}`, count: 1 }],
    });
  });

  test('has dates as HealthLake writes them', () => {
    expect(['2023-08-26T13:46:56Z', '2024-01-01T00:00:05Z', '2024-12-31T12:01:00Z'].map((date) => humanDate(Date.parse(date)))).toEqual(['Aug 26, 2023 1:46:56 PM', 'Jan 1, 2024 12:00:05 AM', 'Dec 31, 2024 12:01:00 PM']);
  });
});

describe('DELETE', () => {
  test('ends a job that goes on, which is not to be found from then on', async () => {
    const { begun, send, woken, job } = harness();
    const jobId = await begun();
    expect((await send('cancel-export', { path: { jobId } })).status).toBe(202);
    expect([woken, (await job(jobId))!.status]).toEqual([[jobId, jobId], 'CANCEL_SUBMITTED']);
    expect((await send('export-status', { path: { jobId } })).status).toBe(404);
    expect((await send('cancel-export', { path: { jobId } })).status).toBe(404);
  });

  test('removes the files of one that has ended', async () => {
    const { begun, send, end, kept } = harness();
    const [jobId, other] = [await begun(), await begun()];
    await end(jobId);
    await end(other);
    expect((await send('cancel-export', { path: { jobId } })).status).toBe(202);
    expect([...kept.keys()].filter((key) => key.includes(jobId))).toEqual([]);
    expect((await send('export-status', { path: { jobId: other } })).status).toBe(200);
  });

  test('in HealthLake’s form tells what becomes of the job, and is not supported for one that has ended', async () => {
    const { posted, idOf, send, end, change } = harness();
    const [jobId, other] = [idOf(await posted(told)), idOf(await posted(told))];
    const cancelled = await send('cancel-export', { path: { jobId } });
    expect([cancelled.status, cancelled.value]).toEqual([202, { exportJobProperties: { jobId, jobStatus: 'CANCEL_SUBMITTED', datastoreId } }]);
    await change(jobId, { status: 'CANCEL_COMPLETED' });
    expect((await send('export-status', { path: { jobId } })).value).toMatchObject({ exportJobProperties: { jobStatus: 'CANCEL_COMPLETED' } });
    await end(other);
    const refused = await send('cancel-export', { path: { jobId: other } });
    expect([refused.status, JSON.stringify(refused.value)]).toEqual([400, expect.stringContaining('not-supported')]);
  });
});

describe('a file', () => {
  const path = (jobId: string, place = 0) => {
    const [folder, file] = files[place]!.name.split('/');
    return { jobId, folder: folder!, file: file! };
  };

  test('is streamed by who has it at hand, or is where a link leads that nobody keeps', async () => {
    const own = harness();
    const jobId = await own.begun();
    await own.end(jobId);
    const { status, headers, content } = await own.send('exported-file', { path: path(jobId) });
    expect([status, headers, content]).toEqual([200, { 'Content-Type': 'application/fhir+ndjson', 'Content-Disposition': 'attachment' }, { sizeBytes: 40, isCompressible: true, open: expect.any(Function) }]);
    const linked = harness('https://bucket.example/');
    const id = await linked.begun();
    await linked.end(id);
    expect(await linked.send('exported-file', { path: path(id) })).toMatchObject({
      status: 307, headers: { 'Cache-Control': 'no-store', Location: `https://bucket.example/${exportFileKey(id, files[0]!.name)}` },
    });
  });

  test('is 404 before the end of its job, after its time, for another name, and where it lies in a bucket', async () => {
    const { begun, send, end, time, posted, idOf } = harness();
    const statusOf = async (...of: Parameters<typeof path>) => (await send('exported-file', { path: path(...of) })).status;
    const jobId = await begun();
    expect(await statusOf(jobId)).toBe(404);
    await end(jobId);
    expect(await statusOf(jobId, 1)).toBe(200);
    expect((await send('exported-file', { path: { jobId, folder: 'Patient', file: 'Patient-00001-0-1.ndjson' } })).status).toBe(404);
    expect((await send('exported-file', { path: { jobId, folder: '..', file: 'manifest.json' } })).status).toBe(404);
    const elsewhere = idOf(await posted(told));
    await end(elsewhere, 's3://bucket/folder/');
    expect(await statusOf(elsewhere)).toBe(404);
    time.now += exportLifeMs;
    expect(await statusOf(jobId)).toBe(404);
  });
});
