import { beforeEach, describe, expect, test } from '@jest/globals';
import { datastoreRecords } from '../../../src/operations/datastore/datastore-record.ts';
import type { DatastoreRecord, DatastoreRecords, DatastoreStatus } from '../../../src/operations/datastore/datastore-record.ts';
import { announcedRecords, maxUntold } from '../../../src/operations/events/announced-records.ts';
import { recordActive } from '../../../src/operations/datastore/record-active.ts';
import type { PlatformEvent } from '../../../src/ports/event-bus.ts';
import { memoryTable } from '../../store/memory-table.ts';

const place = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };
const id = '0123456789abcdef0123456789abcdef';
const run = `create-${id}-token`;
const begun: DatastoreRecord = { id, name: 'clinic', status: 'CREATING', created: 1, secret: new Uint8Array(32), run };

let now: number;
let told: PlatformEvent[];
let refuses: boolean;
let reported: unknown[];
let plain: DatastoreRecords;
let records: DatastoreRecords;

beforeEach(() => {
  [now, told, refuses, reported] = [1_000, [], false, []];
  plain = datastoreRecords(memoryTable());
  const publish = async (event: PlatformEvent): Promise<void> => {
    if (refuses) throw new Error('The bus is out of reach.');
    told.push(event);
  };
  records = announcedRecords(plain, { bus: { publish }, place, clock: { now: () => now }, endpoint: 'https://fhir.example', report: (error) => reported.push(error) });
});

async function become(status: DatastoreStatus, over = records): Promise<void> {
  const seen = await over.read(id);
  expect(await over.replace(seen, { ...(seen ?? begun), status })).toBe(true);
}

const types = (): readonly string[] => told.map(({ detailType }) => detailType);

describe('a store\'s changes of status', () => {
  test('are told with HealthLake\'s detail-types and fields, under a source of ours', async () => {
    await become('CREATING');
    expect(told).toEqual([{
      source: 'caldera.healthlake',
      detailType: 'Data Store Creating',
      detail: { datastoreId: id, datastoreName: 'clinic', datastoreTypeVersion: 'R4', datastoreEndpoint: `https://fhir.example/datastore/${id}/r4/` },
      time: 1_000,
      resources: [`arn:aws:healthlake:eu-central-1:123456789012:datastore/fhir/${id}`],
    }]);
  });

  test('are the five that HealthLake tells of', async () => {
    for (const status of ['CREATING', 'CREATE_FAILED', 'CREATING', 'ACTIVE', 'DELETING', 'DELETED'] as const) await become(status);
    expect(types()).toEqual(['Creating', 'Creation Failed', 'Creating', 'Active', 'Deleting', 'Deleted'].map((word) => `Data Store ${word}`));
    expect((await plain.read(id))?.untold).toBeUndefined();
  });

  test('do not include changes of settings, which leave a store active', async () => {
    for (const status of ['CREATING', 'ACTIVE', 'UPDATING', 'UPDATE_FAILED', 'UPDATING', 'ACTIVE'] as const) await become(status);
    expect(types()).toEqual(['Data Store Creating', 'Data Store Active']);
  });

  test('are not told when the record was not written', async () => {
    await become('CREATING');
    expect(await records.replace(undefined, { ...begun, status: 'ACTIVE' })).toBe(false);
    expect(types()).toEqual(['Data Store Creating']);
  });
});

test('what is being told is not told again to whoever reads meanwhile', async () => {
  const taken = Promise.withResolvers<void>();
  const slow = announcedRecords(plain, {
    place, clock: { now: () => now }, report: (error) => reported.push(error),
    bus: {
      async publish(event) {
        told.push(event);
        await taken.promise;
      },
    },
  });
  const became = become('CREATING', slow);
  while (told.length === 0) await new Promise(setImmediate);
  const readers = [slow.read(id), slow.list(), slow.read(id)];
  taken.resolve();
  await Promise.all([became, ...readers]);
  expect(types()).toEqual(['Data Store Creating']);
});

describe('what could not be told', () => {
  test('fails nobody, stays with the record, and is told in order with the times when it happened', async () => {
    refuses = true;
    await become('CREATING');
    now = 2_000;
    await become('ACTIVE');
    expect([told, (await plain.read(id))?.status, reported.length]).toEqual([[], 'ACTIVE', 3]);
    refuses = false;
    now = 3_000;
    await records.list();
    expect(told.map(({ detailType, time }) => [detailType, time])).toEqual([['Data Store Creating', 1_000], ['Data Store Active', 2_000]]);
    await records.list();
    expect(told.length).toBe(2);
  });

  test('is told by the step that is repeated, when the process ended between the record and the event', async () => {
    await become('CREATING');
    refuses = true;
    await become('ACTIVE');
    refuses = false;
    // The workflow knows nothing of the step's success and runs it again.
    await recordActive({ records })({ verb: 'create', datastoreId: id, run });
    expect(types()).toEqual(['Data Store Creating', 'Data Store Active']);
  });

  test('is told again rather than lost when somebody writes at the same time', async () => {
    refuses = true;
    await become('CREATING');
    refuses = false;
    const busy = announcedRecords(plain, {
      place, clock: { now: () => now }, report: (error) => reported.push(error),
      bus: {
        async publish(event) {
          told.push(event);
          const seen = (await plain.read(id))!;
          if (seen.name === 'clinic') await plain.replace(seen, { ...seen, name: 'hospital' });
        },
      },
    });
    expect((await busy.read(id))?.name).toBe('hospital');
    expect((await busy.read(id))?.untold).toBeUndefined();
    expect(types()).toEqual(['Data Store Creating', 'Data Store Creating']);
  });

  test('is left to whoever made the change for a while, where others look on', async () => {
    refuses = true;
    await become('CREATING');
    refuses = false;
    const looking = announcedRecords(plain, { bus: { publish: async (event) => void told.push(event) }, place, clock: { now: () => now }, graceMs: 500, report: () => {} });
    now = 1_499;
    await looking.read(id);
    await looking.list();
    expect(types()).toEqual([]);
    now = 1_500;
    await looking.read(id);
    expect(types()).toEqual(['Data Store Creating']);
  });

  test('has a bound, beyond which the oldest are given up', async () => {
    refuses = true;
    for (let round = 0; round < maxUntold; round += 1) {
      await become('CREATING');
      await become('CREATE_FAILED');
    }
    expect((await plain.read(id))?.untold?.length).toBe(maxUntold);
  });

  test('outlives the store, whose id another one takes', async () => {
    await become('CREATING');
    refuses = true;
    await become('DELETING');
    await become('DELETED');
    const seen = await plain.read(id);
    refuses = false;
    await records.replace(seen, { ...begun, name: 'next' });
    expect(types().slice(1)).toEqual(['Data Store Deleting', 'Data Store Deleted', 'Data Store Creating']);
  });
});
