import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readArchive } from '../../src/embedded/backup-archive.ts';
import { pinParts, rebuild } from '../../src/embedded/backup-restore.ts';
import { backUp } from '../../src/embedded/backup-round.ts';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import type { SqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import { storeBackup } from '../../src/embedded/store-backup.ts';
import type { StoreBackup } from '../../src/embedded/store-backup.ts';
import { systemClock } from '../../src/machine/system-clock.ts';

const everything = mkdtempSync(join(tmpdir(), 'caldera-backup-'));
const tables = ['resources', 'jobs'];
let root: string;
let database: SqliteDatabase;
let backup: StoreBackup;

const place = (name: string) => join(root, name);
const failLoudly = (error: unknown): never => {
  throw error;
};
const open = (): void => {
  database = openSqliteDatabase({ path: place('store.sqlite'), tables, logged: true });
  const files = { database, databaseFile: place('store.sqlite'), folder: place('backup') };
  backup = storeBackup({ ...files, retentionDays: 7, clock: systemClock, report: failLoudly });
};
const close = async (): Promise<void> => {
  await backup.close();
  await database.close();
};

beforeEach(() => {
  root = mkdtempSync(join(everything, 'store-'));
  open();
});
afterEach(() => close());
afterAll(() => rmSync(everything, { recursive: true }));

let restores = 0;

/** All rows of `resources` as they were at the moment. */
async function restored(point: number): Promise<ReadonlyMap<string, string>> {
  const to = place(`restored-${(restores += 1)}`);
  await backup.pin(join(to, 'parts'), point);
  rebuild({ parts: join(to, 'parts'), point, tables, objectsFrom: place('objects'), databaseFile: join(to, 'store.sqlite'), objectsFolder: join(to, 'objects') });
  return rows(join(to, 'store.sqlite'));
}

function rows(file: string): ReadonlyMap<string, string> {
  const copy = new DatabaseSync(file, { readOnly: true });
  const found = copy.prepare(`SELECT sk, attributes, CASE typeof(body) WHEN 'integer'
    THEN (SELECT body FROM t_resources_bodies WHERE id = t_resources.body) ELSE body END AS body FROM t_resources`).all();
  const jobs = copy.prepare('SELECT count(*) AS jobs FROM t_jobs').get();
  copy.close();
  expect(jobs).toEqual({ jobs: 0 });
  return new Map((found as unknown as { sk: string; attributes: string; body: Uint8Array }[]).map(({ sk, attributes, body }) =>
    [sk, `${attributes} ${Buffer.from(body).toString()}`]));
}

/** A moment that nothing else has: behind all that was sent before, and before all that is sent after. */
async function moment(): Promise<number> {
  await systemClock.sleep(2);
  const point = Date.now();
  await systemClock.sleep(2);
  return point;
}

const text = (value: string) => new TextEncoder().encode(value);
const put = (sk: string, value: number) =>
  database.table('resources').put({ pk: 'p', sk, attributes: { value }, body: text(`${sk} ${value} ${'x'.repeat(value % 300)}`) });
const row = (sk: string, value: number) => `{"value":${value}} ${sk} ${value} ${'x'.repeat(value % 300)}`;

describe('a backup', () => {
  test('restores every moment between writes exactly', async () => {
    const points: { point: number; rows: ReadonlyMap<string, string> }[] = [];
    const state = new Map<string, string>();
    for (let step = 0; step < 6; step += 1) {
      await put(`k${step % 5}`, step);
      state.set(`k${step % 5}`, row(`k${step % 5}`, step));
      if (step % 3 === 2) {
        await database.table('resources').delete({ pk: 'p', sk: 'k2' });
        state.delete('k2');
      }
      points.push({ point: await moment(), rows: new Map(state) });
    }
    for (const { point, rows: expected } of points) expect(await restored(point)).toEqual(expected);
  });

  test('holds at any moment among many writers what was acknowledged by then, and nothing that was sent later', async () => {
    const sent = new Map<string, number>();
    const acknowledged = new Map<string, number>();
    const moments: number[] = [];
    const writer = async (name: number): Promise<void> => {
      for (let count = 0; count < 150; count += 1) {
        const sk = `${name}-${count}`;
        sent.set(sk, Date.now());
        await put(sk, count);
        acknowledged.set(sk, Date.now());
      }
    };
    const watcher = async (): Promise<void> => {
      for (let count = 0; count < 6; count += 1) {
        await systemClock.sleep(7 * (count + 1));
        moments.push(Date.now());
        // Files are made of the log while others write.
        if (count % 2 === 0) await backup.pin(place(`unused-${count}`), moments.at(-1)! - 1);
      }
    };
    await Promise.all([...Array.from({ length: 20 }, (_, name) => writer(name)), watcher()]);
    for (const point of [...moments, await moment()]) {
      const found = await restored(point);
      expect([...acknowledged].filter(([sk, at]) => at < point && !found.has(sk))).toEqual([]);
      expect([...found.keys()].filter((sk) => sent.get(sk)! > point)).toEqual([]);
    }
    expect((await restored(Date.now() - 1)).size).toBe(3000);
  });

  test('carries conditions out again as they came out', async () => {
    const { put: putIf } = database.table('resources');
    const body = text('b');
    const attempts = Array.from({ length: 10 }, (_, value) => putIf({ pk: 'p', sk: 'one', attributes: { value }, body }, { attribute: 'value', absent: true }));
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter(({ written }) => written)).toHaveLength(1);
    expect(await restored(await moment())).toEqual(new Map([['one', '{"value":0} b']]));
  });

  test('keeps a write that failed alone out, and those beside it in', async () => {
    const guard = new DatabaseSync(place('store.sqlite'));
    guard.exec(`CREATE TRIGGER guard BEFORE INSERT ON t_resources WHEN NEW.sk = 'bad' BEGIN SELECT RAISE(ABORT, 'guarded'); END`);
    guard.close();
    const outcomes = await Promise.allSettled([put('one', 1), put('bad', 2), put('two', 3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([...(await restored(await moment())).keys()]).toEqual(['one', 'two']);
  });

  test('goes on over restarts, whether or not the log was in files', async () => {
    await put('one', 1);
    const first = await moment();
    await close();
    open();
    await put('two', 2);
    const second = await moment();
    await backup.pin(place('unused'), second);
    await close();
    open();
    await put('three', 3);
    expect([...(await restored(first)).keys()]).toEqual(['one']);
    expect([...(await restored(second)).keys()]).toEqual(['one', 'two']);
    expect((await restored(await moment())).size).toBe(3);
  });

  test('takes what is in files out of the database', async () => {
    for (let count = 0; count < 10; count += 1) await put(`k${count}`, count);
    await restored(await moment());
    const found = new DatabaseSync(place('store.sqlite'), { readOnly: true });
    expect(found.prepare('SELECT count(*) AS count FROM backup_log').get()).toMatchObject({ count: expect.any(Number) });
    const { count } = found.prepare('SELECT count(*) AS count FROM backup_log').get() as { count: number };
    found.close();
    expect(count).toBeLessThan(4);
  });

  test('leaves jobs to the store that runs them', async () => {
    await database.table('jobs').put({ pk: 'j', sk: '1', body: new Uint8Array(500) });
    await restored(await moment());
  });

  test('can restore from when the store was made to the moment before now', async () => {
    const { enabled, earliest, latest } = backup.window()!;
    expect(enabled).toBeLessThanOrEqual(Date.now());
    expect(earliest).toBe(enabled);
    expect(latest).toBeGreaterThanOrEqual(earliest);
    await expect(backup.pin(place('early'), earliest - 1)).rejects.toThrow('does not reach back');
    await expect(backup.pin(place('late'), Date.now() + 1000)).rejects.toThrow('not past yet');
  });

  test('says that it is damaged when messages are missing or come out otherwise', async () => {
    for (const sk of ['one', 'two', 'three']) {
      await put(sk, 1);
      await backup.pin(place(sk), await moment());
    }
    const [, lost] = readArchive(place('backup')).logs;
    const point = await moment();
    rmSync(join(place('backup'), lost!.name));
    await expect(restored(point)).rejects.toThrow('damaged');
  });
});

describe('a round of a backup', () => {
  const round = (now: number, whole = true) => backUp({ databaseFile: place('store.sqlite'), folder: place('backup'), retentionDays: 7, now, whole });

  test('may be repeated, and removes what a crash left half-written', async () => {
    await put('one', 1);
    round(Date.now());
    const names = readdirSync(place('backup'));
    writeFileSync(join(place('backup'), 'log-9-9-1-1-1.zst.draft'), 'half');
    round(Date.now());
    expect(readdirSync(place('backup'))).toEqual(names);
  });

  test('puts every message into a file once, also when the database still has it', async () => {
    await put('one', 1);
    round(Date.now());
    await put('two', 2);
    round(Date.now());
    const { logs } = readArchive(place('backup'));
    expect(logs.map(({ first, last }) => [first, last])).toEqual([[1, 1], [2, 2]]);
  });

  test('begins again where the database is not the one that the files are of', async () => {
    await put('one', 1);
    await put('two', 2);
    round(Date.now());
    await close();
    for (const name of ['store.sqlite', 'store.sqlite-wal', 'store.sqlite-shm']) rmSync(place(name), { force: true });
    open();
    await put('other', 1);
    const { bases, logs } = readArchive(place('backup'));
    expect([bases.length, logs.length]).toEqual([1, 1]);
    round(Date.now());
    expect(readArchive(place('backup')).logs).toEqual([]);
    expect([...(await restored(await moment())).keys()]).toEqual(['other']);
  });
});

describe('pinning', () => {
  test('needs no further disk than names', async () => {
    await put('one', 1);
    await backup.pin(place('parts'), await moment());
    const { bases: [base], logs } = readArchive(place('parts'));
    expect([base, ...logs]).toHaveLength(2);
    pinParts(place('backup'), place('again'), Date.now());
    expect(readArchive(place('again'))).toMatchObject({ bases: [{ name: base!.name }] });
  });
});
