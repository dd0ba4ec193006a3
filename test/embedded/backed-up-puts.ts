/** A process to be killed: writes on and on while it is backed up in rounds without pause; prints what is acknowledged. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { backUp } from '../../src/embedded/backup-round.ts';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';

const [folder, name] = [process.argv[2]!, process.argv[3]!];
const databaseFile = join(folder, 'store.sqlite');
const database = openSqliteDatabase({ path: databaseFile, tables: ['resources', 'jobs'], logged: true });
const table = database.table('resources');

async function putForever(writer: number): Promise<void> {
  for (let index = 0; ; index += 1) {
    const sk = `${name}-${writer}-${index}`;
    await table.put({ pk: 'p', sk, attributes: { index }, body: new Uint8Array(200).fill(index) });
    writeSync(1, `${sk}\n`);
  }
}

async function backUpForever(): Promise<void> {
  for (;;) {
    const { archived } = backUp({ databaseFile, folder: join(folder, 'backup'), retentionDays: 7, now: Date.now(), whole: true });
    await database.log.trimLog(archived);
  }
}

await Promise.all([backUpForever(), ...Array.from({ length: 8 }, (_, writer) => putForever(writer))]);
