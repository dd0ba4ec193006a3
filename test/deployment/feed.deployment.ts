/**
 * The change feed as deployed: what is committed comes to the queue of each capability that follows it, and neither a
 * record that cannot be read nor a queue that takes nothing holds up anything else.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freshId, patient } from '../conformance/client.ts';
import type { Client } from '../conformance/client.ts';
import { deployStore } from './deployed-store.ts';
import type { DeployedStore } from './deployed-store.ts';
import type { Deployed } from './deployed.ts';
import { jsonError } from './endpoint/service.ts';
import { dynamoCall } from './engines.ts';
import { messagesIn, moveBack } from './queues.ts';

let deployed: Deployed;
let http: Client;
let datastoreId: string;
let store: DeployedStore;

beforeAll(async () => {
  store = await deployStore();
  ({ deployed, datastoreId, http } = store);
});
afterAll(() => store?.close());
afterEach(() => deployed.endpoint.interfere(undefined));

/** Messages of a function to the clean-up's queue; those that wait there leave it after their delay. */
const sent = (name: string): number =>
  [...deployed.endpoint.calls].filter(([call]) => call.startsWith(`${deployed.roleOf(`caldera-${name}`)} sqs:SendMessage`) && call.endsWith('-clean-up'))
    .reduce((sum, [, count]) => sum + count, 0);

const messages = (capability: string): Promise<number> => messagesIn(deployed, capability);

async function transaction(): Promise<void> {
  const id = freshId();
  const entry = [{ resource: patient({ id }), request: { method: 'PUT', url: `Patient/${id}` } }];
  expect((await http.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
}

test('every committed version is carried once, and what is not committed never', async () => {
  await deployed.drainStreams();
  const { body } = await http.post('/Patient', patient());
  await http.put(`/Patient/${body.id}`, body);
  await http.delete(`/Patient/${body.id}`);
  expect(await deployed.drainStreams()).toBe(3);
  expect(await deployed.drainStreams()).toBe(0);
});

test('a transaction comes to the queue of the clean-up', async () => {
  const before = sent('fan-out');
  await transaction();
  await deployed.drainStreams();
  expect(sent('fan-out')).toBe(before + 1);
});

describe('a record that stands still', () => {
  test('because nobody can read it is set aside, and those behind it go on', async () => {
    const [aside, carried] = [await messages('stream-failed'), sent('fan-out')];
    const Item = { pk: { S: 'nothing that a store announces' }, sk: { S: '?' }, announce: { BOOL: true } };
    await dynamoCall(deployed.engines.dynamodb, 'DynamoDB_20120810.PutItem', { TableName: `caldera-${datastoreId}-resources`, Item });
    await transaction();
    await deployed.drainStreams();
    expect([await messages('stream-failed'), sent('fan-out')]).toEqual([aside + 1, carried + 1]);
  });

  test('because a queue takes nothing is laid aside after bounded attempts, those behind it go on, and nothing of it is lost', async () => {
    const [aside, carried] = [await messages('stream-failed'), sent('fan-out')];
    await transaction();
    deployed.endpoint.interfere(({ access }) =>
      (access.action === 'sqs:SendMessage' && access.resource.endsWith('-clean-up') ? jsonError('ServiceUnavailable', 'Injected.', 503) : undefined));
    await deployed.drainStreams();
    expect([await messages('stream-failed'), sent('fan-out')]).toEqual([aside + 1, carried]);
    deployed.endpoint.interfere(undefined);
    await transaction();
    await deployed.drainStreams();
    expect(sent('fan-out')).toBe(carried + 1);
    const again = sent('redrive');
    await moveBack(deployed);
    await until(() => sent('redrive') === again + 1);
  }, 300_000);
});

/** Far more looks than anything here takes. */
const maxLooks = 800;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < maxLooks; looks++) {
    if (await holds()) return;
    await pause(25);
  }
  throw new Error('What was waited for did not come about.');
}

test('the schedules give the clean-up work for every data store', async () => {
  const scans = `${deployed.roleOf('caldera-clean-up')} dynamodb:Scan`;
  const work = (): number => [...deployed.endpoint.calls].filter(([call]) => call.startsWith(scans)).reduce((sum, [, count]) => sum + count, 0);
  const before = work();
  await deployed.callSchedules();
  await until(() => work() > before);
});

test('every call to AWS was allowed by the role of its caller', () => {
  expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
  expect([...deployed.endpoint.faults, ...deployed.problems].map(String)).toEqual([]);
});
