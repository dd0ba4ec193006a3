/**
 * The workflow of bulk exports, from its deployed definition with the deployed steps: whatever fails at whichever state, the
 * files have what the store had, each resource once, or the job is told to have failed and nothing is left of it.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { dynamoTable } from '../../src/aws/dynamo-table.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { exportInput, exportLifeMs } from '../../src/operations/export/export-job.ts';
import type { ExportManifest, ExportRequest } from '../../src/operations/export/export-job.ts';
import { cancelJob } from '../../src/operations/jobs/change-job.ts';
import { jobItem } from '../../src/operations/jobs/job-record.ts';
import type { JobRecord } from '../../src/operations/jobs/job-record.ts';
import { readJob, submitJob } from '../../src/operations/jobs/submit-job.ts';
import type { OrderedTable } from '../../src/ports/ordered-table.ts';
import { patient } from '../conformance/client.ts';
import type { Body, Client } from '../conformance/client.ts';
import { deployStore } from './deployed-store.ts';
import type { DeployedStore } from './deployed-store.ts';
import type { Deployed } from './deployed.ts';
import type { Access } from './endpoint/service.ts';
import { jsonError } from './endpoint/service.ts';
import { bucketCall } from './engines.ts';
import { failEachOnce, failing } from './failing-states.ts';
import { bucketOf, keysUnder } from './kept-objects.ts';
import { RunStopped, TaskFailed } from './state-machines.ts';
import type { MachineRun } from './state-machines.ts';
import { unusedGrants } from './surplus-grants.ts';
import type { Resource } from './template/assembly.ts';

let deployed: Deployed;
let machine: Resource;
let datastoreId: string;
let http: Client;
let jobs: OrderedTable;
let store: DeployedStore;
/** What an export has to have, as it is read. */
let stored: readonly Body[];

beforeAll(async () => {
  store = await deployStore();
  ({ deployed, datastoreId, http } = store);
  machine = deployed.assembly.resources('AWS::StepFunctions::StateMachine').find(({ name }) => name.endsWith('-export'))!;
  const engine = new DynamoDBClient({ endpoint: deployed.engines.dynamodb, region: deployed.assembly.place.region, credentials: deployed.caller.credentials });
  jobs = dynamoTable({ client: engine, tableName: `caldera-${datastoreId}-jobs` });
  stored = await populate();
});
afterAll(() => store?.close());
afterEach(() => {
  deployed.interrupt(undefined);
  deployed.endpoint.interfere(undefined);
});

