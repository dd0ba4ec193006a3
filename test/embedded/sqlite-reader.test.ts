/** Reads beside a writer whose commit falls between any two of their statements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sqliteReader } from '../../src/embedded/sqlite-reader.ts';
import { createSchema, maxInlineBodyBytes } from '../../src/embedded/sqlite-schema.ts';

let directory: string;
let writer: DatabaseSync;
let reader: DatabaseSync;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'caldera-reader-'));
  const path = join(directory, 'store.sqlite');
  writer = createSchema({ path, tables: ['items'], announced: [], consumers: [] });
  reader = new DatabaseSync(path, { readOnly: true });
});
afterEach(() => {
  reader.close();
  writer.close();
  rmSync(directory, { recursive: true });
});

const bodyOf = (fill: number): Uint8Array => new Uint8Array(maxInlineBodyBytes + 1).fill(fill);

function put(sk: string, fill: number): void {
  const { lastInsertRowid } = writer.prepare('INSERT INTO t_items_bodies (body) VALUES (?)').run(bodyOf(fill));
  writer.prepare('INSERT INTO t_items VALUES (?, ?, NULL, ?)').run('p', sk, BigInt(lastInsertRowid));
}

/** SQLite gives the number of the last row anew once that is gone. */
function replaceByAnother(): void {
  writer.exec("DELETE FROM t_items WHERE sk = 'mine'");
  put('theirs', 2);
}

/** The reader's database, after whose every statement something happens. */
function interrupted(database: DatabaseSync, happen: () => void): DatabaseSync {
  let pending = true;
  const hooked = (statement: StatementSync): StatementSync => new Proxy(statement, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'get' && name !== 'all') return typeof member === 'function' ? member.bind(target) : member;
      return (...values: unknown[]): unknown => {
        const result: unknown = (member as (...values: unknown[]) => unknown).apply(target, values);
        if (pending) happen();
        pending = false;
        return result;
      };
    },
  });
  return new Proxy(database, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => hooked(target.prepare(sql));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

test.each([
  ['get', async (table: ReturnType<typeof sqliteReader>) => table.get({ pk: 'p', sk: 'mine' }, { strong: true })],
  ['batchGet', async (table: ReturnType<typeof sqliteReader>) => (await table.batchGet([{ pk: 'p', sk: 'mine' }], { strong: true }))[0]],
  ['batchGet of what may be known', async (table: ReturnType<typeof sqliteReader>) =>
    (await table.batchGet([{ pk: 'p', sk: 'mine' }], { strong: true, isKnown: () => false }))[0]],
  ['query', async (table: ReturnType<typeof sqliteReader>) => (await table.query({ pk: 'p', limit: 5, strong: true })).items[0]],
  ['scan', async (table: ReturnType<typeof sqliteReader>) => (await table.scan({ segment: 0, segments: 1, limit: 5 })).items[0]],
])('%s never pairs an item with the body of another', async (_name, read) => {
  put('mine', 1);
  const found = await read(sqliteReader(interrupted(reader, replaceByAnother), 'items'));
  expect(found).toMatchObject({ sk: 'mine' });
  expect(Buffer.from(found!.body!).equals(bodyOf(1))).toBe(true);
  expect(await sqliteReader(reader, 'items').get({ pk: 'p', sk: 'mine' }, { strong: true })).toBeUndefined();
});

test('of many items those that are known come without their bodies', async () => {
  put('mine', 1);
  put('theirs', 2);
  const keys = ['mine', 'theirs', 'nobodys'].map((sk) => ({ pk: 'p', sk }));
  const found = await sqliteReader(reader, 'items').batchGet(keys, { strong: true, isKnown: ({ sk }) => sk === 'mine' });
  expect(found).toEqual([{ pk: 'p', sk: 'mine' }, { pk: 'p', sk: 'theirs', body: bodyOf(2) }, undefined]);
});
