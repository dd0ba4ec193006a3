/**
 * The backup of one data store as the store's record wants it, which may change while the store serves: begun, ended for
 * good, or kept for longer or shorter (docs/backup.md).
 */
import type { BackupConfiguration } from '../operations/datastore/datastore-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoreFolder } from './data-directory.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { removeBackup, storeBackup } from './store-backup.ts';
import type { StoreBackup } from './store-backup.ts';

export interface ChangingBackupOptions {
  /** Opened with a log where the backup is ENABLED. */
  readonly database: Pick<SqliteDatabase, 'log'>;
  readonly folder: Pick<StoreFolder, 'backupFolder' | 'databaseFile'>;
  readonly clock: Clock;
  /** Told of a round that failed; the next one is tried all the same. */
  readonly report: (error: unknown) => void;
}

export interface ChangingBackup {
  /** Absent while the store is without. */
  current(): StoreBackup | undefined;
  /** Resolves when it is so: a first base is there, or nothing of a backup. One change at a time. */
  change(wanted: BackupConfiguration): Promise<void>;
  /** Resolves when no round is under way any more. */
  close(): Promise<void>;
}

export function changingBackup(wanted: BackupConfiguration, { database, folder, clock, report }: ChangingBackupOptions): ChangingBackup {
  const { backupFolder, databaseFile } = folder;
  const begun = (retentionDays: number): StoreBackup => storeBackup({ database, databaseFile, folder: backupFolder, retentionDays, clock, report });
  let backup: StoreBackup | undefined;
  if (wanted.status === 'ENABLED') backup = begun(wanted.retentionDays);
  else removeBackup(backupFolder);
  const end = async (): Promise<void> => {
    const ended = backup;
    // From here on nothing can be restored from it.
    backup = undefined;
    await ended?.close();
    await database.log.setLogging(false);
    removeBackup(backupFolder);
  };
  return {
    current: () => backup,
    async change({ status, retentionDays }) {
      if (status === 'DISABLED') return end();
      if (backup === undefined) await database.log.setLogging(true);
      backup ??= begun(retentionDays);
      await backup.retain(retentionDays);
    },
    close: async () => backup?.close(),
  };
}