/** Some of several types: one was changed, one is too large for an item, one is gone. */
async function populate(): Promise<readonly Body[]> {
  const created = await Promise.all(Array.from({ length: 12 }, async (_none, number) => (await http.post('/Patient', patient({ active: number % 2 === 0 }))).body));
  const [first, gone, large] = created;
  await http.put(`/Patient/${first.id}`, { ...first, active: false });
  await http.put(`/Patient/${large.id}`, { ...large, text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${incompressible(600_000)}</div>` } });
  await http.delete(`/Patient/${gone.id}`);
  const others = await Promise.all(['Organization', 'Practitioner'].map(async (resourceType) => (await http.post(`/${resourceType}`, { resourceType })).body));
  const kept = [...created.filter(({ id }) => id !== gone.id), ...others];
  return current(kept);
}

async function current(resources: readonly Body[]): Promise<readonly Body[]> {
  return byId(await Promise.all(resources.map(async ({ resourceType, id }) => (await http.get(`/${resourceType}/${id}`)).body)));
}

function incompressible(letters: number): string {
  let text = '';
  for (let block = 0; text.length < letters; block++) text += createHash('sha512').update(String(block)).digest('base64url');
  return text.slice(0, letters);
}

function byId(resources: readonly Body[]): readonly Body[] {
  return resources.toSorted((one, other) => ((one.id ?? one.resourceType) < (other.id ?? other.resourceType) ? -1 : 1));
}

async function submitted(request: Partial<ExportRequest> = {}): Promise<string> {
  const submission = await submitJob({
    kind: 'export', caller: 'test', input: exportInput({ level: 'system', output: { place: 'store' }, baseUrl: http.baseUrl, ...request }),
  }, { jobs, clock: systemClock, ids: randomIds });
  if ('refused' in submission) throw new Error('The job was refused.');
  return submission.job.id;
}

const run = (jobId: string): Promise<MachineRun> => deployed.run(machine, { datastoreId, jobId });
const jobOf = async (jobId: string): Promise<JobRecord> => (await readJob('export', jobId, { jobs }))!;

/** Keys of what there is of a job, behind its folder. */
async function kept(jobId: string): Promise<readonly string[]> {
  const folder = `bulk/${datastoreId}/exports/${jobId}/`;
  return (await keysUnder(deployed, folder)).map((key) => key.slice(folder.length));
}

async function exported(jobId: string): Promise<readonly Body[]> {
  const read = (key: string): Promise<string> => bucketCall(deployed.engines.moto, 'GET', `/${bucketOf(deployed)}/bulk/${datastoreId}/exports/${jobId}/${key}`);
  const { files } = JSON.parse(await read('manifest.json')) as ExportManifest;
  expect((await kept(jobId)).toSorted()).toEqual(['manifest.json', ...files.map(({ name }) => `files/${name}`)].toSorted());
  const texts = await Promise.all(files.map(async ({ name, count, sizeBytes }) => {
    const text = await read(`files/${name}`);
    expect({ name, count: text.trimEnd().split('\n').length, sizeBytes: Buffer.byteLength(text) }).toEqual({ name, count, sizeBytes });
    return text;
  }));
  return byId(texts.flatMap((text) => text.trimEnd().split('\n').map((line): Body => JSON.parse(line))));
}

const steps = ['plan-export', 'export-piece', 'finish-export'];

test('every resource is exported once, as it is read, and it is told what becomes of the job', async () => {
  const told = deployed.events.put.length;
  const jobId = await submitted();
  expect((await run(jobId)).status).toBe('SUCCEEDED');
  expect(await exported(jobId)).toEqual(stored);
  expect(await jobOf(jobId)).toMatchObject({ status: 'COMPLETED', progress: { resources: stored.length, errors: 0, pieces: 32, piecesDone: 32 } });
  const types = deployed.events.put.slice(told).map(({ DetailType }) => DetailType);
  expect([...new Set(types)]).toEqual(['Export Job In Progress', 'Export Job Completed']);
});

test('what is written, changed and deleted when the cut is made is none of it', async () => {
  deployed.interrupt({ after: stopped });
  const jobId = await submitted();
  const cut = await run(jobId);
  deployed.interrupt(undefined);
  const { body: late } = await http.post('/Basic', { resourceType: 'Basic', code: { text: 'late' } });
  const [changed, deleted] = stored.filter(({ resourceType }) => resourceType === 'Practitioner' || resourceType === 'Organization');
  await http.put(`/${changed.resourceType}/${changed.id}`, { ...changed, active: false });
  await http.delete(`/${deleted.resourceType}/${deleted.id}`);
  expect((await cut.redrive()).status).toBe('SUCCEEDED');
  expect(await exported(jobId)).toEqual(stored);
  await http.delete(`/Basic/${late.id}`);
  stored = await current(stored.filter((resource) => resource !== deleted));
});

describe('a step that fails once', () => {
  test.each([
    ['throttled before it did anything', 'before', 'Lambda.TooManyRequestsException'],
    ['out of time when all was done and its answer was lost', 'after', 'States.Timeout'],
  ] as const)('%s is repeated', async (_when, moment, error) => {
    const failed = failEachOnce(deployed, { moment, error });
    const jobId = await submitted();
    expect((await run(jobId)).status).toBe('SUCCEEDED');
    expect(await exported(jobId)).toEqual(stored);
    expect([...failed].toSorted()).toEqual(steps.toSorted());
  });

  test('in the middle, whatever it is doing then, is repeated', async () => {
    const doing: readonly (readonly [string, RegExp])[] = [
      ['dynamodb:Scan', /-resources$/], ['dynamodb:BatchWriteItem', /-jobs$/], ['dynamodb:PutItem', /-jobs$/], ['dynamodb:Query', /-jobs$/], ['s3:PutObject', /\/bulk\//],
    ];
    const refused = new Map<string, number>();
    deployed.endpoint.interfere(({ access }: { access: Access }) => {
      const { action, resource } = access;
      if (!doing.some(([one, where]) => one === action && where.test(resource))) return undefined;
      const calls = (refused.get(action) ?? 0) + 1;
      refused.set(action, calls);
      // The first is let through, and what the client tries again by itself is refused too.
      return calls === 1 || calls > 3 ? undefined : jsonError('ValidationException', 'Injected.', 400);
    });
    const jobId = await submitted();
    expect((await run(jobId)).status).toBe('SUCCEEDED');
    expect(await exported(jobId)).toEqual(stored);
    expect([...refused.keys()].toSorted()).toEqual(doing.map(([action]) => action).toSorted());
    expect(Math.min(...refused.values())).toBeGreaterThan(3);
  });
});

test('what is organized by patients becomes blocks in a second round of pieces, whatever of it is done twice', async () => {
  const calls = new Map<string, number>();
  // The plan waits once. Of the 32 pieces of the first round one is done twice, so the 34th is the first of the second.
  const lost: Readonly<Record<string, readonly number[]>> = { 'plan-export': [1, 3, 5], 'export-piece': [1, 34], 'finish-export': [1] };
  deployed.interrupt({
    after(state) {
      const call = (calls.get(state) ?? 0) + 1;
      calls.set(state, call);
      if (lost[state]?.includes(call)) throw new TaskFailed('States.Timeout', 'Injected.');
    },
  });
  const jobId = await submitted({ organizedBy: 'Patient' });
  expect((await run(jobId)).status).toBe('SUCCEEDED');
  const patients = stored.filter(({ resourceType }) => resourceType === 'Patient');
  const lines = await exported(jobId);
  expect(lines.filter(({ resourceType }) => resourceType !== 'Parameters')).toEqual(patients);
  expect(lines.filter(({ resourceType }) => resourceType === 'Parameters').map(({ parameter: [{ valueReference }] }): string => valueReference.reference).toSorted())
    .toEqual(patients.map(({ id }): string => `Patient/${id}`).toSorted());
  expect(await jobOf(jobId)).toMatchObject({ status: 'COMPLETED', progress: { resources: patients.length } });
  expect(Object.fromEntries(calls)).toMatchObject({ 'plan-export': 6, 'finish-export': 2 });
  expect(calls.get('export-piece')).toBeGreaterThanOrEqual(35);
});

describe('a step that goes on failing', () => {
  test.each(steps)('%s: the job is told to have failed, and nothing is left of it', async (step) => {
    deployed.interrupt({ before: failing(step) });
    const jobId = await submitted();
    expect((await run(jobId)).status).toBe('FAILED');
    expect(await jobOf(jobId)).toMatchObject({ status: 'FAILED', message: expect.stringContaining('Export again') });
    expect(await kept(jobId)).toEqual([]);
  });

  test('where not even that can be recorded, the run goes on when an operator redrives it', async () => {
    deployed.interrupt({ before: failing('finish-export', 'fail-export') });
    const jobId = await submitted();
    const failed = await run(jobId);
    expect(failed.status).toBe('FAILED');
    expect(await jobOf(jobId)).toMatchObject({ status: 'IN_PROGRESS' });
    deployed.interrupt(undefined);
    expect((await failed.redrive()).status).toBe('FAILED');
    expect(await jobOf(jobId)).toMatchObject({ status: 'FAILED' });
    expect(await kept(jobId)).toEqual([]);
  });
});

test('a run that is stopped before and after each of its steps goes on from there whenever it is redriven', async () => {
  const jobId = await submitted();
  let redrive = (): Promise<MachineRun> => run(jobId);
  for (const [moment, step] of steps.flatMap((each) => (['before', 'after'] as const).map((when) => [when, each] as const))) {
    let calls = 0;
    // Of the pieces, one in the middle of those that are left.
    const last = step === 'export-piece' ? 7 : 1;
    deployed.interrupt({ [moment]: (state: string) => {
      // Pieces that the run before has left under way count too.
      if (state === step && (calls += 1) >= last) throw new RunStopped('Stopped.');
    } });
    const ended = await redrive();
    expect({ moment, step, status: ended.status }).toEqual({ moment, step, status: 'ABORTED' });
    ({ redrive } = ended);
  }
  deployed.interrupt(undefined);
  expect((await redrive()).status).toBe('SUCCEEDED');
  expect(await exported(jobId)).toEqual(stored);
});

describe('a job that is not to go on', () => {
  test('is heard of between its pieces when it is cancelled, and nothing is left of it', async () => {
    let [calls, cancelling] = [0, Promise.resolve<unknown>(undefined)];
    const jobId = await submitted();
    deployed.interrupt({
      after(state) {
        if (state === 'export-piece' && (calls += 1) === 3) cancelling = cancelJob({ kind: 'export', id: jobId }, { jobs, clock: systemClock });
      },
    });
    expect((await run(jobId)).status).toBe('SUCCEEDED');
    await cancelling;
    expect(await jobOf(jobId)).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect(await kept(jobId)).toEqual([]);
  });

  test.each<[Partial<ExportRequest>, string]>([
    [{ level: 'group', group: 'none' }, 'There was no such Group at the time of the export.'],
    [{ typeFilters: ['Patient?language:in=http://example.org/none'] }, 'What is asked of resources of the type Patient cannot be told'],
  ])('for a reason that its client can change is told so, and rings no alarm: %j', async (request, message) => {
    const jobId = await submitted(request);
    expect((await run(jobId)).status).toBe('SUCCEEDED');
    expect(await jobOf(jobId)).toMatchObject({ status: 'FAILED', message: expect.stringContaining(message) });
    expect(await kept(jobId)).toEqual([]);
  });
});

test('the patients of a group are exported whom a search finds that goes by others', async () => {
  const [organization, member, other] = await Promise.all(['Organization', 'Patient', 'Patient'].map(async (resourceType) => (await http.post(`/${resourceType}`, { resourceType, active: true })).body));
  await http.put(`/Organization/${organization.id}`, { ...organization, name: 'Æsa' });
  await http.put(`/Patient/${member.id}`, { ...member, managingOrganization: { reference: `Organization/${organization.id}` } });
  const entities = [member, other].map(({ id }) => ({ entity: { reference: `Patient/${id}` } }));
  const group = (await http.post('/Group', { resourceType: 'Group', type: 'person', actual: true, member: entities })).body;
  deployed.interrupt({ after: stopped });
  const jobId = await submitted({ level: 'group', group: group.id, types: ['Patient'], typeFilters: ['Patient?organization.name=%C3%86sa'], remarks: ['Something was left out.'] });
  const cut = await run(jobId);
  deployed.interrupt(undefined);
  expect((await http.put(`/Group/${group.id}`, { ...group, member: entities.slice(1) })).status).toBe(200);
  expect((await cut.redrive()).status).toBe('SUCCEEDED');
  expect(new Set((await exported(jobId)).map(({ resourceType, id }) => id ?? resourceType))).toEqual(new Set(['OperationOutcome', member.id]));
  for (const { resourceType, id } of [group, member, other, organization]) await http.delete(`/${resourceType}/${id}`);
});

test('files that go to a bucket lie there by type, in a folder of the job, and nothing of them among what we serve', async () => {
  const bucket = bucketOf(deployed, 'jobs');
  const jobId = await submitted({ output: { place: 'bucket', uri: `s3://${bucket}/lake` }, remarks: ['Something was left out.'] });
  expect((await run(jobId)).status).toBe('SUCCEEDED');
  const folder = `lake/${datastoreId}-FHIR_EXPORT-${jobId}/`;
  const keys = await keysUnder(deployed, folder, 'jobs');
  const lines = (await Promise.all(keys.map((key) => bucketCall(deployed.engines.moto, 'GET', `/${bucket}/${key}`)))).flatMap((text) => text.trimEnd().split('\n').map((line): Body => JSON.parse(line)));
  expect(byId(lines.filter(({ resourceType }) => resourceType !== 'OperationOutcome'))).toEqual(stored);
  expect(new Set(keys.map((key) => key.slice(folder.length).split('/')[0]))).toEqual(new Set(['errors', ...stored.map(({ resourceType }) => resourceType)]));
  expect(await kept(jobId)).toEqual(['manifest.json']);
});

test('files are removed by the schedule when their time is over', async () => {
  const jobId = await submitted();
  await run(jobId);
  await deployed.callSchedules();
  const job = await jobOf(jobId);
  await jobs.put(jobItem({ ...job, ended: job.ended! - exportLifeMs }));
  expect((await kept(jobId)).length).toBeGreaterThan(1);
  await deployed.callSchedules();
  for (let looks = 0; looks < 200 && (await kept(jobId)).length > 0; looks += 1) await pause(25);
  expect(await kept(jobId)).toEqual([]);
});

describe('what was asked of AWS', () => {
  test('every call was allowed by the role of its caller, and none is unknown', () => {
    expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
    expect(deployed.endpoint.faults.map(String)).toEqual([]);
  });

  test('every grant of the steps was needed, but for those that have a reason', () => {
    const unused = unusedGrants(deployed).filter((grant) => [...steps, 'fail-export'].includes(grant.split(' ')[0]!));
    expect(unused.toSorted()).toEqual(Object.values(excused).flat().toSorted());
  });
});

/** By the reason. */
const excused: Readonly<Record<string, readonly string[]>> = {
  'A Group of some ten thousand members is too large for an item; export-piece reads such bodies by the same code.': ['plan-export EveryObjectUnderBodies s3:GetObject'],
  'A transaction that a writer has left stands in the way; export-piece reads it by the same code.': ['plan-export EveryResources dynamodb:GetItem'],
  'A file of more than 8 MB that cannot be written is given up.': ['EveryBulkFile', 'EveryJobFile'].flatMap((granted) => ['plan-export', 'export-piece'].map((step) => `${step} ${granted} s3:AbortMultipartUpload`)),
  'A Binary has its content beside it; test/operations/export has some.': ['export-piece EveryObjectUnderContents s3:GetObject', 'export-piece ListStores s3:ListBucket'],
};

/** When the cut is made, before it is waited for. */
function stopped(state: string): void {
  if (state === 'plan-export') throw new RunStopped('Stopped.');
}
