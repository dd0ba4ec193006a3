/** Data stores that are being made, changed or deleted when the process ends, wherever it ends: the next start goes on. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServerProcess } from '../../bench/server-process.ts';
import { openPlatform } from '../../src/embedded/platform.ts';
import type { Platform } from '../../src/embedded/platform.ts';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { datastoreRecords } from '../../src/operations/datastore/datastore-record.ts';
import type { DatastoreRecord } from '../../src/operations/datastore/datastore-record.ts';

let parent: string;
let data: string;
let platform: Platform | undefined;
const faults: unknown[] = [];
const surroundings = { clock: systemClock, ids: randomIds, report: ({ error }: { error: unknown }) => faults.push(error) };

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'caldera-lifecycle-'));
  data = join(parent, 'data');
});

afterEach(async () => {
  await platform?.close();
  platform = undefined;
  rmSync(parent, { recursive: true });
  expect(faults.splice(0)).toEqual([]);
});

const id = 'c'.repeat(32);
const folder = () => join(data, 'stores', id);

async function opened(): Promise<Platform> {
  platform = await openPlatform(data, surroundings);
  return platform;
}

async function closed(): Promise<void> {
  await platform?.close();
  platform = undefined;
}

async function control(operation: string, input: object): Promise<Record<string, any>> { // eslint-disable-line typescript/no-explicit-any -- Answers are looked at member by member.
  const { status, json } = await platform!.control({ target: `HealthLake.${operation}`, body: JSON.stringify(input), endpoint: 'http://localhost', caller: 'local' });
  return { status, ...(JSON.parse(json) as object) };
}

const statusOf = async (): Promise<string> => (await control('DescribeFHIRDatastore', { DatastoreId: id }))['DatastoreProperties'].DatastoreStatus;

/** What the process that ended left in the control table. */
async function left(record: Partial<DatastoreRecord>): Promise<void> {
  await opened();
  await closed();
  const database = openSqliteDatabase({ path: join(data, 'control.sqlite'), tables: ['control'] });
  const whole: DatastoreRecord = { id, name: 'left', status: 'ACTIVE', created: 1, secret: new Uint8Array(32).fill(7), ...record };
  await datastoreRecords(database.table('control')).replace(undefined, whole);
  await database.close();
}

async function patients(): Promise<number> {
  const answer = await platform!.find(id)!.answer({ method: 'GET', path: '/Patient', query: '_summary=count', baseUrl: 'http://localhost', headers: {}, caller: 'local' });
  return (JSON.parse(answer.json!) as { total: number }).total;
}

describe('a data store that was being made', () => {
  const making = { status: 'CREATING', run: `create-${id}-token`, preloading: { patients: 1, seed: 1 } } as const;

  test.each([
    ['before it had files', () => {}],
    ['when its folder was made', () => mkdirSync(join(folder(), 'objects'), { recursive: true })],
  ])('%s, is ACTIVE with its population', async (_when, prepare) => {
    await left(making);
    prepare();
    await opened();
    expect(() => platform!.find(id)).toThrow('being made');
    await platform!.settled();
    expect(await statusOf()).toBe('ACTIVE');
    expect(await patients()).toBe(1);
  });

  test('and the process told to stop, again and again, has its population in the end', async () => {
    await left({ ...making, preloading: { patients: 4, seed: 1 } });
    let stops = 0;
    for (let status = 'CREATING'; status === 'CREATING' && stops < 100; stops += 1) {
      await opened();
      await pause(60);
      status = await statusOf();
      await closed();
    }
    await opened();
    await platform!.settled();
    expect(await statusOf()).toBe('ACTIVE');
    expect(await patients()).toBe(4);
  });

  test('and all was done but the record, is ACTIVE', async () => {
    await left({ status: 'CREATING', run: making.run });
    await opened();
    await platform!.settled();
    expect([await statusOf(), await patients()]).toEqual(['ACTIVE', 0]);
  });

  test('and could not be made, says so after a start too, answers 409, and is deleted', async () => {
    await left({ status: 'CREATE_FAILED', run: making.run, errorCause: { message: 'No room.', category: 'RETRYABLE_ERROR' } });
    await opened();
    expect(() => platform!.find(id)).toThrow('could not be made');
    expect(await statusOf()).toBe('CREATE_FAILED');
    expect(await control('DeleteFHIRDatastore', { DatastoreId: id })).toMatchObject({ status: 200, DatastoreStatus: 'DELETING' });
    await platform!.settled();
    expect(await statusOf()).toBe('DELETED');
    expect(platform!.find(id)).toBeUndefined();
  });
});

