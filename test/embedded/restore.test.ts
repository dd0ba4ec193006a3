/** Restoring data stores of the embedded platform by HealthLake's API, while they are written to, and after crashes. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform } from '../../src/embedded/platform.ts';
import type { Platform } from '../../src/embedded/platform.ts';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { datastoreRecords } from '../../src/operations/datastore/datastore-record.ts';
import type { DatastoreRecord } from '../../src/operations/datastore/datastore-record.ts';

let parent: string;
let data: string;
let platform: Platform;
let sourceId: string;
const faults: unknown[] = [];
const surroundings = { clock: systemClock, ids: randomIds, report: ({ error }: { error: unknown }) => faults.push(error) };

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'caldera-restore-'));
  data = join(parent, 'data');
  platform = await openPlatform(data, surroundings);
  sourceId = await platform.createDataStore({ name: 'source' });
});

afterEach(async () => {
  await platform.close();
  rmSync(parent, { recursive: true });
  expect(faults.splice(0)).toEqual([]);
});

async function control(operation: string, input: object): Promise<Record<string, unknown>> {
  const { status, json } = await platform.control({ target: `HealthLake.${operation}`, body: JSON.stringify(input), endpoint: 'http://localhost', caller: 'local' });
  return { status, ...(JSON.parse(json) as object) };
}

async function restore(point: number): Promise<string> {
  const RestoreConfiguration = { ContinuousBackupRestoreConfiguration: { RestorePointTime: point / 1000 } };
  const answer = await control('RestoreFHIRDatastore', { SourceDatastoreId: sourceId, RestoreConfiguration, DatastoreName: 'restored' });
  expect(answer).toMatchObject({ status: 200, DatastoreStatus: 'CREATING' });
  return answer['DatastoreId'] as string;
}

const describeStore = async (DatastoreId: string) => (await control('DescribeFHIRDatastore', { DatastoreId }))['DatastoreProperties'] as Record<string, unknown>;

async function fhir(datastoreId: string, method: string, path: string, more: { query?: string; body?: object } = {}) {
  const { query = '', body } = more;
  const answer = await platform.find(datastoreId)!.answer({
    method, path, query, baseUrl: `http://localhost/datastore/${datastoreId}/r4`, headers: { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' }, caller: 'local',
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: answer.json === undefined ? undefined : JSON.parse(answer.json) };
}

/** Every resource of the store, found by search, by id: its family. */
async function familiesOf(datastoreId: string, query = ''): Promise<Record<string, string>> {
  const families: Record<string, string> = {};
  for (let next: string | undefined = `_count=500${query}`; next !== undefined; ) {
    const { body } = await fhir(datastoreId, 'GET', '/Patient', { query: next });
    for (const { resource } of body.entry ?? []) families[resource.id] = resource.name[0].family;
    const link = (body.link as { relation: string; url: string }[]).find(({ relation }) => relation === 'next');
    next = link && new URL(link.url).search.slice(1);
  }
  return families;
}

const patient = (id: string, family: string) => ({ resourceType: 'Patient', id, name: [{ family }], gender: 'other' });
const put = (id: string, family: string) => fhir(sourceId, 'PUT', `/Patient/${id}`, { body: patient(id, family) });

async function moment(): Promise<number> {
  await systemClock.sleep(2);
  const point = Date.now();
  await systemClock.sleep(2);
  return point;
}

