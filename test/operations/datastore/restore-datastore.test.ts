import { describe, expect, test } from '@jest/globals';
import { createDatastore } from '../../../src/operations/datastore/create-datastore.ts';
import type { DatastoreRecord } from '../../../src/operations/datastore/datastore-record.ts';
import { restoreDatastore } from '../../../src/operations/datastore/restore-datastore.ts';
import type { RestoreDatastoreRequest } from '../../../src/operations/datastore/restore-datastore.ts';
import { FakeAccount } from './fake-account.ts';

const sourceId = 'a'.repeat(32);
const datastoreId = 'b'.repeat(32);
const clock = { now: () => 9_000, sleep: async () => {} };
const source: DatastoreRecord = {
  id: sourceId, name: 'Ward', status: 'ACTIVE', created: 1_000, secret: new Uint8Array(32).fill(7),
  omitted: ['Observation.value-string'], backup: { status: 'ENABLED', retentionDays: 3 }, run: 'create-a',
};

async function verbsOver(changes: Partial<DatastoreRecord> = {}) {
  const account = new FakeAccount();
  const { records } = account.ports;
  await records.replace(undefined, { ...source, ...changes });
  const backups = { window: async () => ({ enabled: 1_000, earliest: 2_000, latest: 8_000 }) };
  const dependencies = { ...account.ports, clock, newSecret: () => new Uint8Array(32).fill(1), backups };
  return {
    account,
    restore: (token: string, more: Partial<RestoreDatastoreRequest> = {}) =>
      restoreDatastore({ sourceId, point: 5_000, datastoreId, token, ...more }, dependencies),
    restoreWithoutBackup: () => restoreDatastore({ sourceId, point: 5_000, datastoreId, token: 'one' }, { ...dependencies, backups: { window: async () => undefined } }),
    create: (token: string) => createDatastore({ datastoreId, name: 'New', token }, dependencies),
    fail: async () => {
      account.running.clear();
      const seen = await records.read(datastoreId);
      await records.replace(seen, { ...seen!, status: 'CREATE_FAILED' });
    },
  };
}

describe('restoring a data store', () => {
  test('begins a new store that says of what moment of which store it is, filed as that one was', async () => {
    const { account, restore } = await verbsOver();
    expect(await restore('one')).toMatchObject({
      id: datastoreId, name: 'Ward', status: 'CREATING', created: 9_000, secret: source.secret, omitted: source.omitted,
      backup: source.backup, restored: { sourceId, point: 5_000 }, run: `restore-${datastoreId}-one`,
    });
    expect(await account.ports.records.read(datastoreId)).toMatchObject({ restored: { sourceId, point: 5_000 }, backup: source.backup });
    expect(account.runs.get(`restore-${datastoreId}-one`)).toMatchObject({ verb: 'restore', datastoreId });
  });

  test('takes a name and a backup of its own where they are given', async () => {
    const { restore } = await verbsOver();
    const backup = { status: 'DISABLED', retentionDays: 1 } as const;
    expect(await restore('one', { name: 'Copy', backup })).toMatchObject({ name: 'Copy', backup });
  });

  test('sent again with its token happens once, also when its moment is no longer kept', async () => {
    const { restore, restoreWithoutBackup } = await verbsOver();
    const first = await restore('one');
    expect(await restoreWithoutBackup()).toMatchObject({ created: first.created, run: first.run });
  });

  test.each([1_999, 8_001])('is refused for a moment that is not kept (%d), and says which are', async (point) => {
    const { restore } = await verbsOver();
    await expect(restore('one', { point })).rejects.toMatchObject({
      name: 'DatastoreInvalid', message: expect.stringContaining('from 1970-01-01T00:00:02.000Z to 1970-01-01T00:00:08.000Z'),
    });
  });

  test('is refused where there is no backup', async () => {
    const { restoreWithoutBackup } = await verbsOver();
    await expect(restoreWithoutBackup()).rejects.toMatchObject({ name: 'DatastoreInvalid' });
  });

  test.each([
    ['DELETED', 'DatastoreNotFound'], ['DELETING', 'DatastoreConflict'], ['CREATING', 'DatastoreConflict'], ['CREATE_FAILED', 'DatastoreConflict'],
  ] as const)('is refused from a store that is %s', async (status, name) => {
    const { restore } = await verbsOver({ status });
    await expect(restore('one')).rejects.toMatchObject({ name });
  });

  test('takes up a restore that failed, if it was to the same moment', async () => {
    const { fail, restore, create } = await verbsOver();
    await restore('one');
    await fail();
    await expect(restore('two', { point: 6_000 })).rejects.toMatchObject({ name: 'DatastoreConflict' });
    await expect(create('three')).rejects.toMatchObject({ name: 'DatastoreConflict' });
    expect(await restore('four')).toMatchObject({ status: 'CREATING', run: `restore-${datastoreId}-four` });
  });
});