describe('a data store that was being changed', () => {
  test('serves at once, and is ACTIVE with what was asked for', async () => {
    await left({ status: 'UPDATING', run: `update-${id}-token`, configuration: { NlpConfiguration: { Status: 'ENABLING' } } });
    await opened();
    expect(await patients()).toBe(0);
    await platform!.settled();
    expect((await control('DescribeFHIRDatastore', { DatastoreId: id }))['DatastoreProperties']).toMatchObject({ DatastoreStatus: 'ACTIVE', NlpConfiguration: { Status: 'ENABLED' } });
  });
});

describe('a data store that was being deleted', () => {
  test.each([
    ['before its files went', () => {
      mkdirSync(join(folder(), 'objects'), { recursive: true });
      writeFileSync(join(folder(), 'store.sqlite'), 'whatever');
    }],
    ['when some of its files had gone', () => mkdirSync(`${folder()}~`, { recursive: true })],
    ['when all of its files had gone', () => {}],
  ])('%s, is not served, and is DELETED without a file', async (_when, prepare) => {
    await left({ status: 'DELETING', run: `delete-${id}-token` });
    prepare();
    await opened();
    expect(platform!.find(id)).toBeUndefined();
    await platform!.settled();
    expect(await statusOf()).toBe('DELETED');
    expect([existsSync(folder()), existsSync(`${folder()}~`)]).toEqual([false, false]);
  });

  test('lets requests in progress end', async () => {
    await left({});
    await opened();
    const served = platform!.find(id)!;
    const answer = served.answer({ method: 'GET', path: '/metadata', query: '', baseUrl: 'http://localhost', headers: {}, caller: 'local' });
    await control('DeleteFHIRDatastore', { DatastoreId: id });
    expect(platform!.find(id)).toBeUndefined();
    expect((await answer).status).toBe(200);
    await platform!.settled();
    expect(existsSync(folder())).toBe(false);
  });
});

describe('a server that is killed', () => {
  test('goes on making a data store with its population, and goes on deleting it', async () => {
    let server = await startServerProcess({ dataDirectory: data });
    const asked = async (operation: string, input: object): Promise<Record<string, any>> => { // eslint-disable-line typescript/no-explicit-any -- Answers are looked at member by member.
      const answer = await fetch(new URL('/', server.baseUrl), { method: 'POST', headers: { 'x-amz-target': `HealthLake.${operation}` }, body: JSON.stringify(input) });
      return (await answer.json()) as object;
    };
    const killedAndStarted = async (): Promise<void> => {
      await server.kill();
      server = await startServerProcess({ dataDirectory: data });
    };
    try {
      const { DatastoreId } = await asked('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', PreloadDataConfig: { PreloadDataType: 'SYNTHEA' } });
      const until = async (wanted: string): Promise<void> => {
        for (let status = ''; status !== wanted; await pause(50)) status = (await asked('DescribeFHIRDatastore', { DatastoreId }))['DatastoreProperties'].DatastoreStatus;
      };
      await killedAndStarted();
      expect((await fetch(new URL(`/datastore/${DatastoreId}/r4/Patient`, server.baseUrl))).status).toBe(409);
      await pause(200);
      await killedAndStarted();
      await until('ACTIVE');
      const found = await fetch(new URL(`/datastore/${DatastoreId}/r4/Patient?_summary=count`, server.baseUrl));
      expect(((await found.json()) as { total: number }).total).toBe(20);
      expect(await asked('DeleteFHIRDatastore', { DatastoreId })).toMatchObject({ DatastoreStatus: 'DELETING' });
      await killedAndStarted();
      await until('DELETED');
      expect(readdirSync(join(data, 'stores')).filter((name) => name.startsWith(DatastoreId))).toEqual([]);
      expect((await fetch(new URL(`/datastore/${DatastoreId}/r4/Patient`, server.baseUrl))).status).toBe(404);
    } finally {
      await server.kill();
    }
  }, 120_000);
});
