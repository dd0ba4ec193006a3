import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { joinSqliteDatabase, openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import type { SqliteOptions } from '../../src/embedded/sqlite-database.ts';
import { maxPendingWrites, sqliteWriter } from '../../src/embedded/sqlite-writer-client.ts';
import { TableUnavailable } from '../../src/ports/ordered-table.ts';
import { compressedBody, plainBody } from '../../src/store/body.ts';
import { changeFeedContract } from '../contracts/change-feed.contract.ts';

const strong = { strong: true };
const feeds = { tables: ['resources', 'index'], announced: ['resources'], consumers: ['events', 'clean-up'] };

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'caldera-sqlite-'));
  path = join(directory, 'store.sqlite');
});
afterEach(() => rm(directory, { recursive: true }));
const opened = (options: Partial<SqliteOptions> = {}) => openSqliteDatabase({ path, ...feeds, ...options });
/** The number of rows of a table of the closed file. */
const rowsOf = (table: string) => {
  const database = new DatabaseSync(path);
  const { count } = database.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number };
  database.close();
  return count;
};

changeFeedContract('the SQLite outbox', async () => {
  const own = await mkdtemp(join(tmpdir(), 'caldera-outbox-'));
  const database = openSqliteDatabase({ path: join(own, 'store.sqlite'), ...feeds });
  return {
    table: database.table('resources'),
    feed: database.changeFeed('resources'),
    async close() {
      await database.close();
      await rm(own, { recursive: true });
    },
  };
});