describe('a data store restored while its source is written to', () => {
  test('has the queries that were kept at the moment', async () => {
    const keep = (name: string) => fhir(sourceId, 'PUT', `/sql/queries/${name}`, { body: { query: 'SELECT id FROM patient' } });
    expect((await keep('before')).status).toBe(201);
    const point = await moment();
    expect((await keep('after')).status).toBe(201);
    const restored = await restore(point);
    await platform.settled();
    expect((await fhir(restored, 'GET', '/sql/queries')).body.queries.map(({ name }: { name: string }) => name)).toEqual(['before']);
  });

  test('holds what was acknowledged by the moment, nothing that was sent later, transactions whole, and is found as it is read', async () => {
    const sent = new Map<string, number>();
    const acknowledged = new Map<string, number>();
    const noted = async (mark: string, write: () => Promise<{ status: number }>): Promise<void> => {
      sent.set(mark, Date.now());
      expect((await write()).status).toBeLessThan(300);
      acknowledged.set(mark, Date.now());
    };
    const writer = async (name: number): Promise<void> => {
      for (let round = 0; round < 12; round += 1) {
        await noted(`w${name} r${round}`, () => put(`w${name}`, `r${round}`));
        const entry = ['a', 'b'].map((half) => ({ resource: patient(`t${name}${half}`, `r${round}`), request: { method: 'PUT', url: `Patient/t${name}${half}` } }));
        await noted(`t${name} r${round}`, () => fhir(sourceId, 'POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } }));
      }
    };
    const points: number[] = [];
    const restored: string[] = [];
    const watcher = async (): Promise<void> => {
      for (const waitMs of [15, 40, 60]) {
        await systemClock.sleep(waitMs);
        points.push(Date.now());
        await systemClock.sleep(2);
        restored.push(await restore(points.at(-1)!));
      }
    };
    await Promise.all([...Array.from({ length: 8 }, (_, name) => writer(name)), watcher()]);
    await platform.settled();
    for (const [index, point] of points.entries()) {
      const datastoreId = restored[index]!;
      expect(await describeStore(datastoreId)).toMatchObject({ DatastoreStatus: 'ACTIVE', DatastoreName: 'restored' });
      const found = await familiesOf(datastoreId);
      for (let name = 0; name < 8; name += 1) {
        expect(found[`t${name}a`]).toBe(found[`t${name}b`]);
        for (const id of [`w${name}`, `t${name}`]) {
          const family = found[id] ?? found[`${id}a`];
          const rounds = Array.from({ length: 12 }, (_, round) => `r${round}`);
          const least = rounds.filter((round) => acknowledged.get(`${id} ${round}`)! < point).length;
          const most = rounds.filter((round) => sent.get(`${id} ${round}`)! <= point).length;
          const has = family === undefined ? 0 : rounds.indexOf(family) + 1;
          expect({ id, enough: has >= least, notMore: has <= most }).toEqual({ id, enough: true, notMore: true });
        }
      }
      // Searches by values find what reading finds.
      for (const round of ['r0', 'r5', 'r11']) {
        const expected = Object.entries(found).filter(([, family]) => family === round).map(([id]) => id).sort();
        expect(Object.keys(await familiesOf(datastoreId, `&family:exact=${round}`)).sort()).toEqual(expected);
      }
      for (const id of Object.keys(found)) expect((await fhir(datastoreId, 'GET', `/Patient/${id}`)).body.name[0].family).toBe(found[id]);
    }
  }, 60_000);

  test('is a store of its own: neither sees what is written to the other, and each is deleted without a trace', async () => {
    const data64 = Buffer.from(Array.from({ length: 20_000 }, (_, index) => hash('sha256', String(index))).join('')).toString('base64');
    expect((await fhir(sourceId, 'PUT', '/Binary/large', { body: { resourceType: 'Binary', id: 'large', contentType: 'application/octet-stream', data: data64 } })).status).toBe(201);
    await put('both', 'Before');
    const restoredId = await restore(await moment());
    await platform.settled();
    await put('both', 'After');
    await fhir(restoredId, 'PUT', '/Patient/own', { body: patient('own', 'Own') });
    expect(await familiesOf(restoredId)).toEqual({ both: 'Before', own: 'Own' });
    expect(await familiesOf(sourceId)).toEqual({ both: 'After' });
    const { BackupStatusInfo } = await describeStore(restoredId);
    expect(BackupStatusInfo).toMatchObject({ Configuration: { Status: 'ENABLED' } });
    await control('DeleteFHIRDatastore', { DatastoreId: sourceId });
    await platform.settled();
    expect((await fhir(restoredId, 'GET', '/Binary/large')).body.data).toBe(data64);
    await control('DeleteFHIRDatastore', { DatastoreId: restoredId });
    await platform.settled();
    expect(readdirSync(join(data, 'stores'))).toEqual([]);
  }, 60_000);

  test('can be restored itself, to a moment of its own', async () => {
    await put('one', 'First');
    const restoredId = await restore(await moment());
    await platform.settled();
    const later = await moment();
    await fhir(restoredId, 'PUT', '/Patient/one', { body: patient('one', 'Second') });
    const original = sourceId;
    sourceId = restoredId;
    const again = await restore(later);
    await platform.settled();
    expect(await familiesOf(again)).toEqual({ one: 'First' });
    sourceId = original;
  }, 60_000);

  test('is refused for moments that are not kept', async () => {
    const RestoreConfiguration = { ContinuousBackupRestoreConfiguration: { RestorePointTime: Date.now() / 1000 - 3600 } };
    expect(await control('RestoreFHIRDatastore', { SourceDatastoreId: sourceId, RestoreConfiguration })).toMatchObject({
      status: 400, __type: expect.stringContaining('ValidationException'),
    });
  });
});

describe('a restore that a crash cut off', () => {
  const restoredId = 'c'.repeat(32);

  /** Writes into the control table, of a platform that is not running, that the store is being restored. */
  async function begun(point: number): Promise<void> {
    const database = openSqliteDatabase({ path: join(data, 'control.sqlite'), tables: ['control'] });
    const records = datastoreRecords(database.table('control'));
    const source = (await records.read(sourceId))!;
    const record: DatastoreRecord = {
      id: restoredId, name: 'restored', status: 'CREATING', created: source.created - 1, secret: source.secret, restored: { sourceId, point }, run: `restore-${restoredId}-x`,
    };
    await records.replace(undefined, record);
    await database.close();
  }

  test.each([
    ['before anything was made', () => {}],
    ['with half of the files', () => {
      mkdirSync(join(data, 'stores', `${restoredId}~`, 'parts'), { recursive: true });
      writeFileSync(join(data, 'stores', `${restoredId}~`, 'store.sqlite'), 'half');
    }],
  ])('%s is finished by the next start', async (_when, leave) => {
    await put('one', 'First');
    const point = await moment();
    await put('one', 'Second');
    await platform.close();
    await begun(point);
    leave();
    platform = await openPlatform(data, surroundings);
    await platform.settled();
    expect(await describeStore(restoredId)).toMatchObject({ DatastoreStatus: 'ACTIVE' });
    expect(await familiesOf(restoredId)).toEqual({ one: 'First' });
    expect(existsSync(join(data, 'stores', `${restoredId}~`))).toBe(false);
  }, 60_000);

  test('that cannot be finished any more ends as CREATE_FAILED, with the reason, and can be deleted', async () => {
    await platform.close();
    await begun(1_000);
    platform = await openPlatform(data, surroundings);
    await platform.settled();
    expect(await describeStore(restoredId)).toMatchObject({
      DatastoreStatus: 'CREATE_FAILED',
      ErrorCause: { ErrorMessage: expect.stringContaining('does not reach back to the moment'), ErrorCategory: 'NON_RETRYABLE_ERROR' },
    });
    await control('DeleteFHIRDatastore', { DatastoreId: restoredId });
    await platform.settled();
    expect(readdirSync(join(data, 'stores'))).toEqual([sourceId]);
    expect(faults.splice(0)).toMatchObject([{ name: 'RestoreImpossible' }]);
  }, 60_000);
});
