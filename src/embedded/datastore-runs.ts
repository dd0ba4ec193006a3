/**
 * Makes, changes and deletes data stores in this process: what the workflow of Step Functions does on AWS
 * (lib/datastore/definition.ts), by the same verbs and the same steps for the record. A run that the end of the process cut
 * off is taken up by the next start from its store's record.
 */
import { analyticsWish } from '../operations/datastore/analytics-wish.ts';
import { readsNotes } from '../operations/datastore/datastore-configuration.ts';
import { defaultBackup } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord, DatastoreRecords, DatastoreStatus } from '../operations/datastore/datastore-record.ts';
import { preloadData } from '../operations/datastore/preload-data.ts';
import { recordActive } from '../operations/datastore/record-active.ts';
import { recordDeleted } from '../operations/datastore/record-deleted.ts';
import { recordFailure } from '../operations/datastore/record-failure.ts';
import { recordOf, RunSuperseded } from '../operations/datastore/step.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatastoreRun, DatastoreVerb, Workflow } from '../ports/workflow.ts';
import type { DataStore } from '../store/data-store.ts';
import type { DataDirectory } from './data-directory.ts';
import { RestoreImpossible } from './backup-restore.ts';
import type { OpenStores } from './open-stores.ts';

export interface DatastoreRunsDependencies {
  readonly records: DatastoreRecords;
  readonly stores: OpenStores;
  readonly directory: Pick<DataDirectory, 'removeStore'>;
  readonly clock: Clock;
  /** Told of every failure; the store's record tells its client. */
  readonly report: (error: unknown) => void;
}

export interface DatastoreRuns extends Workflow {
  /** Takes up what the process before was at. */
  resume(record: DatastoreRecord): Promise<void>;
  /** Resolves when no run is under way. */
  idle(): Promise<void>;
  /** Begins nothing more; what is under way ends where the next start can go on. */
  stop(): Promise<void>;
}

/** What a status says was under way. */
const verbs: Partial<Record<DatastoreStatus, DatastoreVerb>> = { CREATING: 'create', UPDATING: 'update', DELETING: 'delete' };

/** The process is ending: the run is left as it is. */
class Interrupted extends Error {}

export function datastoreRuns(dependencies: DatastoreRunsDependencies): DatastoreRuns {
  const { records, stores, report } = dependencies;
  const running = new Map<string, Promise<void>>();
  const state = { stopped: false };
  const stopped = (): boolean => state.stopped;
  const begin = (run: DatastoreRun): void => {
    if (state.stopped || running.has(run.run)) return;
    const ended = carriedOut(run, { ...dependencies, stopped }).catch(async (error: unknown) => {
      if (error instanceof Interrupted || error instanceof RunSuperseded) return;
      report(error);
      await recordFailure({ records })({ ...run, error: reported(error) });
      if (run.verb === 'create' || run.verb === 'restore') await stores.close(run.datastoreId);
      stores.setStatus(run.datastoreId, (await records.read(run.datastoreId))?.status ?? 'DELETED');
    }).catch(report).finally(() => running.delete(run.run));
    running.set(run.run, ended);
  };
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };
  return {
    start: async (run) => begin(run),
    isRunning: async (run) => running.has(run),
    async resume({ id: datastoreId, status, run, restored }) {
      const verb = status === 'CREATING' && restored !== undefined ? 'restore' : verbs[status];
      if (verb !== undefined && run !== undefined) begin({ verb, datastoreId, run });
    },
    idle,
    async stop() {
      state.stopped = true;
      await idle();
    },
  };
}

/** The class is nearly all that is told: a message may quote what the run was writing. */
function reported(error: unknown): { readonly Error: string; readonly Cause?: string } {
  const name = error instanceof Error ? error.name : 'Error';
  return error instanceof RestoreImpossible ? { Error: name, Cause: JSON.stringify({ errorMessage: error.message }) } : { Error: name };
}

interface Surrounded extends DatastoreRunsDependencies {
  readonly stopped: () => boolean;
}

async function carriedOut(run: DatastoreRun, dependencies: Surrounded): Promise<void> {
  const { records, stores, directory, clock, stopped } = dependencies;
  const record = await recordOf(run, records);
  stores.setStatus(run.datastoreId, record.status);
  if (run.verb === 'delete') {
    await stores.close(run.datastoreId);
    await directory.removeStore(run.datastoreId);
    await recordDeleted({ records, clock })(run);
    stores.setStatus(run.datastoreId, 'DELETED');
    return;
  }
  if (run.verb === 'restore') await stores.restore(record);
  const { backup, enrichment, lake } = await stores.open(record);
  enrichment.setOn(readsNotes(record));
  await lake.change(analyticsWish(record));
  if (run.verb === 'update') await backup.change(record.backup ?? defaultBackup);
  const storeOf = async (begun: DatastoreRecord): Promise<DataStore> => (await stores.open(begun)).store;
  const { done } = await preloadData({ records, storeOf, slice: () => stopped })(run);
  if (!done) throw new Interrupted();
  await recordActive({ records })(run);
  stores.setStatus(run.datastoreId, 'ACTIVE');
}
