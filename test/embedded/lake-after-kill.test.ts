/** A lake whose process is killed with SIGKILL in the middle of rounds and merges: whoever opens it next finds all that the store has. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lakeThreads } from '../../src/embedded/lake-threads.ts';
import { openPlatform } from '../../src/embedded/platform.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { lakeRows, storedRows } from './lake-rows.ts';

/** Rounds before each kill: eight make a merge. */
const lives = [2, 10];
const patienceMs = 60_000;

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'caldera-lake-'));
});
afterAll(() => rmSync(data, { recursive: true }));

/** @param life which decides how long after a round the process goes on */
async function killedAfter(rounds: number, life: number): Promise<void> {
  const script = fileURLToPath(new URL('./lake-at-work.ts', import.meta.url));
  const child = spawn(process.execPath, [script, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  let done = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    done += 1;
    if (done !== rounds) continue;
    await pause(life * 17);
    child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}

test('every version is in the lake once, and what is current is', async () => {
  for (const [life, rounds] of lives.entries()) await killedAfter(rounds, life);
  const faults: unknown[] = [];
  const platform = await openPlatform(data, { clock: systemClock, ids: randomIds, report: ({ error }) => void faults.push(error), lakeThreads: lakeThreads() });
  try {
    const [datastoreId] = platform.datastoreIds();
    const served = platform.find(datastoreId!)!;
    expect(await served.lake.upToDate(patienceMs)).toBeDefined();
    const stored = await storedRows('Patient', served);
    expect(await lakeRows('Patient', served, join(data, 'stores', datastoreId!, 'objects'))).toEqual(stored);
    expect(stored.history.length).toBeGreaterThan(20);
  } finally {
    await platform.close();
  }
  expect(faults).toEqual([]);
});
