/**
 * Control verb: makes a data store of what another one was at a moment
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_RestoreFHIRDatastore.html). It is CREATING when the verb
 * returns, and ACTIVE or CREATE_FAILED when the workflow ends. The source serves on and is not changed.
 */
import type { Backups } from '../../ports/backups.ts';
import { beginRun, DatastoreConflict, DatastoreInvalid, DatastoreNotFound } from './begin-run.ts';
import type { VerbDependencies } from './begin-run.ts';
import type { DatastoreSettings } from './datastore-configuration.ts';
import type { BackupConfiguration, DatastoreRecord, DatastoreStatus, RestoredFrom } from './datastore-record.ts';

export interface RestoreDatastoreRequest {
  readonly sourceId: string;
  /** Milliseconds since the epoch: all that the source had acknowledged by then, and nothing that was sent after it. */
  readonly point: number;
  /** The new store's: 32 hexadecimal digits, fresh or of a store that is no more. */
  readonly datastoreId: string;
  readonly token: string;
  /** The source's when absent. */
  readonly name?: string;
  /** The source's when absent. */
  readonly backup?: BackupConfiguration;
  readonly settings?: DatastoreSettings;
}

export interface RestoreDependencies extends VerbDependencies {
  readonly backups: Backups;
}

/** Stores that hold what they held: one that is being made or deleted is no source. */
const restorable: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

/** @throws DatastoreConflict, DatastoreInvalid, DatastoreNotFound */
export async function restoreDatastore(request: RestoreDatastoreRequest, dependencies: RestoreDependencies): Promise<DatastoreRecord> {
  const { sourceId, point, datastoreId, token, name, backup, settings } = request;
  const restored: RestoredFrom = { sourceId, point };
  const next = async (seen: DatastoreRecord | undefined): Promise<DatastoreRecord> => {
    requireFree(seen, restored);
    const source = await requireSource(sourceId, dependencies);
    await requireInWindow(restored, dependencies);
    const { omitted, secret, backup: sourceBackup } = source;
    const kept = backup ?? sourceBackup;
    return {
      id: datastoreId,
      name: name ?? source.name,
      status: 'CREATING',
      created: dependencies.clock.now(),
      // Partitions of the index and claims of criteria are hashed under it, and both come along.
      secret,
      restored,
      ...(omitted === undefined ? {} : { omitted }),
      ...(kept === undefined ? {} : { backup: kept }),
      ...settings,
    };
  };
  return beginRun({ verb: 'restore', datastoreId, token, next }, dependencies);
}

/** A restore that failed half-way is taken up by one to the same moment only: what it made so far is of that moment. */
function requireFree(seen: DatastoreRecord | undefined, { sourceId, point }: RestoredFrom): void {
  if (seen === undefined || seen.status === 'DELETED') return;
  const same = seen.restored?.sourceId === sourceId && seen.restored.point === point;
  if (same && (seen.status === 'CREATING' || seen.status === 'CREATE_FAILED')) return;
  throw new DatastoreConflict(`There is a data store of this id, and it is ${seen.status}.`, false);
}

async function requireSource(sourceId: string, { records }: RestoreDependencies): Promise<DatastoreRecord> {
  const source = await records.read(sourceId);
  if (source === undefined || source.status === 'DELETED') throw new DatastoreNotFound('There is no such data store to restore from.');
  if (!restorable.has(source.status)) {
    throw new DatastoreConflict(`The data store to restore from is ${source.status}. Restore from one that is ACTIVE.`, false);
  }
  return source;
}

async function requireInWindow({ sourceId, point }: RestoredFrom, { backups }: RestoreDependencies): Promise<void> {
  const window = await backups.window(sourceId);
  if (window === undefined) throw new DatastoreInvalid('The data store to restore from has no backup: its BackupConfiguration is DISABLED.');
  if (point >= window.earliest && point <= window.latest) return;
  const [earliest, latest] = [new Date(window.earliest).toISOString(), new Date(window.latest).toISOString()];
  throw new DatastoreInvalid(`The data store can be restored to moments from ${earliest} to ${latest}. Choose one of them as RestorePointTime.`);
}
