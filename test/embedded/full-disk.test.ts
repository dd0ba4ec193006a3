/** What a full disk is told as. That it is told so is the system's and SQLite's word. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { unlessFull, writeFailure } from '../../src/embedded/full-disk.ts';
import { StorageFull, TableUnavailable } from '../../src/ports/ordered-table.ts';

test('what SQLite says when it has no more pages is a full disk, anything else a table that is not available', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (c); PRAGMA max_page_count = 3');
  const told = (): string => {
    try {
      database.prepare('INSERT INTO t VALUES (?)').run(new Uint8Array(100_000));
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(writeFailure(told())).toBeInstanceOf(StorageFull);
  expect(writeFailure('disk I/O error')).not.toBeInstanceOf(StorageFull);
  expect(writeFailure('disk I/O error')).toBeInstanceOf(TableUnavailable);
});

test('so is what the system says of files', async () => {
  await expect(unlessFull(() => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })))).rejects.toBeInstanceOf(StorageFull);
  await expect(unlessFull(() => Promise.reject(new TypeError('other')))).rejects.toBeInstanceOf(TypeError);
});
