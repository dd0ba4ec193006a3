/**
 * The lake of a data store over the deployed functions: changes become files and answers, files become fewer, and all is made
 * anew, whatever fails on the way; nobody reaches another store's by SQL; and a store that goes leaves nothing.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { client, patient } from '../conformance/client.ts';
import type { Answer, Body, Client } from '../conformance/client.ts';
import { sessionPolicy } from '../../src/aws/sql-session.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { bucketCall } from './engines.ts';
import type { Policy } from './iam/evaluate.ts';
import { messagesIn } from './queues.ts';
import { signAs } from './signing-environment.ts';
import { definitionOf, tasksOf, TaskFailed } from './state-machines.ts';
import type { Resource } from './template/assembly.ts';

let deployed: Deployed;
let datastoreId = '';
let http: Client;
let stopSigning: (() => void) | undefined;

beforeAll(async () => {
  deployed = await deploy();
  datastoreId = await settleDatastore(deployed, 'Create');
  stopSigning = signAs(deployed);
  http = client(`${deployed.gateway.url}/datastore/${datastoreId}/r4`);
});
afterEach(() => deployed.interrupt(undefined));
afterAll(async () => {
  stopSigning?.();
  await deployed?.close();
});

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

const keysUnder = async (prefix: string): Promise<readonly string[]> => {
  const listed = await bucketCall(deployed.engines.moto, 'GET', `/caldera-objects-123456789012-eu-central-1?list-type=2&prefix=${prefix}`);
  return [...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key!);
};

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

describe('the workflow of lakes', () => {
  const run = async (): Promise<string> => (await deployed.run(machine(), { datastoreId })).status;

  test('has the steps that failures are injected at', () => {
    expect(tasksOf(definitionOf(machine()))).toEqual(['plan-lake', 'read-lake', 'turn-lake', 'compact-lake', 'finish-lake']);
  });

  test.each(['before', 'after'] as const)('goes on where a step failed once, %s it worked', async (moment) => {
    const failed = new Set<string>();
    deployed.interrupt({
      [moment]: (state: string) => {
        if (failed.has(state)) return;
        failed.add(state);
        throw new TaskFailed('Lambda.ServiceException', 'Injected.');
      },
    });
    expect(await run()).toBe('SUCCEEDED');
    deployed.interrupt(undefined);
    await eventually("SELECT id, gender FROM patient WHERE id = 'a'", [['a', 'female']]);
  });

  test('is begun by the hour where there is something to do', async () => {
    await deployed.callSchedules();
    await eventually("SELECT count(*) FROM patient WHERE id = 'a'", [[1]]);
  });
});

describe('in the end', () => {
  test('no call was refused, no function failed', () => {
    expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
    expect([...deployed.endpoint.faults, ...deployed.problems].map(String)).toEqual([]);
  });

  test('a store that goes leaves no catalog, no workgroup and no file', async () => {
    expect((await keysUnder(`analytics/${datastoreId}/`)).length).toBeGreaterThan(0);
    expect((await keysUnder(`sql/${datastoreId}/`)).length).toBeGreaterThan(0);
    await settleDatastore(deployed, 'Delete', { RemovalPolicy: 'destroy' });
    expect([await keysUnder(`analytics/${datastoreId}/`), await keysUnder(`sql/${datastoreId}/`), deployed.catalog.databases.size]).toEqual([[], [], 0]);
  });
});
