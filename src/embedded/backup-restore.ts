/**
 * Makes the files of a data store as another one was at a moment: a base of its backup, then the log up to the moment
 * carried out again, then the objects that its versions name. Runs in a thread of its own (backup-thread.ts); what a
 * crash leaves half-made is of no use and begun anew.
 */
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { partsFor, readArchive } from './backup-archive.ts';
import { backupLogRemoval, messageOf } from './backup-log.ts';
import type { LoggedMessage } from './backup-log.ts';
import { decodeLog } from './backup-log-file.ts';
import { flush } from './durable-files.ts';
import { busyTimeoutMs, createSchema, writerCacheKb } from './sqlite-schema.ts';
import { messageCursor, readRequest, sqliteWrites } from './sqlite-writes.ts';

export interface RebuildTask {
  /** Holds the files that {@link pinParts} linked. */
  readonly parts: string;
  /** Milliseconds since the epoch. */
  readonly point: number;
  /** The tables of the store in the order in which they are opened. */
  readonly tables: readonly string[];
  /** As they were when the log was written, and are from now on. */
  readonly compressed?: readonly string[];
  /** Objects of the source. */
  readonly objectsFrom: string;
  /** What is made: neither is there yet. */
  readonly databaseFile: string;
  readonly objectsFolder: string;
}

/** The moment cannot be restored. */
export class RestoreImpossible extends Error {
  override readonly name = 'RestoreImpossible';
}

/** Messages of the log that are carried out under one commit: none of them needs to be durable before the end. */
const groupMessages = 500;

/**
 * Links the files that the moment is made of into a folder, so that the backup can go on and let go of them.
 * @throws RestoreImpossible when the backup does not reach back so far
 */
export function pinParts(backupFolder: string, folder: string, point: number): void {
  const parts = partsFor(readArchive(backupFolder), point);
  if (parts === undefined) throw new RestoreImpossible('The backup of the data store does not reach back to the moment.');
  mkdirSync(folder, { recursive: true });
  for (const { name } of [parts.base, ...parts.logs]) linkSync(join(backupFolder, name), join(folder, name));
}

export function rebuild({ parts: folder, point, tables, compressed = [], objectsFrom, databaseFile, objectsFolder }: RebuildTask): void {
  const { bases: [base], logs } = readArchive(folder);
  copyFileSync(join(folder, base!.name), databaseFile, constants.COPYFILE_FICLONE);
  // What later versions have added to the schema since the base was made; nothing is logged while the log is carried out.
  const layout = { path: databaseFile, tables, compressed, announced: [], consumers: [] };
  createSchema(layout).close();
  const database = new DatabaseSync(databaseFile, { timeout: busyTimeoutMs });
  try {
    database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${writerCacheKb}; PRAGMA temp_store = MEMORY`);
    const run = sqliteWrites(database, layout);
    let sequence = base!.sequence;
    for (const { name } of logs) {
      const logged = [...decodeLog(readFileSync(join(folder, name)))];
      const wanted = logged.filter((message) => message.sequence > sequence && message.at <= point);
      inGroups(database, wanted, (message) => carryOutAgain(message, (sequence += 1), run));
    }
    // Asynchronous work is the source's, and goes on there.
    database.exec(`DELETE FROM t_jobs; ${backupLogRemoval}`);
    linkObjects(database, objectsFrom, objectsFolder);
  } finally {
    database.close();
  }
  flush(databaseFile);
}

function inGroups(database: DatabaseSync, messages: readonly LoggedMessage[], carryOut: (message: LoggedMessage) => void): void {
  for (let from = 0; from < messages.length; from += groupMessages) {
    database.exec('BEGIN');
    messages.slice(from, from + groupMessages).forEach(carryOut);
    database.exec('COMMIT');
  }
}

/** @throws RestoreImpossible when it is not the next message, or comes out otherwise than it did */
function carryOutAgain(logged: LoggedMessage, sequence: number, run: ReturnType<typeof sqliteWrites>): void {
  const cursor = messageCursor(messageOf(logged));
  let exceptions = 0;
  while (cursor.field < cursor.fields.length) if (run(readRequest(cursor)) !== true) exceptions += 1;
  if (logged.sequence === sequence && exceptions === logged.exceptions) return;
  throw new RestoreImpossible(`The backup of the data store is damaged at message ${sequence} of its log.`);
}

interface Named {
  readonly sk: string;
  readonly name: string;
}

/** Objects are never written again, so a second name is as good as a copy, and outlives the source. */
function linkObjects(database: DatabaseSync, from: string, to: string): void {
  const named = database.prepare(`
    SELECT sk, attributes ->> field.value AS name FROM t_resources, json_each('["object", "content"]') AS field
    WHERE name IS NOT NULL AND pk NOT LIKE 'placed/%'`);
  const folders = new Set<string>();
  for (const row of named.iterate()) {
    const { sk, name } = row as unknown as Named;
    const path = join(to, ...name.split('/'));
    mkdirSync(dirname(path), { recursive: true });
    folders.add(dirname(path));
    linkObject({ sk, from: join(from, ...name.split('/')), to: path });
  }
  for (const folder of folders) flush(folder);
}

function linkObject({ sk, from, to }: { readonly sk: string; readonly from: string; readonly to: string }): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // `@` and the past version that it is going to be may name the same object while an update is under way.
    if (code === 'EEXIST') return;
    // An intent that came to nothing, of which the clean-up has removed the object since.
    if (code === 'ENOENT' && sk.startsWith('i#')) return;
    throw error;
  }
}
