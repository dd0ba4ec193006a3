/**
 * The workflow of bulk imports, from its deployed definition with the deployed steps: whatever fails at whichever state, every
 * line is applied once and told of once. And files that are dropped in an inbox.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';
import { DescribeFHIRImportJobCommand, HealthLakeClient, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import type { HealthLakeClientConfig, ImportJobProperties } from '@aws-sdk/client-healthlake';
import { ListObjectsV2Command, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { inboxPrefix } from '../../src/operations/import/inbox.ts';
import { client as fhirClient } from '../conformance/client.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { failEachOnce, failing } from './failing-states.ts';
import { bucketOf } from './kept-objects.ts';
import { matchesFilter } from './event-filter.ts';
import { definitionOf, RunStopped, tasksOf } from './state-machines.ts';
import { signAs } from './signing-environment.ts';
import { unusedGrants } from './surplus-grants.ts';
import type { Resource } from './template/assembly.ts';

let deployed: Deployed;
let healthlake: HealthLakeClient;
let s3: S3Client;
let machine: Resource;
let datastoreId: string;
let bucket: string;

beforeAll(async () => {
  deployed = await deploy();
  const { gateway, endpoint, caller: { credentials }, assembly } = deployed;
  const { region } = assembly.place;
  const signedForGateway: HealthLakeClientConfig & { signingName: string } = { endpoint: gateway.url, region, credentials, signingName: 'execute-api' };
  healthlake = new HealthLakeClient(signedForGateway);
  s3 = new S3Client({ endpoint: endpoint.url, region, forcePathStyle: true, credentials: { accessKeyId: 'AKIAHARNESS', secretAccessKey: 'harness' } });
  machine = assembly.resources('AWS::StepFunctions::StateMachine').find(({ name }) => name.endsWith('-import'))!;
  bucket = bucketOf(deployed, 'jobs');
  datastoreId = await settleDatastore(deployed, 'Create');
});
afterAll(async () => {
  s3?.destroy();
  healthlake?.destroy();
  await deployed?.close();
});
afterEach(() => deployed.interrupt(undefined));

const put = (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
const keysBelow = async (Prefix: string): Promise<readonly string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  return Contents.map(({ Key }) => Key!.slice(Prefix.length));
};
const linesOf = async (Key: string): Promise<readonly Told[]> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return (await Body!.transformToString()).trim().split('\n').map((line) => JSON.parse(line) as Told);
};

interface Told {
  readonly lineId: number;
  readonly UpdateResourceResponse: { readonly statusCode: number; readonly jsonBlob: { readonly id?: string; readonly meta?: { readonly versionId: string } } };
}

const patient = (id: string, family: string): string => JSON.stringify({ resourceType: 'Patient', id, name: [{ family }] });

/** Four files: lines of which one is none, compressed lines, a bundle, and one that is cut into several units. */
async function laid(name: string, { isLarge }: { readonly isLarge: boolean }): Promise<void> {
  await put(`${name}/in/1.ndjson`, [patient(`${name}-a`, 'First'), 'bad', patient(`${name}-b`, 'B')].join('\n'));
  await put(`${name}/in/2.ndjson.gz`, gzipSync([patient(`${name}-c`, 'C'), patient(`${name}-a`, 'Last')].join('\n')));
  const collection = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', id: `${name}-d` } }] };
  await put(`${name}/in/3.json`, JSON.stringify(collection));
  // 70 MB of a line that is too long for anything, in hardly any bytes.
  if (isLarge) await put(`${name}/in/4.ndjson.gz`, gzipSync(`${'x'.repeat(70_000_000)}\n${patient(`${name}-e`, 'E')}`));
}

const asked = (name: string) => ({
  DataAccessRoleArn: `arn:aws:iam::${deployed.assembly.place.account}:role/any`, JobName: name, ClientToken: name, ValidationLevel: 'structure-only' as const,
  InputDataConfig: { S3Uri: `s3://${bucket}/${name}/in/` }, JobOutputDataConfig: { S3Configuration: { S3Uri: `s3://${bucket}/${name}/out`, KmsKeyId: 'alias/caldera' } },
});

