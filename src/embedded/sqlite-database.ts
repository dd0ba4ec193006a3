/**
 * A data store's tables in one SQLite file: written by a thread of its own under group commits, read by this one.
 *
 * A write is acknowledged when its commit has reached the disk, and every read that begins afterwards sees it. All
 * reads are strong. Tables named in `announced` have a change feed, kept in the same commits.
 */
import { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import type { ChangeFeed } from '../ports/change-feed.ts';
import type { Condition, Item, OrderedTable, WriteOutcome } from '../ports/ordered-table.ts';
import { checkItem, checkKey } from '../ports/table-limits.ts';
import { sqliteChangeFeed } from './sqlite-change-feed.ts';
import { sqliteReader } from './sqlite-reader.ts';
import { busyTimeoutMs, createSchema, joinedReaderCacheKb, readerCacheKb } from './sqlite-schema.ts';
import { joinedWriter, sqliteWriter } from './sqlite-writer-client.ts';
import type { SqliteWriter, WriterThread } from './sqlite-writer-client.ts';

export interface SqliteOptions {
  /** The file; its directory exists, and only one process has it open. */
  readonly path: string;
  /** Words of `a-z`, digits and `_`. Tables of an earlier start that are not named stay as they are. */
  readonly tables: readonly string[];
  /** As in `SqliteLayout`. */
  readonly compressed?: readonly string[];
  readonly announced?: readonly string[];
  /** The change feeds' consumers, registered from the first announced put they have not acknowledged. */
  readonly consumers?: readonly string[];
  /** What the keys begin with whose puts the change feeds carry; all when absent. */
  readonly followed?: readonly string[];
  /** Keeps a log of all that is written, for backups (backup-log.ts). Whoever asks for it trims it. */
  readonly logged?: boolean;
  /** Told when the writer thread ends by itself; unless given, the error is thrown and ends the process. */
  readonly onCrash?: (error: Error) => void;
}

export interface SqliteDatabase {
  /** @throws RangeError when the table was not named at open. */
  table(name: string): OrderedTable;
  /** As `StoreContext.putWithEntries`, of the tables with these names. @throws RangeError when one was not named at open */
  putWith(name: string, others: string): (item: Item, condition: Condition, puts: readonly Item[]) => Promise<WriteOutcome>;
  /** @throws RangeError when the table is not announced. */
  changeFeed(name: string): ChangeFeed;
  /** From here on the change feeds carry what has keys that begin so. */
  follow(prefixes: readonly string[]): void;
  readonly log: Pick<WriterThread, 'trimLog' | 'loggedBytes' | 'setLogging'>;
  /** A port by which another thread of this process joins in: `joinSqliteDatabase`. It leaves before this is closed. */
  connect(canWait?: boolean): MessagePort;
  /** Whether the thread that writes is not behind with what it was sent from here: it can compress bodies too. */
  hasTime(): boolean;
  /** Finishes what is under way, cuts the log and frees the file. */
  close(): Promise<void>;
}

/** What a thread needs to join in. */
export interface SqliteConnection {
  readonly path: string;
  /** All tables of the file, in the order in which it was opened with them. */
  readonly tables: readonly string[];
  readonly port: MessagePort;
  /** Of the change feeds' consumers, those that the thread stands for. */
  readonly consumers?: readonly string[];
}

/** The tables of a database that the main thread has open: reads are as strong, and writes share its commits. */
export function joinSqliteDatabase({ path, tables, port, consumers = [] }: SqliteConnection): Pick<SqliteDatabase, 'table' | 'putWith' | 'changeFeed' | 'hasTime' | 'close'> {
  const reader = openReader(path, joinedReaderCacheKb);
  const writer = joinedWriter(port);
  const opened = new Map(tables.map((name, index) => [name, sqliteTable(reader, writer, { name, index })]));
  return {
    table: (name) => named(opened, name),
    putWith: puttingWith(writer, tables),
    hasTime: writer.hasTime,
    changeFeed: (name) => sqliteChangeFeed(reader, writer, { name, index: tables.indexOf(name), consumers }),
    async close() {
      reader.close();
      await writer.close();
    },
  };
}

function openReader(path: string, cacheKb: number): DatabaseSync {
  const reader = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
  reader.exec(`PRAGMA cache_size = -${cacheKb}`);
  reader.prepare('SELECT count(*) FROM sqlite_schema').get();
  return reader;
}

export function openSqliteDatabase(options: SqliteOptions): SqliteDatabase {
  const { path, tables, compressed = [], announced = [], consumers = [], followed, logged = false, onCrash = throwLoudly } = options;
  const layout = { path, tables: [...tables], compressed: [...compressed], announced: [...announced], consumers: [...consumers], ...(followed && { followed: [...followed] }), logged };
  const creator = createSchema(layout);
  const reader = openReader(path, readerCacheKb);
  creator.close();
  const writer = sqliteWriter(layout, onCrash);
  const opened = new Map(tables.map((name, index) => [name, sqliteTable(reader, writer, { name, index })]));
  return {
    log: writer,
    follow: writer.follow,
    connect: writer.connect,
    table: (name) => named(opened, name),
    putWith: puttingWith(writer, tables),
    hasTime: writer.hasTime,
    changeFeed(name) {
      if (!announced.includes(name)) throw new RangeError(`The table '${name}' is not announced.`);
      return sqliteChangeFeed(reader, writer, { name, index: tables.indexOf(name), consumers });
    },
    async close() {
      if (reader.isOpen) reader.close();
      await writer.close();
    },
  };
}

function sqliteTable(reader: DatabaseSync, writer: SqliteWriter, table: { name: string; index: number }): OrderedTable {
  return {
    ...sqliteReader(reader, table.name),
    async put(item, condition) {
      checkItem(item);
      return writer.put(table.index, item, condition);
    },
    async delete(key, condition) {
      checkKey(key);
      return writer.delete(table.index, key, condition);
    },
    async batchWrite(batch) {
      batch.puts?.forEach(checkItem);
      batch.deletes?.forEach(checkKey);
      return writer.batchWrite(table.index, batch);
    },
  };
}

function puttingWith(writer: SqliteWriter, tables: readonly string[]): SqliteDatabase['putWith'] {
  return (name, others) => {
    const [table, other] = [numberOf(tables, name), numberOf(tables, others)];
    return async (item, condition, puts) => {
      checkItem(item);
      puts.forEach(checkItem);
      return writer.putWith({ table, item, condition }, { table: other, puts });
    };
  };
}

function numberOf(tables: readonly string[], name: string): number {
  const table = tables.indexOf(name);
  if (table === -1) throw new RangeError(`There is no table '${name}'.`);
  return table;
}

function named(tables: ReadonlyMap<string, OrderedTable>, name: string): OrderedTable {
  const table = tables.get(name);
  if (table === undefined) throw new RangeError(`There is no table '${name}'.`);
  return table;
}

function throwLoudly(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