describe('a SQLite file', () => {
  test('keeps items, changes and watermarks across close and reopen', async () => {
    const first = opened();
    const item = { pk: 'Patient/1', sk: '@', attributes: { version: 1 }, body: Buffer.alloc(3000, 1) };
    await first.table('resources').put({ ...item, announce: true });
    await first.table('index').put({ pk: 'x', sk: 'y' });
    const [change] = await first.changeFeed('resources').read('events', 10);
    await first.changeFeed('resources').acknowledge('events', change!.sequence);
    await first.close();
    const second = opened();
    expect((await second.table('resources').get(item, strong))?.body).toHaveLength(3000);
    expect(await second.table('index').get({ pk: 'x', sk: 'y' }, strong)).toEqual({ pk: 'x', sk: 'y' });
    expect(await second.changeFeed('resources').read('events', 10)).toEqual([]);
    expect(await second.changeFeed('resources').read('clean-up', 10)).toHaveLength(1);
    await second.close();
  });

  test('finishes writes under way before it closes and refuses those that come later', async () => {
    const database = opened();
    const table = database.table('resources');
    const puts = Array.from({ length: 500 }, (_, index) => table.put({ pk: 'p', sk: `k${index}` }));
    const closing = database.close();
    await expect(table.put({ pk: 'p', sk: 'late' })).rejects.toThrow(TableUnavailable);
    await Promise.all([...puts, closing]);
    await database.close();
    expect(rowsOf('t_resources')).toBe(500);
  });

  test('has the bodies of a table compressed by the thread that writes, where it is to, whatever they replace', async () => {
    const database = opened({ compressed: ['resources'] });
    const body = (letter: string) => plainBody(JSON.stringify({ div: letter.repeat(4000) }));
    const places = [{ pk: 'p', sk: 'new' }, { pk: 'p', sk: 'replaced' }];
    for (const name of ['resources', 'index']) {
      const table = database.table(name);
      await table.put({ ...places[1]!, attributes: { version: 1 }, body: body('a') });
      await table.put({ ...places[1]!, body: body('b') }, { attribute: 'version', equals: 1 });
      await table.batchWrite({ puts: [{ ...places[0]!, body: body('c') }] });
    }
    const bodiesOf = async (name: string) => (await database.table(name).batchGet(places, strong)).map((item) => Buffer.from(item!.body!));
    expect(await bodiesOf('resources')).toEqual([body('c'), body('b')].map((plain) => Buffer.from(compressedBody(plain))));
    expect(await bodiesOf('index')).toEqual([Buffer.from(body('c')), Buffer.from(body('b'))]);
    await database.close();
  });

  test('drops bodies with their items and changes behind every consumer', async () => {
    const database = opened();
    const table = database.table('resources');
    for (let version = 1; version <= 5; version++) {
      await table.put({ pk: 'p', sk: '@', attributes: { version }, body: Buffer.alloc(3000), announce: true });
    }
    await table.put({ pk: 'p', sk: 'gone', body: Buffer.alloc(3000) });
    await table.delete({ pk: 'p', sk: 'gone' });
    const feed = database.changeFeed('resources');
    const changes = await feed.read('events', 10);
    await feed.acknowledge('events', changes[4]!.sequence);
    await feed.acknowledge('clean-up', changes[2]!.sequence);
    await database.close();
    expect(rowsOf('t_resources_bodies')).toBe(1);
    expect(rowsOf('t_resources_outbox')).toBe(2);
  });

  test('forgets a consumer that is no longer named, which then keeps no changes', async () => {
    const first = opened();
    await first.table('resources').put({ pk: 'p', sk: '@', announce: true });
    await first.close();
    const second = opened({ consumers: ['events'] });
    const feed = second.changeFeed('resources');
    await feed.acknowledge('events', (await feed.read('events', 1))[0]!.sequence);
    await second.close();
    expect(rowsOf('t_resources_outbox')).toBe(0);
  });

  test('keeps changes of the keys that are followed, and of others from the moment on that they are', async () => {
    const database = opened({ consumers: ['events'], followed: ['DocumentReference/'] });
    const table = database.table('resources');
    const put = (pk: string) => table.put({ pk, sk: '@', announce: true });
    await put('Patient/1');
    await put('DocumentReference/1');
    database.follow(['Patient/']);
    await put('Patient/2');
    await put('DocumentReference/2');
    database.follow([]);
    await put('Patient/3');
    const changes = await database.changeFeed('resources').read('events', 10);
    expect(changes.map(({ item }) => item.pk)).toEqual(['DocumentReference/1', 'Patient/2']);
    await database.close();
  });

  test('keeps no changes that nobody reads', async () => {
    const database = opened({ consumers: [] });
    await database.table('resources').put({ pk: 'p', sk: '@', announce: true });
    await database.close();
    expect(rowsOf('t_resources_outbox')).toBe(0);
  });

  test('cuts its log when writing pauses and when it closes', async () => {
    const database = opened();
    const puts = Array.from({ length: 300 }, (_, index) => ({ pk: `p${index}`, sk: 'a', body: Buffer.alloc(5000) }));
    await database.table('resources').batchWrite({ puts });
    expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0);
    while ((await stat(`${path}-wal`)).size > 0) await setTimeout(20);
    expect(await database.table('resources').batchGet(puts, strong)).toHaveLength(300);
    await database.table('resources').batchWrite({ puts });
    await database.close();
    await expect(stat(`${path}-wal`)).rejects.toThrow('ENOENT');
  });

  test('a table that was not named at open is refused', async () => {
    const database = opened();
    expect(() => database.table('other')).toThrow(RangeError);
    expect(() => database.changeFeed('index')).toThrow(RangeError);
    await database.close();
    expect(() => opened({ tables: ['bad name'] })).toThrow(RangeError);
  });

  test('a second connection sees an item only together with its change', async () => {
    const database = opened();
    await database.table('resources').put({ pk: 'p', sk: '@', announce: true });
    const other = new DatabaseSync(path, { readOnly: true });
    expect(other.prepare('SELECT (SELECT count(*) FROM t_resources) = (SELECT count(*) FROM t_resources_outbox) AS same').get())
      .toEqual({ same: 1 });
    other.close();
    await database.close();
  });
});

