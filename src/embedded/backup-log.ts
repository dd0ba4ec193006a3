/**
 * The log that backups are made of (docs/backup.md): every message that the writer thread carries out, in the order of
 * its commits, as a row of the same commit. Whoever carries the same messages out on the same tables gets the same
 * tables, so the log and a copy of an earlier state are every state since.
 */
import type { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { WriteMessage } from './sqlite-messages.ts';

/** One message as it lies in the log. */
export interface LoggedMessage {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** When it was carried out, milliseconds since the epoch, in the commit that came then; never before that of an earlier one. */
  readonly at: number;
  /** How many of its conditions failed: who carries it out again must meet as many. */
  readonly exceptions: number;
  /** The message's, in UTF-8; or a large one as a whole, as {@link packed} makes it. */
  readonly fields: Uint8Array;
  readonly bodies: Uint8Array | null;
}

type LoggedBytes = Pick<LoggedMessage, 'fields' | 'bodies'>;

/** Beside writers, time is worth more than the tenth that the default level saves in three times as much. */
export const logCompression = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

/** A smaller message takes as long to compress as its pages take to be written and copied. */
const minPackedBytes = 16 * 1024;

/** Fields as they are begin with a bracket. */
const packedTag = 0x7a;
/** The tag, then the lengths of the fields and of the bodies. */
const packedHeadBytes = 9;

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
      const plain = { fields: text, bodies: bodies ?? null };
      const row = loggedBytes(plain) < minPackedBytes ? plain : packed(plain);
      insert.run(at, exceptions, row.fields, row.bodies);
      return loggedBytes(row);
    },
    trim: (sequence) => void trim.run(sequence),
  };
}

/** The tag and the lengths, then both compressed by Zstandard. Of an import's messages a tenth remains, where each takes some twenty pages. */
function packed({ fields, bodies }: LoggedBytes): LoggedBytes {
  const head = Buffer.alloc(packedHeadBytes);
  head[0] = packedTag;
  head.writeUInt32LE(fields.length, 1);
  head.writeUInt32LE(bodies?.length ?? 0, 5);
  const both = bodies === null ? fields : Buffer.concat([fields, bodies]);
  return { fields: Buffer.concat([head, zstdCompressSync(both, logCompression)]), bodies: null };
}

/** How large the message was before it was logged. */
export function messageBytes({ fields, bodies }: LoggedBytes): number {
  if (fields[0] !== packedTag) return loggedBytes({ fields, bodies });
  const head = new DataView(fields.buffer, fields.byteOffset);
  return head.getUint32(1, true) + head.getUint32(5, true);
}

/** How large it is in the log. */
export function loggedBytes({ fields, bodies }: LoggedBytes): number {
  return fields.length + (bodies?.length ?? 0);
}

/** The message that a row was made of. Its counts are in its fields. */
export function messageOf({ fields, bodies }: LoggedBytes): Pick<WriteMessage, 'fields' | 'bodies'> {
  if (fields[0] !== packedTag) return { fields: textOf(fields), bodies: (bodies ?? undefined) as WriteMessage['bodies'] };
  const length = new DataView(fields.buffer, fields.byteOffset).getUint32(1, true);
  const both = zstdDecompressSync(fields.subarray(packedHeadBytes));
  return { fields: textOf(both.subarray(0, length)), bodies: both.length === length ? undefined : both.subarray(length) };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
