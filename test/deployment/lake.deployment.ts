/**
 * The lake of a data store over the deployed functions: changes become files and answers, files become fewer, and all is made
 * anew, whatever fails on the way; nobody reaches another store's by SQL; and a store that goes leaves nothing.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { patient } from '../conformance/client.ts';
import type { Answer, Body, Client } from '../conformance/client.ts';
import { sessionPolicy } from '../../src/aws/sql-session.ts';
import { settleDatastore } from './default-datastore.ts';
import { deployStore } from './deployed-store.ts';
import type { DeployedStore } from './deployed-store.ts';
import type { Deployed } from './deployed.ts';
import { bucketCall } from './engines.ts';
import { failEachOnce } from './failing-states.ts';
import { healthlakeCall, settledStore } from './healthlake-call.ts';
import type { Policy } from './iam/evaluate.ts';
import { bucketOf, keysUnder } from './kept-objects.ts';
import { messagesIn } from './queues.ts';
import { definitionOf, tasksOf } from './state-machines.ts';
import { unusedGrants } from './surplus-grants.ts';
import type { Resource } from './template/assembly.ts';

let store: DeployedStore;
let deployed: Deployed;
let datastoreId = '';
let http: Client;

beforeAll(async () => {
  store = await deployStore();
  ({ deployed, datastoreId, http } = store);
});
afterEach(() => deployed.interrupt(undefined));
afterAll(() => store?.close());

const machine = (): Resource => deployed.assembly.resources('AWS::StepFunctions::StateMachine').find(({ name }) => name.endsWith('-lake'))!;

async function asked(query: string, headers: Record<string, string> = {}): Promise<Answer> {
  let answer = await http.send('POST', '/sql', { body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', ...headers } });
  while (answer.status === 202) answer = await http.get(answer.headers.get('content-location')!, headers);
  return answer;
}

/** Far more looks than anything here takes. */
const maxLooks = 600;

/** Asks when the queue has nothing more for the lake, and until the answer is as wanted. */
async function eventually(query: string, rows: unknown): Promise<void> {
  let answer: Body;
  for (let looks = 0; looks < maxLooks && (await messagesIn(deployed, 'lake')) > 0; looks += 1) await pause(50);
  for (let looks = 0; looks < 120; looks += 1) {
    answer = (await asked(query)).body;
    if (JSON.stringify(answer.rows) === JSON.stringify(rows)) return;
    await pause(250);
  }
  expect(answer!.rows).toEqual(rows);
}

const put = (id: string, gender: string): Promise<Answer> => http.put(`/Patient/${id}`, patient({ id, gender, name: [{ family: 'Lake, {x=[y]}', given: ['A', 'B'] }] }));

describe('changes', () => {
  test('can be asked for: what is current, every version, and exact values of arrays and rows', async () => {
    await put('a', 'male');
    await put('b', 'male');
    await put('a', 'female');
    await deployed.drainStreams();
    await eventually("SELECT id, gender, name[1].family, name[1].given FROM patient WHERE id IN ('a', 'b') ORDER BY id", [
      ['a', 'female', 'Lake, {x=[y]}', ['A', 'B']], ['b', 'male', 'Lake, {x=[y]}', ['A', 'B']],
    ]);
    const [[name]] = (await asked("SELECT name FROM patient WHERE id = 'a'")).body.rows;
    expect(name).toEqual([expect.objectContaining({ family: 'Lake, {x=[y]}', given: ['A', 'B'], use: null })]);
    await http.delete('/Patient/b');
    await deployed.drainStreams();
    await eventually("SELECT id FROM patient WHERE id IN ('a', 'b')", [['a']]);
    await eventually("SELECT id, resource_version, gender, resource_deleted, valid_to IS NULL FROM patient_history WHERE id IN ('a', 'b') ORDER BY id, resource_version", [
      ['a', 1, 'male', false, false], ['a', 2, 'female', false, true], ['b', 1, 'male', false, false], ['b', 2, null, true, true],
    ]);
  });

  test('that cannot be read, or of a store that there is not, hold up no others', async () => {
    const body = (message: object, index: number) => ({ messageId: String(index), receiptHandle: 'r', body: JSON.stringify(message), attributes: {} });
    const messages = [{ nothing: true }, { datastoreId: 'f'.repeat(32), type: 'Patient', id: 'x', versionId: 1 }, { datastoreId, type: 'Patient', id: 'a', versionId: 2 }];
    const answer = JSON.parse((await deployed.invoke('caldera-increment-lake', { Records: messages.map(body) })).bytes.toString()) as object;
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    await eventually("SELECT id, gender FROM patient WHERE id = 'a'", [['a', 'female']]);
  });
});

