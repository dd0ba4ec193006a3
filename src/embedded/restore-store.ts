/**
 * Restores a data store of this directory: its files are made beside, from the backup of another store, and get their place
 * when they are complete. So whoever is cut off begins again, and there is never a store that is half of a moment.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defaultBackup } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { openDataStore } from '../store/open-data-store.ts';
import { RestoreImpossible } from './backup-restore.ts';
import { runBackup, runRebuild } from './backup-tasks.ts';
import type { DataDirectory, StoreFolder } from './data-directory.ts';
import { directoryObjects } from './directory-objects.ts';
import { compressedTables, shards, tablesOfStore } from './served-store.ts';
import type { ServedStore, Surroundings } from './served-store.ts';
import { openSqliteDatabase } from './sqlite-database.ts';

export interface Restoration {
  readonly directory: DataDirectory;
  readonly surroundings: Surroundings;
  /** The store that is restored from, which serves meanwhile. */
  readonly source: Pick<ServedStore, 'backup'> | undefined;
}

/** Does nothing where the store has its files. @throws RestoreImpossible when the source cannot give the moment, however often it is asked */
export async function restoreStore(record: DatastoreRecord, { directory, surroundings, source }: Restoration): Promise<void> {
  const { id, restored } = record;
  if (restored === undefined || directory.hasStore(id)) return;
  const backup = source?.backup.current();
  if (backup === undefined) throw new RestoreImpossible('The data store to restore from is no more, or has no backup.');
  const draft = directory.draftFolder(id);
  const parts = join(draft.path, 'parts');
  await backup.pin(parts, restored.point);
  const { databaseFile, objectsFolder } = draft;
  const objectsFrom = directory.storeFolder(restored.sourceId).objectsFolder;
  await runRebuild({ parts, point: restored.point, tables: tablesOfStore, compressed: compressedTables, objectsFrom, databaseFile, objectsFolder });
  rmSync(parts, { recursive: true });
  await settle(record, draft, surroundings);
  directory.adoptDraft(id);
}

/** Ends what was under way at the moment, and gives the store a backup of its own from its first moment on. */
async function settle({ secret, omitted, backup = defaultBackup }: DatastoreRecord, draft: StoreFolder, { clock, ids }: Surroundings): Promise<void> {
  const { databaseFile, backupFolder: folder, objectsFolder } = draft;
  const logged = backup.status === 'ENABLED';
  const database = openSqliteDatabase({ path: databaseFile, tables: tablesOfStore, compressed: compressedTables, logged });
  try {
    const [resources, index] = [database.table('resources'), database.table('index')];
    const objects = directoryObjects(objectsFolder);
    const store = openDataStore({ resources, index, objects, tableCompresses: database.hasTime, clock, ids, secret, shards, ...(omitted && { omitted }) });
    await store.cleaner.settleAfterRestore();
    if (logged) await runBackup({ databaseFile, folder, retentionDays: backup.retentionDays, now: clock.now(), whole: true });
  } finally {
    await database.close();
  }
}
