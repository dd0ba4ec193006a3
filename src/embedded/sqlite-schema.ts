/**
 * How a data store lies in one SQLite file (https://www.sqlite.org/withoutrowid.html, https://www.sqlite.org/wal.html).
 *
 * A table is a b-tree of `(pk, sk, attributes, body)` in key order; bodies over `maxInlineBodyBytes` lie in a table of
 * their own in the order of arrival, so that the key tree stays shallow and bodies' pages full (2.6 kB for a resource of
 * 13 entries and 600 random bytes, against 3.1 kB with bodies in the tree). SQLite compares TEXT by its UTF-8 bytes.
 */
import { DatabaseSync } from 'node:sqlite';
import { backupLogDefinition, backupLogRemoval } from './backup-log.ts';

/** Pages of 4 KB: a put dirties a whole page per entry, so 8 KB ones write half as much again to disk. */
export const pageSizeBytes = 4096;

/** Larger bodies leave the key tree. Index entries have none; this is for small records and intents. */
export const maxInlineBodyBytes = 100;

/** The writer's page cache: the inner nodes of a tree of some million entries and its hot leaves. */
export const writerCacheKb = 32 * 1024;

/** The reader's page cache, emptied by every commit and so worth less. */
export const readerCacheKb = 8 * 1024;

/** That of a thread which joins in: imports look whether resources are there, and seldom read one. */
export const joinedReaderCacheKb = 2 * 1024;

/** How long a connection waits for a lock; only recovery after a crash and checkpoints hold one. */
export const busyTimeoutMs = 10_000;

export interface SqliteLayout {
  readonly path: string;
  readonly tables: readonly string[];
  /** Tables that compress the bodies which they are given plain (store/body.ts): the writer has the time. None when absent. */
  readonly compressed?: readonly string[];
  /** Tables whose announced puts the change feed carries. */
  readonly announced: readonly string[];
  /** The change feed's consumers; those of an earlier start that are not named here are forgotten. */
  readonly consumers: readonly string[];
  /** What the keys begin with whose puts the change feed carries; all when absent. The writer changes it when it is told to. */
  followed?: readonly string[];
  /** Whether what is written is logged for backups; where it is not, an earlier log goes. */
  readonly logged?: boolean;
}

/** Creates what is missing and registers the consumers. */
export function createSchema(layout: SqliteLayout): DatabaseSync {
  const database = new DatabaseSync(layout.path, { timeout: busyTimeoutMs });
  database.exec(`PRAGMA page_size = ${pageSizeBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
  database.exec('BEGIN IMMEDIATE');
  for (const table of layout.tables) database.exec(tableDefinition(quoted(table)));
  database.exec('CREATE TABLE IF NOT EXISTS consumers (consumer TEXT, feed TEXT, acknowledged INTEGER NOT NULL, ' +
    'PRIMARY KEY (consumer, feed)) STRICT, WITHOUT ROWID');
  database.exec(layout.logged ? backupLogDefinition : backupLogRemoval);
  for (const table of layout.announced) registerConsumers(database, table, layout.consumers);
  database.exec('COMMIT');
  return database;
}

function tableDefinition(name: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${name} (
      pk TEXT NOT NULL, sk TEXT NOT NULL, attributes TEXT, body ANY, PRIMARY KEY (pk, sk)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ${name}_bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
    CREATE TRIGGER IF NOT EXISTS ${name}_replaced AFTER UPDATE ON ${name} WHEN typeof(OLD.body) = 'integer'
      BEGIN DELETE FROM ${name}_bodies WHERE id = OLD.body; END;
    CREATE TRIGGER IF NOT EXISTS ${name}_deleted AFTER DELETE ON ${name} WHEN typeof(OLD.body) = 'integer'
      BEGIN DELETE FROM ${name}_bodies WHERE id = OLD.body; END;`;
}

function registerConsumers(database: DatabaseSync, table: string, consumers: readonly string[]): void {
  database.exec(`CREATE TABLE IF NOT EXISTS ${quoted(table)}_outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, pk TEXT NOT NULL, sk TEXT NOT NULL, attributes TEXT) STRICT`);
  const known = database.prepare('SELECT consumer FROM consumers WHERE feed = ?').all(table) as { consumer: string }[];
  for (const { consumer } of known) {
    if (!consumers.includes(consumer)) {
      database.prepare('DELETE FROM consumers WHERE feed = ? AND consumer = ?').run(table, consumer);
    }
  }
  for (const consumer of consumers) {
    database.prepare('INSERT OR IGNORE INTO consumers VALUES (?, ?, 0)').run(consumer, table);
  }
}

/** Table names are written into statements; @throws RangeError when one is not a plain word. */
export function quoted(table: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(table)) throw new RangeError(`A table cannot be named '${table}'.`);
  return `t_${table}`;
}
