/** What becomes of data stores, told to EventBridge by the deployed functions under their own roles. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { TaskFailed } from './state-machines.ts';

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy();
});
afterAll(() => deployed?.close());

const detailTypes = (): readonly string[] => deployed.events.put.map(({ DetailType }) => DetailType);
/**
 * What was told since, in order and without repeats, once the last is there: a record is written before its event, and whoever
 * acts on it at once may meet the event on its way and tell it again.
 */
async function toldSince(before: number, last: string): Promise<readonly string[]> {
  for (let looks = 0; looks < 200 && detailTypes().lastIndexOf(last) < before; looks += 1) await pause(25);
  return [...new Set(detailTypes().slice(before))];
}
/** How many there are once the store before is told to be gone. */
async function settledCount(): Promise<number> {
  for (let looks = 0; looks < 200 && detailTypes().at(-1) !== 'Data Store Deleted'; looks += 1) await pause(25);
  return detailTypes().length;
}

const destroyed = { RemovalPolicy: 'destroy' };

test('the life of a data store is told on the account\'s default bus, from its begin to its end', async () => {
  const id = await settleDatastore(deployed, 'Create', { DatastoreName: 'clinic' });
  await settleDatastore(deployed, 'Delete', destroyed);
  expect(await toldSince(0, 'Data Store Deleted')).toEqual(['Data Store Creating', 'Data Store Active', 'Data Store Deleting', 'Data Store Deleted']);
  const { account, region } = deployed.assembly.place;
  const told = deployed.events.put.map(({ EventBusName, Source, Detail, Resources }) => ({ EventBusName, Source, Detail: JSON.parse(Detail) as unknown, Resources }));
  expect(told).toEqual(told.map(() => ({
    EventBusName: `arn:aws:events:${region}:${account}:event-bus/default`,
    Source: 'caldera.healthlake',
    Detail: { datastoreId: id, datastoreName: 'clinic', datastoreTypeVersion: 'R4', datastoreEndpoint: `/datastore/${id}/r4/` },
    Resources: [`arn:aws:healthlake:${region}:${account}:datastore/fhir/${id}`],
  })));
});

test('a bus that is out of reach fails no store, and the schedule tells what it was not told', async () => {
  const before = await settledCount();
  deployed.events.refuse(true);
  await settleDatastore(deployed, 'Create');
  expect(detailTypes().slice(before)).toEqual([]);
  deployed.events.refuse(false);
  await deployed.callSchedules();
  expect(await toldSince(before, 'Data Store Active')).toEqual(['Data Store Creating', 'Data Store Active']);
  await deployed.callSchedules();
  expect(detailTypes().length).toBe(before + 2);
  await settleDatastore(deployed, 'Delete', destroyed);
});

test('a store that cannot be made is told of, and so is the next attempt', async () => {
  const before = await settledCount();
  deployed.interrupt({
    before(state) {
      if (state === 'check-objects') throw new TaskFailed('Lambda.ServiceException', 'Injected.');
    },
  });
  await expect(settleDatastore(deployed, 'Create')).rejects.toThrow('CREATE_FAILED');
  deployed.interrupt(undefined);
  await settleDatastore(deployed, 'Create');
  await toldSince(before, 'Data Store Active');
  const told = detailTypes().slice(before);
  expect(told.filter((type, index) => type !== told[index - 1])).toEqual(['Data Store Creating', 'Data Store Creation Failed', 'Data Store Creating', 'Data Store Active']);
  await settleDatastore(deployed, 'Delete', destroyed);
});

test('an event whose teller dies after the record was written is told when its step is repeated', async () => {
  const before = await settledCount();
  deployed.events.refuse(true);
  deployed.interrupt({
    after(state) {
      if (state !== 'record-active') return;
      deployed.interrupt(undefined);
      deployed.events.refuse(false);
      throw new TaskFailed('Lambda.ServiceException', 'Injected.');
    },
  });
  await settleDatastore(deployed, 'Create');
  // The record is ACTIVE before the step is repeated, and the one that waits for it does not wait for more.
  await settleDatastore(deployed, 'Delete', destroyed);
  expect(await toldSince(before, 'Data Store Deleted')).toEqual(['Data Store Creating', 'Data Store Active', 'Data Store Deleting', 'Data Store Deleted']);
});

test('every call to AWS was allowed by the role of its caller', () => {
  expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
  expect(deployed.endpoint.faults.map(String)).toEqual([]);
});