describe.each([[false], [true]])('a thread that joins in, whose commits can wait: %s', (canWait) => {
  test('reads what others wrote, writes among them, and is told of its own requests alone', async () => {
    const database = opened({ logged: true });
    const joined = joinSqliteDatabase({ path, tables: feeds.tables, port: database.connect(canWait) });
    const [own, other] = [joined.table('resources'), database.table('resources')];
    await other.put({ pk: 'p', sk: 'first', attributes: { n: 1 } });
    expect(await own.get({ pk: 'p', sk: 'first' }, strong)).toEqual({ pk: 'p', sk: 'first', attributes: { n: 1 } });
    const logged = database.log.loggedBytes();
    const outcomes = await Promise.all([
      own.put({ pk: 'p', sk: 'a', body: Buffer.alloc(3000, 7) }), other.put({ pk: 'p', sk: 'first' }, { attribute: 'n', equals: 2 }),
      own.put({ pk: 'p', sk: 'first' }, { attribute: 'n', equals: 3 }), other.put({ pk: 'p', sk: 'b' }),
    ]);
    expect(outcomes.map(({ written }) => written)).toEqual([true, false, false, true]);
    expect(outcomes[2]).toMatchObject({ found: { sk: 'first', attributes: { n: 1 } } });
    await own.put({ pk: 'p', sk: 'c', body: Buffer.alloc(3000, 8) });
    // The answer to the main thread is of the same commit, and may be a moment behind.
    await other.put({ pk: 'p', sk: 'd' });
    expect(database.log.loggedBytes() - logged).toBeGreaterThan(6000);
    await joined.close();
    await expect(own.put({ pk: 'p', sk: 'late' })).rejects.toThrow(TableUnavailable);
    expect((await other.get({ pk: 'p', sk: 'a' }, strong))?.body).toHaveLength(3000);
    await database.close();
  });

  test('puts an item and others of another table in one commit, or none of them where the condition does not hold', async () => {
    const database = opened({ logged: true });
    const joined = joinSqliteDatabase({ path, tables: feeds.tables, port: database.connect(canWait) });
    const put = joined.putWith('resources', 'index');
    const unlessThere = { attribute: 'rev', absent: true } as const;
    const item = (rev: string) => ({ pk: 'p', sk: '@', attributes: { rev }, body: Buffer.alloc(300, 7) });
    const outcomes = await Promise.all([
      put(item('one'), unlessThere, [{ pk: 'x', sk: 'a' }, { pk: 'x', sk: 'b' }]),
      put(item('two'), unlessThere, [{ pk: 'x', sk: 'c' }]),
      put(item('three'), { attribute: 'rev', equals: 'one' }, []),
      joined.table('index').put({ pk: 'x', sk: 'd' }),
    ]);
    expect(outcomes).toMatchObject([{ written: true }, { written: false, found: { attributes: { rev: 'one' } } }, { written: true }, { written: true }]);
    const { items } = await database.table('index').query({ pk: 'x', limit: 9, strong: true });
    expect(items.map(({ sk }) => sk)).toEqual(['a', 'b', 'd']);
    expect(() => joined.putWith('resources', 'others')).toThrow(RangeError);
    await joined.close();
    await database.close();
  });

  test('has its requests rejected when the writer thread ends', async () => {
    const database = opened();
    const joined = joinSqliteDatabase({ path, tables: feeds.tables, port: database.connect(canWait) });
    await joined.table('index').put({ pk: 'p', sk: 'a' });
    await database.close();
    await setTimeout(0);
    await expect(joined.table('index').put({ pk: 'p', sk: 'b' })).rejects.toThrow(TableUnavailable);
    await joined.close();
  });
});

