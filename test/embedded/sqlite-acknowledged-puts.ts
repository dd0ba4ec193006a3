/** A process to be killed: puts items from 64 writers at once and prints the sk of each when it is acknowledged. */
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';

const database = openSqliteDatabase({ path: process.argv[2]!, tables: ['resources'], announced: ['resources'], consumers: ['all'] });
const table = database.table('resources');
const body = new Uint8Array(2000);

async function putForever(writer: number): Promise<void> {
  for (let index = 0; ; index++) {
    const sk = `${writer}-${index}`;
    await table.put({ pk: `p${sk}`, sk, body, announce: true }, { attribute: 'rev', absent: true });
    await tell(`${sk}\n`);
  }
}

/** Waits for a reader who has no time: a pipe that is full takes nothing. */
async function tell(line: string): Promise<void> {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await setTimeout(1);
    }
  }
}

await Promise.all(Array.from({ length: 64 }, (_, writer) => putForever(writer)));
