/**
 * The continuous backup of one data store: keeps its archive up to its log, in rounds in the background
 * (backup-round.ts), and gives out the files that a moment is restored from. See docs/backup.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync, rmSync, statSync } from 'node:fs';
import type { BackupWindow } from '../ports/backups.ts';
import type { Clock } from '../ports/clock.ts';
import { archiveWindow, readArchive } from './backup-archive.ts';
import { logFileBytes } from './backup-log-file.ts';
import { pinParts, RestoreImpossible } from './backup-restore.ts';
import { backUp } from './backup-round.ts';
import { runBackup } from './backup-tasks.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** How often is looked whether a round is due; a look costs nothing. */
const lookIntervalMs = 1_000;
/** What is logged goes into files when it has so many bytes, for until then it lies in the database, which never shrinks. */
const roundBytes = 16 * 1024 * 1024;
/** What fills a file goes into one after so long: a round costs the start of a thread, a seventh of a second. */
const shortestPauseMs = 30_000;
/** Retention is counted in days: files that are too old go within an hour. */
const longestPauseMs = 60 * 60 * 1000;

/** A database of this size is copied in some milliseconds: new ones are. */
const smallBytes = 1024 * 1024;

export interface StoreBackupOptions {
  readonly database: Pick<SqliteDatabase, 'log'>;
  readonly databaseFile: string;
  readonly folder: string;
  /** To begin with. */
  readonly retentionDays: number;
  readonly clock: Clock;
  /** Told of a round that failed; the next one is tried all the same. */
  readonly report: (error: unknown) => void;
}

export interface StoreBackup {
  window(): BackupWindow | undefined;
  /** How far it reaches back from now on. Resolves when there is a base, and what is too old is gone. */
  retain(days: number): Promise<void>;
  /**
   * Links the files that a past moment is made of into a folder.
   * @throws RestoreImpossible when the moment is not in the window
   */
  pin(folder: string, point: number): Promise<void>;
  /** Resolves when no round is under way any more. */
  close(): Promise<void>;
}

/** Ends a backup for good: nothing of it is left. */
export function removeBackup(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A store without an archive has its first base when this returns, if it is new: so it can be restored from its beginning on. */
export function storeBackup({ database: { log }, databaseFile, folder, retentionDays: days, clock, report }: StoreBackupOptions): StoreBackup {
  const stopping = new AbortController();
  let retentionDays = days;
  const round = (whole: boolean) => ({ databaseFile, folder, retentionDays, now: clock.now(), whole });
  let archivedBytes = 0;
  // The first round comes after the shortest pause, for an earlier process may have left a log.
  let last = clock.now() + shortestPauseMs - longestPauseMs;
  let queue: Promise<unknown> = Promise.resolve();
  /** One at a time, whatever becomes of those before. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = queue.then(work, work);
    queue = done.catch(() => undefined);
    return done;
  };
  const backUpNow = async (whole: boolean): Promise<void> => {
    const logged = log.loggedBytes();
    const result = await runBackup(round(whole));
    // What an earlier process logged is counted by none: the first round takes it along.
    archivedBytes = whole ? logged : Math.min(archivedBytes + result.archivedBytes, logged);
    last = clock.now();
    // In steps of some milliseconds, so that no writer waits long.
    for (const end of [...result.ends, result.archived]) await log.trimLog(end);
  };
  const isDue = (): boolean => {
    const [bytes, pauseMs] = [log.loggedBytes() - archivedBytes, clock.now() - last];
    return bytes >= roundBytes || (bytes >= logFileBytes && pauseMs >= shortestPauseMs) || pauseMs >= longestPauseMs;
  };
  const keepUp = async (): Promise<void> => {
    while (await waited(stopping.signal)) if (isDue()) await inTurn(() => backUpNow(false)).catch(report);
  };
  if (!existsSync(folder) && statSync(databaseFile).size <= smallBytes) backUp(round(false));
  const keepingUp = keepUp();
  return {
    async retain(wanted) {
      retentionDays = wanted;
      await inTurn(() => backUpNow(false));
    },
    window: () => archiveWindow(readArchive(folder), { now: clock.now() - 1, retentionDays }),
    pin: (into, point) => inTurn(async () => {
      if (point >= clock.now()) throw new RestoreImpossible('The moment is not past yet.');
      // Behind everything that was begun by the moment; what is begun from here on is later.
      await log.trimLog(0);
      await backUpNow(true);
      pinParts(folder, into, point);
    }),
    async close() {
      stopping.abort();
      await keepingUp;
      await queue;
    },
  };
}

/** False when it was time to stop. The timer keeps no process alive. */
async function waited(signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(lookIntervalMs, undefined, { signal, ref: false });
  } catch {
    return false;
  }
  return !signal.aborted;
}
