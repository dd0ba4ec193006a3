/**
 * Keeps the lake of the killed server at work (docs/sql.md): questions behind writes have every round of increments at once, eight of
 * which make a merge; switching analytics off and on again has all tables made anew, and compacted with what came meanwhile. What is
 * a day old is compacted anyway (days-later.ts).
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { control } from './control.ts';

const lookMs = 20;
/** How often is looked whether a file is being made; most take some milliseconds. */
const glanceMs = 2;
/** Where nothing is made by then, the kill falls anyway. */
const patienceMs = 4000;

/** Asks until the server is gone. */
export async function askUntilKilled(baseUrl: string): Promise<void> {
  const body = JSON.stringify({ query: 'SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM observation_history)' });
  for (;;) {
    try {
      await (await fetch(`${baseUrl}/sql`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).arrayBuffer();
    } catch {
      return;
    }
  }
}

/** Resolves when the store has come to be so. */
export async function switched(baseUrl: string, status: 'ENABLED' | 'PAUSED' | 'DISABLED'): Promise<void> {
  for (;;) {
    const { DatastoreStatus, AnalyticsConfiguration } = (await control(baseUrl, 'DescribeFHIRDatastore')).DatastoreProperties;
    if (DatastoreStatus === 'ACTIVE') {
      if ((AnalyticsConfiguration?.Status ?? 'ENABLED') === status) return;
      await control(baseUrl, 'UpdateFHIRDatastore', { AnalyticsConfiguration: { Status: status } });
    }
    await sleep(lookMs);
  }
}

/** Resolves while a Parquet file of the lake is being made. @param storeFolder of the data store */
export async function fileUnderWay(storeFolder: string): Promise<void> {
  await seen(storeFolder, () => true);
}

/** Resolves while one is being made of others, which takes a file on its way: files are merged, or a table compacted. */
export async function compactionUnderWay(storeFolder: string): Promise<void> {
  await seen(storeFolder, (names) => names.length > 0);
}

async function seen(storeFolder: string, isSeen: (names: readonly string[]) => boolean): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    if (filesUnderWay(storeFolder).some(isSeen)) return;
    await sleep(glanceMs);
  }
}

/** The names in the folder of each file that is being made. */
export function filesUnderWay(storeFolder: string): readonly (readonly string[])[] {
  const workFolder = join(storeFolder, 'lake');
  return namesIn(workFolder).filter((name) => /^\d+$/.test(name)).map((name) => namesIn(join(workFolder, name)));
}

/** The server removes folders at any moment. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
