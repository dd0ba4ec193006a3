import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform } from '../../src/embedded/platform.ts';
import type { Platform } from '../../src/embedded/platform.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { startServer } from '../../src/embedded/server.ts';
import { systemClock } from '../../src/machine/system-clock.ts';

let parent: string;
let data: string;
let platform: Platform;
const faults: unknown[] = [];
const surroundings = { clock: systemClock, ids: randomIds, report: ({ error }: { error: unknown }) => faults.push(error) };
const open = () => openPlatform(data, surroundings);

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'caldera-platform-'));
  data = join(parent, 'data');
  platform = await open();
});

afterEach(async () => {
  await platform.close();
  rmSync(parent, { recursive: true });
  expect(faults).toEqual([]);
});

const patient = { resourceType: 'Patient', id: 'shared-id' };

function asked(datastoreId: string, path: string, query = '') {
  const served = platform.find(datastoreId);
  if (served === undefined) throw new Error('There is no such data store.');
  return served.answer({ method: 'GET', baseUrl: `http://localhost/datastore/${datastoreId}/r4`, path, query, headers: {}, caller: 'local' });
}

describe('data stores side by side', () => {
  test('have ids of 32 hexadecimal digits and keep the order in which they were made', async () => {
    const one = await platform.createDataStore({ name: 'one' });
    const other = await platform.createDataStore({ name: 'other' });
    expect([one, other]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
    await platform.close();
    platform = await open();
    expect(platform.datastoreIds()).toEqual([one, other]);
  });

  test('have no resource in common', async () => {
    const one = await platform.createDataStore({ name: 'one' });
    const other = await platform.createDataStore({ name: 'other' });
    await platform.find(one)?.store.write({ interaction: 'update', resource: patient });
    expect((await asked(one, '/Patient/shared-id')).status).toBe(200);
    expect((await asked(other, '/Patient/shared-id')).status).toBe(404);
    for (const path of ['/Patient', '/_history']) {
      expect(JSON.parse((await asked(other, path)).json ?? '{}').entry ?? []).toEqual([]);
    }
  });

  test('do not accept the page links of one another', async () => {
    const one = await platform.createDataStore({ name: 'one' });
    const other = await platform.createDataStore({ name: 'other' });
    for (const id of ['a', 'b']) await platform.find(one)?.store.write({ interaction: 'update', resource: { ...patient, id } });
    const page = JSON.parse((await asked(one, '/Patient', '_count=1')).json ?? '{}');
    const next = new URL(page.link.find(({ relation }: { relation: string }) => relation === 'next').url);
    expect((await asked(one, '/Patient', next.search.slice(1))).status).toBe(200);
    expect((await asked(other, '/Patient', next.search.slice(1))).status).toBe(400);
  });

  test('are made without the families that are omitted, answer all the same, and cannot be had otherwise later', async () => {
    const omitted = ['Patient.gender'];
    const one = await platform.createDataStore({ name: 'one', omitted });
    await platform.find(one)?.store.write({ interaction: 'update', resource: { ...patient, gender: 'female' } });
    await platform.close();
    platform = await open();
    const { entry, ...found } = JSON.parse((await asked(one, '/Patient', 'gender=female')).json ?? '{}');
    expect([found.type, entry.length]).toEqual(['searchset', 1]);
    await expect(platform.requireOmissions(omitted)).resolves.toBeUndefined();
    await expect(platform.requireOmissions([])).rejects.toThrow('was made with --omit-index Patient.gender');
    await expect(platform.requireOmissions(['Patient.active'])).rejects.toThrow('Start it without --omit-index');
  });

  test('outlive the process', async () => {
    const one = await platform.createDataStore({ name: 'one' });
    await platform.find(one)?.store.write({ interaction: 'update', resource: patient });
    await platform.close();
    platform = await open();
    expect((await asked(one, '/Patient/shared-id')).status).toBe(200);
  });

  test('begin with their own populations, made once', async () => {
    const one = await platform.createDataStore({ name: 'one', population: { patients: 1, seed: 1 } });
    await platform.createDataStore({ name: 'other' });
    const made: string[] = [];
    await platform.finishPreloading(({ name }) => made.push(name));
    expect(new Set(made)).toEqual(new Set(['one']));
    expect(JSON.parse((await asked(one, '/Patient')).json ?? '{}').entry.length).toBeGreaterThan(0);
    made.length = 0;
    await platform.finishPreloading(({ name }) => made.push(name));
    expect(made).toEqual([]);
  });
});

describe('the server', () => {
  test('refuses any address but loopback until authorization exists', async () => {
    const options = { dataDirectory: join(parent, 'unused'), port: 0, host: '0.0.0.0', reportFault: () => {} };
    await expect(startServer(options)).rejects.toThrow('until authorization exists');
  });

  test('serves every data store of the directory, the oldest as the default', async () => {
    const one = await platform.createDataStore({ name: 'one' });
    const other = await platform.createDataStore({ name: 'other' });
    await platform.close();
    const server = await startServer({ dataDirectory: data, port: 0, reportFault: surroundings.report });
    expect(server).toMatchObject({ datastoreIds: [one, other], firstRun: false, baseUrl: expect.stringContaining(one) });
    const statuses = [one, other].map(async (id) => (await fetch(`http://127.0.0.1:${server.port}/datastore/${id}/r4/metadata`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 200]);
    await server.close();
    platform = await open();
  });

  test('lets go of the directory when the port is taken', async () => {
    await platform.close();
    const first = await startServer({ dataDirectory: data, port: 0, reportFault: surroundings.report });
    const elsewhere = { dataDirectory: join(parent, 'other'), reportFault: surroundings.report };
    await expect(startServer({ ...elsewhere, port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await (await startServer({ ...elsewhere, port: 0 })).close();
    await first.close();
    platform = await open();
  });
});