const begun = (name: string) => fhirClient(`${deployed.gateway.url}/datastore/${datastoreId}/r4`).post('/$import', asked(name), { prefer: 'respond-async' });

const started = async (name: string): Promise<string> => {
  const { JobId } = await healthlake.send(new StartFHIRImportJobCommand({ DatastoreId: datastoreId, ...asked(name) }));
  return JobId!;
};

async function described(JobId: string): Promise<ImportJobProperties> {
  return (await healthlake.send(new DescribeFHIRImportJobCommand({ DatastoreId: datastoreId, JobId }))).ImportJobProperties!;
}

async function ended(JobId: string): Promise<ImportJobProperties> {
  for (let looks = 0; looks < 1200; looks += 1) {
    const job = await described(JobId);
    if (job.EndTime !== undefined) return job;
    await pause(50);
  }
  throw new Error(`The import has not ended: ${JSON.stringify(await described(JobId))} ${deployed.logs().slice(-2000)} ${deployed.endpoint.faults.map(String).join()}`);
}

/** Every line was applied once: first versions are told, and no line twice. */
async function expectExact(name: string, job: ImportJobProperties, { isLarge }: { readonly isLarge: boolean }): Promise<void> {
  const extra = isLarge ? { files: 1, resources: 2, failed: 1 } : { files: 0, resources: 0, failed: 0 };
  expect(job).toMatchObject({
    JobStatus: 'COMPLETED_WITH_ERRORS',
    JobProgressReport: {
      TotalNumberOfScannedFiles: 3 + extra.files, TotalNumberOfResourcesScanned: 6 + extra.resources,
      TotalNumberOfResourcesImported: 5 + extra.resources - extra.failed, TotalNumberOfResourcesWithCustomerError: 1 + extra.failed,
    },
  });
  const folder = `${name}/out/${datastoreId}-FHIR_IMPORT-${job.JobId!}/`;
  expect(await keysBelow(folder)).toEqual([
    'FAILURE/1.ndjson', ...(isLarge ? ['FAILURE/4.ndjson.gz.ndjson'] : []), 'Manifest.json',
    'SUCCESS/1.ndjson', 'SUCCESS/2.ndjson.gz.ndjson', 'SUCCESS/3.json.ndjson', ...(isLarge ? ['SUCCESS/4.ndjson.gz.ndjson'] : []),
  ]);
  expect((await linesOf(`${folder}FAILURE/1.ndjson`)).map(({ lineId }) => lineId)).toEqual([2]);
  expect((await linesOf(`${folder}SUCCESS/1.ndjson`)).map(({ lineId, UpdateResourceResponse: { jsonBlob } }) => [lineId, jsonBlob.id])).toEqual([[1, `${name}-a`], [3, `${name}-b`]]);
  const [last] = await linesOf(`${folder}SUCCESS/2.ndjson.gz.ndjson`);
  expect(last).toMatchObject({ lineId: 1, UpdateResourceResponse: { statusCode: 201, jsonBlob: { meta: { versionId: '1' } } } });
  const ofLarge = isLarge ? [...await linesOf(`${folder}FAILURE/4.ndjson.gz.ndjson`), ...await linesOf(`${folder}SUCCESS/4.ndjson.gz.ndjson`)] : [];
  expect(ofLarge.map(({ lineId, UpdateResourceResponse: { statusCode } }) => [lineId, statusCode])).toEqual(isLarge ? [[1, 413], [2, 201]] : []);
  const left = await s3.send(new ListObjectsV2Command({ Bucket: bucket.replace('-jobs-', '-objects-'), Prefix: `stores/${datastoreId}/imports/` }));
  expect(left.KeyCount ?? 0).toBe(0);
}

