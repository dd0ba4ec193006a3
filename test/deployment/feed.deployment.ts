/**
 * The change feed as deployed: what is committed comes to the queue of each capability that follows it, and neither a
 * record that cannot be read nor a queue that takes nothing holds up anything else.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { client, freshId, patient } from '../conformance/client.ts';
import type { Client } from '../conformance/client.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { jsonError } from './endpoint/service.ts';
import { dynamoCall, queueCall } from './engines.ts';
import { signAs } from './signing-environment.ts';

let deployed: Deployed;
let http: Client;
let datastoreId: string;
let stopSigning: (() => void) | undefined;

beforeAll(async () => {
  deployed = await deploy();
  datastoreId = await settleDatastore(deployed, 'Create');
  http = client(`${deployed.gateway.url}/datastore/${datastoreId}/r4`);
  stopSigning = signAs(deployed);
});
afterAll(async () => {
  stopSigning?.();
  await deployed?.close();
});
afterEach(() => deployed.endpoint.interfere(undefined));

const url = (queue: string): string => `${deployed.engines.moto}/${deployed.assembly.place.account}/caldera-${queue}`;

/** Messages that lie in the queue, those that wait for their time included. */
async function messages(queue: string): Promise<number> {
  const { Attributes } = (await queueCall(deployed.engines.moto, 'GetQueueAttributes', { QueueUrl: url(queue), AttributeNames: ['All'] })) as { Attributes: Record<string, string> };
  return ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed', 'ApproximateNumberOfMessagesNotVisible'].reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

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
  const before = await messages('clean-up');
  await transaction();
  await deployed.drainStreams();
  expect(await messages('clean-up')).toBe(before + 1);
});

describe('a record that stands still', () => {
  test('because nobody can read it is set aside, and those behind it go on', async () => {
    const [aside, clean] = [await messages('stream-failed'), await messages('clean-up')];
    const Item = { pk: { S: 'nothing that a store announces' }, sk: { S: '?' }, announce: { BOOL: true } };
    await dynamoCall(deployed.engines.dynamodb, 'DynamoDB_20120810.PutItem', { TableName: `caldera-${datastoreId}-resources`, Item });
    await transaction();
    await deployed.drainStreams();
    expect([await messages('stream-failed'), await messages('clean-up')]).toEqual([aside + 1, clean + 1]);
  });

  test('because a queue takes nothing is laid aside after bounded attempts, those behind it go on, and nothing of it is lost', async () => {
    const [aside, clean] = [await messages('stream-failed'), await messages('clean-up')];
    await transaction();
    deployed.endpoint.interfere(({ access }) =>
      (access.action === 'sqs:SendMessage' && access.resource.endsWith('-clean-up') ? jsonError('ServiceUnavailable', 'Injected.', 503) : undefined));
    await deployed.drainStreams();
    expect([await messages('stream-failed'), await messages('clean-up')]).toEqual([aside + 1, clean]);
    deployed.endpoint.interfere(undefined);
    await transaction();
    await deployed.drainStreams();
    expect(await messages('clean-up')).toBe(clean + 1);
    await redriven(clean + 2);
  }, 300_000);

  /** An operator moves what was laid aside back; the function of the feed's own queue reads the stream again. */
  async function redriven(wanted: number): Promise<void> {
    for (;;) {
      const { Messages = [] } = (await queueCall(deployed.engines.moto, 'ReceiveMessage', { QueueUrl: url('stream-failed'), MaxNumberOfMessages: 10 })) as { Messages?: { Body: string }[] };
      if (Messages.length === 0) break;
      for (const { Body } of Messages) await queueCall(deployed.engines.moto, 'SendMessage', { QueueUrl: url('stream'), MessageBody: Body });
    }
    await until(async () => (await messages('clean-up')) === wanted);
  }
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
  const work = (): number => deployed.endpoint.calls.get(`${deployed.roleOf('caldera-clean-up')} dynamodb:Scan`) ?? 0;
  const before = work();
  for (const name of ['settle', 'sweep']) await deployed.invoke(`caldera-${name}`, {});
  await until(() => work() > before);
});

test('every call to AWS was allowed by the role of its caller', () => {
  expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
  expect([...deployed.endpoint.faults, ...deployed.problems].map(String)).toEqual([]);
});