describe('commits that can wait', () => {
  test('end with what anybody else writes, and a condition is held against what is not committed yet', async () => {
    const database = opened({ logged: true });
    const joined = joinSqliteDatabase({ path, tables: feeds.tables, port: database.connect(true) });
    const [own, other] = [joined.table('resources'), database.table('resources')];
    for (let round = 1; round <= 20; round += 1) {
      const key = { pk: 'p', sk: `k${round}` };
      const [first, second] = await Promise.all([
        own.put({ ...key, attributes: { by: 'own' } }, { attribute: 'by', absent: true }),
        other.put({ ...key, attributes: { by: 'other' } }, { attribute: 'by', absent: true }),
      ]);
      expect(first.written).toBe(!second.written);
      expect((await other.get(key, strong))?.attributes).toEqual({ by: first.written ? 'own' : 'other' });
    }
    await joined.close();
    await database.close();
  });

  test('end by themselves, and when the store is closed', async () => {
    const database = opened();
    const joined = joinSqliteDatabase({ path, tables: feeds.tables, port: database.connect(true) });
    const index = joined.table('index');
    await index.put({ pk: 'p', sk: 'a' });
    const told = await Promise.all([index.put({ pk: 'p', sk: 'b' }), database.close()]).then(() => ['a', 'b'], () => ['a']);
    await joined.close();
    const reopened = opened();
    const { items } = await reopened.table('index').query({ pk: 'p', limit: 9, strong: true });
    // What was told of is there; what was on its way may be.
    expect(items.map(({ sk }) => sk).slice(0, told.length)).toEqual(told);
    await reopened.close();
  });

  test('do not make a request fail for another of the same commit', async () => {
    await opened({ tables: ['resources'], announced: [] }).close();
    const guard = new DatabaseSync(path);
    guard.exec(`CREATE TRIGGER guard BEFORE INSERT ON t_resources WHEN NEW.sk = 'bad' BEGIN SELECT RAISE(ABORT, 'guarded'); END`);
    guard.close();
    const database = opened({ tables: ['resources'], announced: [] });
    const joined = joinSqliteDatabase({ path, tables: ['resources'], port: database.connect(true) });
    const table = joined.table('resources');
    const early = table.put({ pk: 'p', sk: 'early', body: Buffer.alloc(2000, 5) });
    await setTimeout(5);
    const outcomes = await Promise.allSettled([early, table.put({ pk: 'p', sk: 'bad' }), table.put({ pk: 'p', sk: 'good' })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { items } = await table.query({ pk: 'p', limit: 9, strong: true });
    expect(items.map(({ sk }) => sk)).toEqual(['early', 'good']);
    await joined.close();
    await database.close();
  });
});

describe('the writer thread', () => {
  const layout = { tables: ['resources'], announced: [], consumers: [] };

  test('that crashes rejects everything pending and everything later, and says so', async () => {
    const crashed: Error[] = [];
    const writer = sqliteWriter({ path: join(directory, 'missing', 'store.sqlite'), ...layout }, (error) => crashed.push(error));
    const puts = Array.from({ length: 3 }, (_, index) => writer.put(0, { pk: 'p', sk: `k${index}` }));
    const outcomes = await Promise.allSettled(puts);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof TableUnavailable)).toEqual([true, true, true]);
    expect(crashed).toHaveLength(1);
    await expect(writer.put(0, { pk: 'p', sk: 'later' })).rejects.toThrow(TableUnavailable);
    await writer.close();
  });

  test('a request that fails inside a group fails alone', async () => {
    await opened({ tables: ['resources'], announced: [] }).close();
    const guard = new DatabaseSync(path);
    guard.exec(`CREATE TRIGGER guard BEFORE INSERT ON t_resources WHEN NEW.sk = 'bad' BEGIN SELECT RAISE(ABORT, 'guarded'); END`);
    guard.close();
    const writer = sqliteWriter({ path, ...layout }, () => {});
    const bodies = { body: Buffer.alloc(2000, 5) };
    const outcomes = await Promise.allSettled([
      writer.put(0, { pk: 'p', sk: 'a', ...bodies }),
      writer.batchWrite(0, { puts: [{ pk: 'p', sk: 'whole', ...bodies }, { pk: 'p', sk: 'bad', ...bodies }] }),
      writer.put(0, { pk: 'p', sk: 'b', attributes: { n: 1 }, ...bodies }),
      writer.put(0, { pk: 'p', sk: 'b' }, { attribute: 'n', equals: 2 }),
    ]);
    await writer.close();
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[3]).toMatchObject({ value: { written: false, found: { sk: 'b', attributes: { n: 1 } } } });
    expect(rowsOf('t_resources')).toBe(2);
    expect(rowsOf('t_resources_bodies')).toBe(2);
  });

  test('callers beyond the bound of waiting writes are turned away', async () => {
    await opened({ tables: ['resources'], announced: [] }).close();
    const writer = sqliteWriter({ path, ...layout }, () => {});
    const item = { pk: 'p', sk: 'k' };
    const batch = { puts: Array.from({ length: maxPendingWrites + 1 }, () => item) };
    const first = writer.batchWrite(0, batch);
    await expect(writer.put(0, item)).rejects.toThrow(TableUnavailable);
    await first;
    expect(await writer.put(0, item)).toEqual({ written: true });
    await writer.close();
  });
});

describe('kill -9', () => {
  test.each([500, 3000])('after %d acknowledged puts loses none of them', async (count) => {
    const script = fileURLToPath(new URL('./sqlite-acknowledged-puts.ts', import.meta.url));
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    for await (const sk of createInterface({ input: child.stdout })) {
      acknowledged.push(sk);
      if (acknowledged.length === count) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const database = opened({ tables: ['resources'], consumers: ['all'] });
    const found = await database.table('resources').batchGet(acknowledged.map((sk) => ({ pk: `p${sk}`, sk })), strong);
    expect(acknowledged.length).toBeGreaterThanOrEqual(count);
    expect(found.filter((item) => item?.body?.length !== 2000)).toEqual([]);
    const changes = await database.changeFeed('resources').read('all', 1_000_000);
    const announced = new Set(changes.map(({ item }) => item.sk));
    expect(acknowledged.filter((sk) => !announced.has(sk))).toEqual([]);
    await database.close();
  });
});