describe('every state of the workflow', () => {
  test.each([['before it did anything', 'before', true], ['when all was done and its answer was lost', 'after', false]] as const)('may fail once, %s: the result is exact', async (_when, moment, isLarge) => {
    await laid(moment, { isLarge });
    const tasks = tasksOf(definitionOf(machine));
    // The store's lake has a workflow of its own, which may run beside.
    const failed = failEachOnce(deployed, { moment, states: tasks });
    await expectExact(moment, await ended(await started(moment)), { isLarge });
    const all = tasks.filter((name) => name !== 'fail-import' && (isLarge || name !== 'assemble-files'));
    expect([...failed].sort()).toEqual([...all].sort());
  });

  test('may be throttled: tables that refuse are asked again', async () => {
    await laid('throttled', { isLarge: false });
    let refusals = 12;
    deployed.endpoint.interfere(({ access: { action } }) => {
      if (refusals === 0 || action !== 'dynamodb:BatchWriteItem') return undefined;
      refusals -= 1;
      return { status: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from(JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Slow down.' })) };
    });
    // By the FHIR interface this time.
    const stopSigning = signAs(deployed);
    const { status, headers } = await begun('throttled').finally(stopSigning);
    expect(status).toBe(202);
    const job = await ended(headers.get('content-location')!.split('/').at(-1)!);
    deployed.endpoint.interfere(undefined);
    expect(refusals).toBe(0);
    await expectExact('throttled', job, { isLarge: false });
  });
});

test('a run that is stopped half-way is gone on with: by the same request, and redriven', async () => {
  await laid('stopped', { isLarge: false });
  const stopAt = (wanted: string) => deployed.interrupt({
    after(state) {
      if (state === wanted) throw new RunStopped('Stopped.');
    },
  });
  stopAt('load-pieces');
  const jobId = await started('stopped');
  for (let looks = 0; looks < 400 && (await described(jobId)).JobProgressReport?.TotalNumberOfResourcesScanned !== 6; looks += 1) await pause(25);
  expect((await described(jobId)).JobStatus).toBe('IN_PROGRESS');
  // Another run, which an operator stops and redrives.
  const run = await deployed.run(machine, { datastoreId, jobId });
  expect(run.status).toBe('ABORTED');
  stopAt('cut-import');
  const again = await run.redrive();
  expect(again).toMatchObject({ status: 'SUCCEEDED', tasks: expect.not.arrayContaining(['plan-import']) });
  deployed.interrupt(undefined);
  expect(await started('stopped')).toBe(jobId);
  await expectExact('stopped', await ended(jobId), { isLarge: false });
});

test('a job whose run has ended before it is cancelled by its client all the same', async () => {
  await laid('cancelled', { isLarge: false });
  deployed.interrupt({
    before() {
      throw new RunStopped('Stopped.');
    },
  });
  const jobId = await started('cancelled');
  await deployed.run(machine, { datastoreId, jobId });
  deployed.interrupt(undefined);
  const stopSigning = signAs(deployed);
  const http = fhirClient(`${deployed.gateway.url}/datastore/${datastoreId}/r4`);
  const [first, ...later] = [await http.delete(`/$import/${jobId}`), await ended(jobId), await http.delete(`/$import/${jobId}`)];
  stopSigning();
  expect([first.status, ...later]).toMatchObject([202, { JobStatus: 'CANCEL_COMPLETED' }, { status: 202 }]);
});

test('a job whose workflow fails for good has failed, and says so', async () => {
  await laid('broken', { isLarge: false });
  deployed.interrupt({ before: failing('load-pieces') });
  expect(await ended(await started('broken'))).toMatchObject({ JobStatus: 'FAILED', Message: expect.stringContaining('Import again') });
});

describe('an inbox', () => {
  const rule = (): { EventPattern: object } => deployed.assembly.resources('AWS::Events::Rule').map(({ properties }) => properties as { EventPattern: object; ScheduleExpression?: string }).find(({ ScheduleExpression }) => ScheduleExpression === undefined)!;
  /** What S3 and EventBridge do. */
  const announce = async (key: string): Promise<void> => {
    const event = { version: '0', source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object: { key, size: 1, etag: 'e' }, reason: 'PutObject' } };
    if (!matchesFilter(rule().EventPattern, event)) return;
    const { QueueUrl } = deployed.engines.queues.call('GetQueueUrl', { QueueName: 'caldera-inbox' });
    deployed.engines.queues.call('SendMessage', { QueueUrl, MessageBody: JSON.stringify(event) });
  };
  const settled = async (name: string): Promise<readonly string[]> => {
    for (let looks = 0; looks < 600 && (await keysBelow(inboxPrefix(datastoreId))).includes(name); looks += 1) await pause(50);
    return keysBelow(inboxPrefix(datastoreId));
  };

  test('imports what is dropped once, however often it is told of, and puts it aside, with the reasons where it failed', async () => {
    const good = `${inboxPrefix(datastoreId)}ward 1/good.ndjson`;
    const bad = `${inboxPrefix(datastoreId)}bad.txt`;
    const stranger = `${inboxPrefix('f'.repeat(32))}good.ndjson`;
    await put(good, patient('dropped', 'Dropped'));
    await put(bad, 'nothing that is read');
    await put(stranger, patient('dropped', 'Other'));
    for (const key of [good, good, bad, stranger, 'elsewhere/good.ndjson']) await announce(key);
    await settled('ward 1/good.ndjson');
    const keys = (await settled('bad.txt')).map((key) => key.replace(/[0-9a-f]{32}/, 'job'));
    expect(keys).toEqual(['failed/job/bad.txt', 'failed/job/bad.txt.reasons.ndjson', 'processed/job/ward 1/good.ndjson']);
    expect(await keysBelow(inboxPrefix('f'.repeat(32)))).toEqual(['good.ndjson']);
    // What is put aside is told of too, and left alone.
    for (const key of await keysBelow(inboxPrefix(datastoreId))) await announce(inboxPrefix(datastoreId) + key);
  });

  test('imports what is moved back, or dropped again under its name', async () => {
    const name = `${inboxPrefix(datastoreId)}ward 1/good.ndjson`;
    const before = await keysBelow(inboxPrefix(datastoreId));
    await put(name, patient('dropped', 'Dropped'));
    await announce(name);
    const after = await settled('ward 1/good.ndjson');
    expect(after.filter((key) => !before.includes(key)).map((key) => key.replace(/[0-9a-f]{32}/, 'job'))).toEqual(['processed/job/ward 1/good.ndjson']);
  });
});

test('every call to AWS was allowed by the role of its caller', () => {
  expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
  expect(deployed.endpoint.faults.map(String)).toEqual([]);
});

/** Calls of paths that are not taken here, each with its reason. */
const rare: readonly (readonly [grants: RegExp, reason: string])[] = [
  [/^(?:plan|cut|finish|fail)-import |^(?:unpack|assemble)-files |^load-pieces (?:Events|EveryJobs|ListStores|EveryObjectUnderImports) /, 'Any step ends a job that whoever asked for it has to change, tells of it, and tidies up; finish-import settles what was given up at, and fail-import moves a file of an inbox.'],
  [/^cancel-import Events /, 'Tells what a bus that was out of reach was not told of the job: a wish to cancel it is no event.'],
  [/ s3:AbortMultipartUpload$/, 'Gives up an upload in parts that fails.'],
  [/ JobBuckets s3:ListBucket$/, 'Is told what is not there.'],
  [/^load-pieces (?:EveryObjectUnder(?:Bodies|Contents) s3:(?:Get|Put)Object|EveryResources dynamodb:Query)$/, 'Keeps bodies and contents that are large, and looks for what became of a line; test/operations/import tries that.'],
  [/ FollowImport states:DescribeExecution$/, 'Looks whether a run has ended before its job.'],
  [/ (?:KeysOfStores|KeyOfPlatform) kms:/, 'For those calls.'],
];

test('the functions of imports have no grant that they do not need, but for those of what is rare', () => {
  const ours = /^(?:plan-import|unpack-files|cut-import|load-pieces|assemble-files|finish-import|fail-import|submit-inbox|start-import|cancel-import) /;
  expect(unusedGrants(deployed).filter((grant) => ours.test(grant) && !rare.some(([grants]) => grants.test(grant)))).toEqual([]);
});
