/** Rows of the backup's log, small ones as they are and large ones compressed. */
import { expect, test } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { backupLog, backupLogDefinition, messageBytes, messageOf } from '../../src/embedded/backup-log.ts';
import type { LoggedMessage } from '../../src/embedded/backup-log.ts';
import type { WriteMessage } from '../../src/embedded/sqlite-messages.ts';

function logged(messages: readonly WriteMessage[]) {
  const database = new DatabaseSync(':memory:');
  database.exec(backupLogDefinition);
  const log = backupLog(database);
  log.begin();
  const counted = messages.map((message) => log.add(message, 0));
  const rows = database.prepare('SELECT * FROM backup_log ORDER BY sequence').all() as unknown as LoggedMessage[];
  database.close();
  return { counted, rows };
}

function message(entries: number, bodies?: Uint8Array<ArrayBuffer>): WriteMessage {
  const fields = JSON.stringify(Array.from({ length: entries }, (_, entry) => [256, `partition ${entry}`, 'sort key, and a name with an ü']).flat());
  return { requests: 1, writes: entries, fields, bodies };
}

const bodies = new Uint8Array(40_000).map((_, position) => position % 251);
const large = [message(2000), message(2000, bodies), message(1, bodies)];
const small = [message(1), message(3, bodies.slice(0, 100))];

test('A message of any size comes out of the log as it went in.', () => {
  const { rows } = logged([...large, ...small]);
  for (const [position, { fields, bodies: given }] of [...large, ...small].entries()) {
    const read = messageOf(rows[position]!);
    expect(read.fields).toBe(fields);
    expect(read.bodies === undefined ? undefined : Buffer.from(read.bodies)).toEqual(given === undefined ? undefined : Buffer.from(given));
  }
});

test('A large message takes a fraction of its size in the log, and the log counts what it takes.', () => {
  const { counted, rows } = logged(large);
  for (const [position, row] of rows.entries()) {
    expect(counted[position]).toBe(row.fields.length + (row.bodies?.length ?? 0));
    expect(counted[position]! * 5).toBeLessThan(messageBytes(row));
  }
});

test('A message tells its size before it was compressed.', () => {
  const { rows } = logged([...large, ...small]);
  const sizes = [...large, ...small].map(({ fields, bodies: given }) => Buffer.byteLength(fields) + (given?.length ?? 0));
  expect(rows.map(messageBytes)).toEqual(sizes);
});
