import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pinParts, rebuild } from '../../src/embedded/backup-restore.ts';
import { backUp } from '../../src/embedded/backup-round.ts';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'caldera-killed-backup-'));
const databaseFile = join(folder, 'store.sqlite');
const tables = ['resources', 'jobs'];
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns what it was told before it was killed, in the middle of whatever it was at */
function killed(name: string, acknowledgements: number): Promise<readonly string[]> {
  const process = spawn(globalThis.process.execPath, ['--disable-warning=ExperimentalWarning', join(__dirname, 'backed-up-puts.ts'), folder, name]);
  let told = '';
  let problem = '';
  process.stderr.on('data', (text: Buffer) => (problem += text.toString()));
  process.stdout.on('data', (text: Buffer) => {
    told += text.toString();
    if (told.split('\n').length > acknowledgements) process.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => process.on('exit', (_code, signal) => {
    if (signal === 'SIGKILL') resolve(told.split('\n').slice(0, -1));
    else reject(new Error(problem));
  }));
}

function keys(file: string): readonly string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT sk, attributes FROM t_resources ORDER BY sk').all() as { sk: string; attributes: string }[];
  database.close();
  return rows.map(({ sk, attributes }) => `${sk} ${attributes}`);
}

function restored(name: string, point: number): readonly string[] {
  const to = join(folder, name);
  mkdirSync(to);
  pinParts(join(folder, 'backup'), join(to, 'parts'), point);
  rebuild({ parts: join(to, 'parts'), point, tables, objectsFrom: join(folder, 'objects'), databaseFile: join(to, 'store.sqlite'), objectsFolder: join(to, 'objects') });
  return keys(join(to, 'store.sqlite'));
}

test('a backup restores every acknowledged write, whatever its process was killed at', async () => {
  const lives: { readonly point: number; readonly held: readonly string[] }[] = [];
  for (const [name, acknowledgements] of [['a', 20], ['b', 150], ['c', 300], ['d', 77]] as const) {
    const told = await killed(name, acknowledgements);
    // The next start, which recovers the database and takes the backup on.
    await openSqliteDatabase({ path: databaseFile, tables, logged: true }).close();
    const held = keys(databaseFile);
    expect(told.filter((sk) => !held.some((key) => key.startsWith(`${sk} `)))).toEqual([]);
    lives.push({ point: Date.now(), held });
  }
  backUp({ databaseFile, folder: join(folder, 'backup'), retentionDays: 7, now: Date.now(), whole: true });
  for (const [index, { point, held }] of lives.entries()) expect(restored(`life-${index}`, point)).toEqual(held);
}, 60_000);
