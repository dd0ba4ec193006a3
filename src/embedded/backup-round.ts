/**
 * One round of a data store's backup: puts what its log has into files, makes a base when one is due, and removes what is
 * older than the retention. May be cut off anywhere and be run again. Runs in a thread of its own (backup-thread.ts).
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { archiveOf, baseName, draftSuffix, isBaseDue, lastArchived, logName, outdated, readArchive, sinceName } from './backup-archive.ts';
import { loggedBytes, messageBytes } from './backup-log.ts';
import type { LoggedMessage } from './backup-log.ts';
import { encodeLog, logFileBytes, release } from './backup-log-file.ts';
import { flush, renameDurably, writeDurably } from './durable-files.ts';
import { busyTimeoutMs } from './sqlite-schema.ts';

export interface BackupRound {
  readonly databaseFile: string;
  readonly folder: string;
  readonly retentionDays: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Also what does not fill a file: whatever has been committed is in the archive then. */
  readonly whole: boolean;
}

export interface RoundResult {
  /** Up to this message the log is in files. */
  readonly archived: number;
  /** What was put into files, in bytes of the log. */
  readonly archivedBytes: number;
  /** The last message of each file that was made. */
  readonly ends: readonly number[];
}

/** So much of a disk must remain free when a base has been made: room for the store is worth more. */
const freePart = 0.1;

export function backUp({ databaseFile, folder, retentionDays, now, whole }: BackupRound): RoundResult {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.includes(draftSuffix)) rmSync(join(folder, name));
  const database = new DatabaseSync(databaseFile, { timeout: busyTimeoutMs, readOnly: true });
  try {
    const place = { database, databaseFile, folder, now };
    if (isBroken(place)) forgetAll(folder);
    if (readArchive(folder).bases.length === 0) makeBase(place);
    const { archivedBytes, ends } = writeLogs(place, whole);
    if (isBaseDue(readArchive(folder), statSync(databaseFile).size) && hasRoom(place)) makeBase(place);
    for (const name of outdated(readArchive(folder), { now, retentionDays })) rmSync(join(folder, name));
    return { archived: lastArchived(readArchive(folder)), archivedBytes, ends };
  } finally {
    database.close();
  }
}

interface Place {
  readonly database: DatabaseSync;
  readonly databaseFile: string;
  readonly folder: string;
  readonly now: number;
}

/**
 * The log goes on behind what the archive has, unless somebody has put other files in the place of these. Without a next
 * message nothing can be restored past the gap, so the archive begins again.
 */
function isBroken({ database, folder }: Place): boolean {
  const archive = readArchive(folder);
  if (archive.bases.length === 0) return archive.logs.length > 0;
  const { first, last } = logBounds(database);
  const archived = lastArchived(archive);
  return (last ?? 0) < archived || (first ?? 0) > archived + 1;
}

function logBounds(database: DatabaseSync): { readonly first: number | null; readonly last: number | null; readonly at: number | null } {
  const bounds = database.prepare('SELECT min(sequence) AS first, max(sequence) AS last, max(at) AS at FROM backup_log').get();
  return bounds as { first: number | null; last: number | null; at: number | null };
}

function forgetAll(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
}

function writeLogs({ database, databaseFile, folder }: Place, whole: boolean): Omit<RoundResult, 'archived'> {
  const select = database.prepare('SELECT sequence, at, exceptions, fields, bodies FROM backup_log WHERE sequence > ? ORDER BY sequence');
  let messages: LoggedMessage[] = [];
  let [fileBytes, rawBytes] = [0, 0];
  let archivedBytes = 0;
  const ends: number[] = [];
  const write = (): void => {
    if (messages.length === 0) return;
    const [first, last] = [messages[0]!, messages.at(-1)!];
    const name = logName({ first: first.sequence, last: last.sequence, from: first.at, to: last.at, rawBytes });
    const path = join(folder, name);
    flushLog(databaseFile);
    const encoded = encodeLog(messages);
    writeDurably(path, encoded, path + draftSuffix);
    for (const bytes of [encoded, ...messages.flatMap(({ fields, bodies }) => (bodies === null ? [fields] : [fields, bodies]))]) release(bytes);
    archivedBytes += fileBytes;
    ends.push(last.sequence);
    messages = [];
    [fileBytes, rawBytes] = [0, 0];
  };
  for (const row of select.iterate(lastArchived(readArchive(folder)))) {
    const message = row as unknown as LoggedMessage;
    messages.push(message);
    fileBytes += loggedBytes(message);
    rawBytes += messageBytes(message);
    if (fileBytes >= logFileBytes) write();
  }
  if (whole) write();
  return { archivedBytes, ends };
}

/**
 * What is read may be on its way to the disk yet (sqlite-writer.ts): the archive must not have what a crash of the machine takes from
 * the store, which would number other messages the same.
 */
function flushLog(databaseFile: string): void {
  const log = `${databaseFile}-wal`;
  if (existsSync(log)) flush(log);
}

/** A copy of one moment, which writers go on beside (https://www.sqlite.org/lang_vacuum.html#vacuuminto). */
function makeBase({ database, databaseFile, folder, now }: Place): void {
  const draft = join(folder, `base${draftSuffix}`);
  database.exec(`VACUUM INTO '${draft.replaceAll("'", "''")}'`);
  const copy = new DatabaseSync(draft, { readOnly: true });
  const { last, at } = logBounds(copy);
  copy.close();
  // What was written before the log began was there when it began, and that is before now.
  const name = baseName(last ?? 0, at ?? now);
  flushLog(databaseFile);
  renameDurably(draft, join(folder, name));
  if (archiveOf(readdirSync(folder)).since === undefined) {
    const since = join(folder, sinceName(at ?? now));
    writeDurably(since, new Uint8Array(), since + draftSuffix);
  }
}

function hasRoom({ databaseFile, folder }: Place): boolean {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return bavail * bsize - statSync(databaseFile).size > blocks * bsize * freePart;
}