describe('an answer', () => {
  test('is a CSV or a Parquet file by a link', async () => {
    const query = "SELECT id, name FROM patient WHERE id = 'a'";
    for (const [accept, begins] of [['text/csv', '"id","name"\n"a","[{""'], ['application/vnd.apache.parquet', 'PAR1']] as const) {
      const answer = await asked(query, { accept });
      expect(answer.status).toBe(303);
      const file = await fetch(answer.headers.get('location')!);
      expect([file.status, (await file.text()).startsWith(begins)]).toEqual([200, true]);
    }
  });

  test('of a saved query is asked for, waited for, and left to itself', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await http.send('PUT', '/sql/queries/genders', { body: JSON.stringify({ query: genderOfA }), headers })).status).toBe(201);
    const begun = await http.send('POST', '/sql', { body: JSON.stringify({ saved: 'genders' }), headers: { ...headers, prefer: 'respond-async' } });
    expect(begun.status).toBe(202);
    const location = begun.headers.get('content-location')!;
    let answer = await http.get(location);
    while (answer.status === 202) answer = await http.get(location);
    expect(answer.body.rows).toEqual([['a', 'female']]);
    expect((await http.delete(location)).status).toBe(202);
  });

  test('of one store is none of another: its session reaches no other database, no other file, and nowhere else to write', () => {
    const { place } = deployed.assembly;
    const [other, bucket] = ['0'.repeat(32), 'caldera-objects-123456789012-eu-central-1'];
    const caller = 'caldera-query-eu-central-1';
    const session = JSON.parse(sessionPolicy({ deployment: 'caldera', datastoreId, bucket, roleArn: `arn:aws:iam::${place.account}:role/${caller}`, region: place.region })) as Policy;
    const may = (action: string, resource: string): boolean => deployed.authority.authorize({ caller, action, resource, session }).allowed;
    const reaches = (id: string) => [
      may('glue:GetTable', `arn:aws:glue:${place.region}:${place.account}:table/caldera_${id}/patient`), may('s3:GetObject', `arn:aws:s3:::${bucket}/analytics/${id}/lake/patient/x.parquet`),
      may('athena:StartQueryExecution', `arn:aws:athena:${place.region}:${place.account}:workgroup/caldera-${id}`), may('s3:PutObject', `arn:aws:s3:::${bucket}/sql/${id}/x.csv`),
    ];
    expect([reaches(datastoreId), reaches(other)]).toEqual([[true, true, true, true], [false, false, false, false]]);
    expect([may('s3:PutObject', `arn:aws:s3:::${bucket}/analytics/${datastoreId}/x`), may('s3:GetObject', `arn:aws:s3:::${bucket}/stores/${datastoreId}/bodies/x`)]).toEqual([false, false]);
  });
});

const run = async (): Promise<string> => (await deployed.run(machine(), { datastoreId })).status;

async function settle(Status: string): Promise<void> {
  await healthlakeCall(deployed, 'UpdateFHIRDatastore', { DatastoreId: datastoreId, AnalyticsConfiguration: { Status } });
  await settledStore(deployed, datastoreId, 'ACTIVE');
}

/** Of the files that Athena is told for the table of patients: `current`, `past`, `recent`. */
async function layers(): Promise<readonly string[]> {
  const addresses = await bucketCall(deployed.engines.moto, 'GET', `/${bucketOf(deployed)}/analytics/${datastoreId}/lake/patient/addresses/files.txt`);
  return [...new Set([...addresses.matchAll(/\/(\w+)-[^/]+\.parquet/g)].map(([, layer]) => layer!))].toSorted();
}

/** What is recent becomes current. */
const aDayAndAnHour = 25 * 60 * 60;
const genderOfA = "SELECT id, gender FROM patient WHERE id = 'a'";

