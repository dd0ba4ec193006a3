/** UpdateFHIRDatastore's BackupConfiguration on the embedded platform: it counts when the store is ACTIVE again, which serves meanwhile. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPlatform } from '../../src/embedded/platform.ts';
import type { Platform } from '../../src/embedded/platform.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';

let data: string;
let platform: Platform;
let id: string;
const faults: unknown[] = [];
const open = () => openPlatform(data, { clock: systemClock, ids: randomIds, report: ({ error }) => faults.push(error) });

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'caldera-changing-backup-'));
  platform = await open();
  id = await platform.createDataStore({ name: 'one' });
});

afterEach(async () => {
  await platform.close();
  rmSync(data, { recursive: true });
  expect(faults.splice(0)).toEqual([]);
});

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own answer
type Answer = Record<string, any>;

async function control(operation: string, input: object): Promise<Answer> {
  const { json } = await platform.control({ target: `HealthLake.${operation}`, body: JSON.stringify(input), endpoint: 'http://localhost', caller: 'local' });
  return JSON.parse(json) as Record<string, unknown>;
}

async function change(BackupConfiguration: object): Promise<Answer> {
  await control('UpdateFHIRDatastore', { DatastoreId: id, BackupConfiguration });
  await platform.settled();
  return backupOf(id);
}

async function backupOf(DatastoreId: string): Promise<Answer> {
  const { DatastoreProperties } = await control('DescribeFHIRDatastore', { DatastoreId });
  expect(DatastoreProperties).toMatchObject({ DatastoreStatus: 'ACTIVE' });
  return DatastoreProperties.BackupStatusInfo;
}

async function put(patient: string): Promise<number> {
  const body = JSON.stringify({ resourceType: 'Patient', id: patient });
  const { status } = await platform.find(id)!.answer({
    method: 'PUT', path: `/Patient/${patient}`, query: '', baseUrl: 'http://localhost/r4', headers: { 'content-type': 'application/fhir+json' }, caller: 'local', body,
  });
  return status;
}

async function restoredAt(point: number): Promise<string> {
  const { DatastoreId } = await control('RestoreFHIRDatastore', {
    SourceDatastoreId: id, RestoreConfiguration: { ContinuousBackupRestoreConfiguration: { RestorePointTime: point / 1000 } },
  });
  await platform.settled();
  return DatastoreId as string;
}

async function patientsOf(datastoreId: string): Promise<readonly string[]> {
  const { json } = await platform.find(datastoreId)!.answer({
    method: 'GET', path: '/Patient', query: '_sort=_id', baseUrl: 'http://localhost/r4', headers: {}, caller: 'local',
  });
  return (JSON.parse(json!).entry as { resource: { id: string } }[]).map(({ resource }) => resource.id);
}

const folder = () => join(data, 'stores', id, 'backup');

function hasLog(): boolean {
  const [file] = readdirSync(join(data, 'stores', id)).filter((name) => name.endsWith('.sqlite'));
  const database = new DatabaseSync(join(data, 'stores', id, file!), { readOnly: true });
  try {
    return database.prepare("SELECT name FROM sqlite_schema WHERE name = 'backup_log'").get() !== undefined;
  } finally {
    database.close();
  }
}

describe('a changed BackupConfiguration', () => {
  test('DISABLED ends the backup and removes all that it has, beside writers', async () => {
    expect(await put('before')).toBe(201);
    const [{ Configuration, ...window }, statuses] = await Promise.all([
      change({ Status: 'DISABLED' }), Promise.all(Array.from({ length: 50 }, (_, index) => put(`p${index}`))),
    ]);
    expect(Configuration).toMatchObject({ Status: 'DISABLED' });
    expect(window).toEqual({});
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect([existsSync(folder()), hasLog()]).toEqual([false, false]);
    expect(await control('RestoreFHIRDatastore', {
      SourceDatastoreId: id, RestoreConfiguration: { ContinuousBackupRestoreConfiguration: { RestorePointTime: Date.now() / 1000 } },
    })).toMatchObject({ __type: expect.stringContaining('ValidationException') });
    await platform.close();
    platform = await open();
    expect([existsSync(folder()), hasLog(), await put('p0')]).toEqual([false, false, 200]);
  });

  test('ENABLED begins one with what the store has by then, and every moment since can be restored', async () => {
    await change({ Status: 'DISABLED' });
    await put('a');
    const { EarliestRestorePoint } = await change({ Status: 'ENABLED', RetentionPeriodInDays: 3 });
    expect(EarliestRestorePoint * 1000).toBeLessThanOrEqual(Date.now());
    await systemClock.sleep(2);
    const first = Date.now();
    await systemClock.sleep(2);
    await put('b');
    await systemClock.sleep(2);
    const second = Date.now();
    await systemClock.sleep(2);
    await put('c');
    expect(await patientsOf(await restoredAt(first))).toEqual(['a']);
    expect(await patientsOf(await restoredAt(second))).toEqual(['a', 'b']);
    const reopened = await platform.close().then(open);
    platform = reopened;
    expect(await patientsOf(await restoredAt(second))).toEqual(['a', 'b']);
  });

  test('another retention keeps what is there, over any number of changes', async () => {
    const before = await backupOf(id);
    await put('a');
    await systemClock.sleep(2);
    const point = Date.now();
    await systemClock.sleep(2);
    for (const RetentionPeriodInDays of [30, 1]) {
      const { Configuration, EarliestRestorePoint } = await change({ RetentionPeriodInDays });
      expect(Configuration).toMatchObject({ Status: 'ENABLED', RetentionPeriodInDays });
      expect(EarliestRestorePoint).toBe(before['EarliestRestorePoint']);
    }
    await put('b');
    expect(await patientsOf(await restoredAt(point))).toEqual(['a']);
  });
});
