/** The lakes of a process: real tables, the real thread, real Parquet. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lakeThreads } from '../../src/embedded/lake-threads.ts';
import { openPlatform } from '../../src/embedded/platform.ts';
import type { Platform } from '../../src/embedded/platform.ts';
import type { ServedStore } from '../../src/embedded/served-store.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { lakeRows, storedRows } from './lake-rows.ts';

/** The first round starts a thread and DuckDB, on a machine that may be busy. */
const patienceMs = 60_000;
const types = ['Patient', 'Observation'];

let data: string;
let platform: Platform;
let datastoreId: string;
const faults: unknown[] = [];

async function open(keepsLakes = true): Promise<void> {
  const report = ({ error }: { error: unknown }) => void faults.push(error);
  platform = await openPlatform(data, { clock: systemClock, ids: randomIds, report, ...(keepsLakes && { lakeThreads: lakeThreads() }) });
}

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'caldera-lakes-'));
  await open();
  datastoreId = await platform.createDataStore({ name: 'one' });
});

afterEach(async () => {
  await platform.close();
  rmSync(data, { recursive: true });
  expect(faults.splice(0)).toEqual([]);
});

const served = (): ServedStore => platform.find(datastoreId)!;
const put = (type: string, id: string, content: object = {}) => served().store.write({ interaction: 'update', resource: { resourceType: type, id, ...content } });
const read = (type: string) => lakeRows(type, served(), join(data, 'stores', datastoreId, 'objects'));

async function expectAsStored(): Promise<void> {
  for (const type of types) expect(await read(type)).toEqual(await storedRows(type, served()));
}


async function some(): Promise<void> {
  for (let number = 0; number < 12; number += 1) await put('Patient', `p${number}`, { active: true });
  for (let number = 0; number < 12; number += 3) await put('Patient', `p${number}`, { active: false });
  await served().store.write({ interaction: 'delete', type: 'Patient', id: 'p3' });
  await served().store.transact([
    { interaction: 'update', resource: { resourceType: 'Patient', id: 'p4' } },
    { interaction: 'update', resource: { resourceType: 'Observation', id: 'o1', status: 'final', code: { text: 'weight' } } },
  ]);
}

describe('the lake of a data store', () => {
  test('has whatever was written before it is asked', async () => {
    await some();
    const before = systemClock.now();
    expect(await served().lake.upToDate(patienceMs)).toBeGreaterThanOrEqual(before);
    await expectAsStored();
    await put('Patient', 'p3');
    await put('Observation', 'o1', { status: 'amended', code: { text: 'weight' } });
    await served().lake.upToDate(patienceMs);
    await expectAsStored();
  });

  test('goes on behind a restart with what was not brought in', async () => {
    await some();
    await served().lake.upToDate(patienceMs);
    await put('Patient', 'p5', { active: false });
    await platform.close();
    await open();
    await served().lake.upToDate(patienceMs);
    await expectAsStored();
  });

  test('is built anew where it was not kept for a while', async () => {
    await some();
    await served().lake.upToDate(patienceMs);
    await platform.close();
    await open(false);
    await put('Patient', 'p6', { active: false });
    await served().store.write({ interaction: 'delete', type: 'Patient', id: 'p7' });
    expect(await served().lake.upToDate(patienceMs)).toBeUndefined();
    await platform.close();
    await open();
    await served().lake.upToDate(patienceMs);
    await expectAsStored();
  });

  test('stays as it is while it is paused, has nothing when it is off, and is as the store when it is on again', async () => {
    await some();
    const asOf = await served().lake.upToDate(patienceMs);
    const before = await read('Patient');
    await served().lake.change('PAUSED');
    await put('Patient', 'p8', { active: false });
    expect(await served().lake.upToDate(patienceMs)).toBeGreaterThanOrEqual(asOf!);
    expect(await read('Patient')).toEqual(before);
    await served().lake.change('ENABLED');
    await served().lake.upToDate(patienceMs);
    await expectAsStored();
    await served().lake.change('DISABLED');
    expect(await served().lake.upToDate(patienceMs)).toBeUndefined();
    expect((await served().lake.files('patient')).keys).toEqual([]);
    await put('Patient', 'p9', { active: false });
    await served().lake.change('ENABLED');
    await served().lake.upToDate(patienceMs);
    await expectAsStored();
  });
});