describe('the workflow of lakes', () => {
  test('has the steps that failures are injected at', () => {
    expect(tasksOf(definitionOf(machine()))).toEqual(['plan-lake', 'read-lake', 'turn-lake', 'compact-lake', 'finish-lake']);
  });

  test.each(['before', 'after'] as const)('makes files into fewer where each step failed once, %s it worked', async (moment) => {
    await put('a', moment === 'before' ? 'other' : 'female');
    await deployed.drainStreams();
    await eventually(genderOfA, [['a', moment === 'before' ? 'other' : 'female']]);
    expect(await layers()).toContain('recent');
    deployed.pass(aDayAndAnHour);
    const failed = failEachOnce(deployed, { moment });
    expect(await run()).toBe('SUCCEEDED');
    expect([...failed].toSorted()).toEqual(['compact-lake', 'finish-lake', 'plan-lake']);
    deployed.interrupt(undefined);
    expect(await layers()).toEqual(['current', 'past']);
    await eventually(genderOfA, [['a', moment === 'before' ? 'other' : 'female']]);
  });

  test.each(['before', 'after'] as const)('makes a lake anew where each step failed once, %s it worked', async (moment) => {
    await settle('PAUSED');
    await put('a', moment === 'before' ? 'other' : 'female');
    await deployed.drainStreams();
    const steps = ['plan-lake', 'read-lake', 'turn-lake', 'finish-lake'];
    const failed = failEachOnce(deployed, { moment, states: steps });
    await settle('ENABLED');
    await eventually(genderOfA, [['a', moment === 'before' ? 'other' : 'female']]);
    for (let looks = 0; looks < maxLooks && failed.size < steps.length; looks += 1) await pause(25);
    expect([...failed].toSorted()).toEqual(steps.toSorted());
  });

  test('is begun by the hour where there is something to do', async () => {
    await put('a', 'other');
    await deployed.drainStreams();
    await eventually(genderOfA, [['a', 'other']]);
    deployed.pass(aDayAndAnHour);
    await deployed.callSchedules();
    for (let looks = 0; looks < maxLooks && (await layers()).includes('recent'); looks += 1) await pause(25);
    expect(await layers()).toEqual(['current', 'past']);
    await eventually(genderOfA, [['a', 'other']]);
  });
});

describe('a lake that is switched off', () => {
  const files = async (): Promise<readonly string[]> => (await keysUnder(deployed, `analytics/${datastoreId}/`)).filter((key) => key.endsWith('.parquet'));

  test('stays as it is where it is paused, and a run that was begun before does not make it anew', async () => {
    await settle('PAUSED');
    await put('a', 'female');
    await deployed.drainStreams();
    expect(await run()).toBe('SUCCEEDED');
    expect((await asked(genderOfA)).body.rows).toEqual([['a', 'other']]);
  });

  test('has nothing to be asked, is not made anew by a run that was begun before, and a day later no file is left', async () => {
    await settle('DISABLED');
    expect(await run()).toBe('SUCCEEDED');
    expect((await asked(genderOfA)).status).toBe(409);
    expect((await files()).length).toBeGreaterThan(0);
    deployed.pass(aDayAndAnHour);
    expect(await run()).toBe('SUCCEEDED');
    expect(await files()).toEqual([]);
  });

  test('is made of the store as it is when it is switched on again', async () => {
    await settle('ENABLED');
    await eventually(genderOfA, [['a', 'female']]);
  });
});

/** Grants that nothing here needs. */
const unneeded = [
  // A later deployment's tables and settings, in a catalog that is there.
  'create-lake Catalog glue:UpdateTable', 'create-lake Workgroups athena:UpdateWorkGroup',
  // Versions under a transaction that is not settled, and bodies that are too large for the table: test/store tries both.
  'increment-lake EveryResources dynamodb:GetItem', 'increment-lake EveryObjectUnderBodies s3:GetObject', 'read-lake EveryObjectUnderBodies s3:GetObject',
  // A file that is missing is told from one that is refused.
  'compact-lake ListLakes s3:ListBucket', 'finish-lake ListLakes s3:ListBucket',
  // What a rebuilding has left to compact when the workflow's own step for it has failed at every attempt.
  'finish-lake EveryLakeFile s3:GetObject', 'finish-lake EveryLakeFile s3:PutObject',
];

describe('in the end', () => {
  test('no call was refused, no function failed', () => {
    expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
    expect([...deployed.endpoint.faults, ...deployed.problems].map(String)).toEqual([]);
    const held = /^(?:create|increment|plan|read|turn|compact|finish)-lake |^due-lakes |^(?:start|cancel)-query |^query-result /;
    expect(unusedGrants(deployed).filter((grant) => held.test(grant)).toSorted()).toEqual(unneeded.toSorted());
  });

  test('a store that goes leaves no catalog, no workgroup and no file', async () => {
    expect((await keysUnder(deployed, `analytics/${datastoreId}/`)).length).toBeGreaterThan(0);
    expect((await keysUnder(deployed, `sql/${datastoreId}/`)).length).toBeGreaterThan(0);
    await settleDatastore(deployed, 'Delete', { RemovalPolicy: 'destroy' });
    expect([await keysUnder(deployed, `analytics/${datastoreId}/`), await keysUnder(deployed, `sql/${datastoreId}/`), deployed.catalog.databases.size]).toEqual([[], [], 0]);
  });
});
