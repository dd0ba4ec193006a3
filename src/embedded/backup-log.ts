/**
 * The log that backups are made of (docs/backup.md): every message that the writer thread carries out, in the order of
 * its commits, as a row of the same commit. Whoever carries the same messages out on the same tables gets the same
 * tables, so the log and a copy of an earlier state are every state since.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { WriteMessage } from './sqlite-messages.ts';

/** One message as it lies in the log. */
export interface LoggedMessage {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** When it was carried out, milliseconds since the epoch, in the commit that came then; never before that of an earlier one. */
  readonly at: number;
  /** How many of its conditions failed: who carries it out again must meet as many. */
  readonly exceptions: number;
  /** The message's, in UTF-8. */
  readonly fields: Uint8Array;
  readonly bodies: Uint8Array | null;
}

export const backupLogDefinition = `CREATE TABLE IF NOT EXISTS backup_log (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, exceptions INTEGER NOT NULL, fields BLOB NOT NULL, bodies BLOB) STRICT`;
export const backupLogRemoval = 'DROP TABLE IF EXISTS backup_log';

/** The newest row stays, for the next one is numbered after it. */
const trimming = 'DELETE FROM backup_log WHERE sequence <= ? AND sequence < (SELECT max(sequence) FROM backup_log)';

export interface BackupLog {
  /** A commit begins now. */
  begin(): void;
  /** Within the commit. @returns how many bytes were logged */
  add(message: WriteMessage, exceptions: number): number;
  /** Within the commit: messages up to this one go. */
  trim(sequence: number): void;
}

export function backupLog(database: DatabaseSync): BackupLog {
  const insert = database.prepare('INSERT INTO backup_log VALUES (NULL, ?, ?, ?, ?)');
  const trim = database.prepare(trimming);
  const { last } = database.prepare('SELECT max(at) AS last FROM backup_log').get() as { last: number | null };
  // A clock that is set back does not change the order of what is committed.
  let at = last ?? 0;
  return {
    begin() {
      at = Math.max(at, Date.now());
    },
    add({ fields, bodies }, exceptions) {
      const text = Buffer.from(fields);
      insert.run(at, exceptions, text, bodies ?? null);
      return text.length + (bodies?.length ?? 0);
    },
    trim: (sequence) => void trim.run(sequence),
  };
}

/** The message that a row was made of. Its counts are in its fields. */
export function messageOf({ fields, bodies }: LoggedMessage): Pick<WriteMessage, 'fields' | 'bodies'> {
  const text = Buffer.from(fields.buffer, fields.byteOffset, fields.byteLength).toString();
  return { fields: text, bodies: (bodies ?? undefined) as WriteMessage['bodies'] };
}
