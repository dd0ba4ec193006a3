/**
 * The data stores that this process has open, and whether each answers: what the HTTP server finds, and what the runs of
 * the control plane open and close.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatastoreStatus } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { Backups } from '../ports/backups.ts';
import { isServing, notServing } from '../operations/datastore/serving.ts';
import type { DataDirectory } from './data-directory.ts';
import { restoreStore } from './restore-store.ts';
import { openServedStore } from './served-store.ts';
import type { ServedStore, Surroundings } from './served-store.ts';

/** Requests in progress may take so long before the store that they ask is taken from under them. */
const drainMs = 10_000;
const drainLookMs = 20;

export interface OpenStores {
  /** In the order in which they were opened. */
  ids(): readonly string[];
  /** @returns `undefined` when there is no such store. @throws FhirError 409 while it is being made */
  find(datastoreId: string): ServedStore | undefined;
  /** Opens the files, or finds them open; requests are answered as the record's status says. */
  open(record: DatastoreRecord): Promise<ServedStore>;
  /** Makes the files of a store that is restored from one that is open, where they are not made yet. @throws RestoreImpossible */
  restore(record: DatastoreRecord): Promise<void>;
  readonly backups: Backups;
  /** From now on requests are answered, or refused, as the status says. */
  setStatus(datastoreId: string, status: DatastoreStatus): void;
  /** Lets requests in progress end, and closes the files. */
  close(datastoreId: string): Promise<void>;
  /** The same without waiting: the server has ended its requests. */
  closeAll(): Promise<void>;
}

interface Held {
  readonly served: ServedStore;
  requests: number;
}

export function openStores(directory: DataDirectory, surroundings: Surroundings): OpenStores {
  const held = new Map<string, Held>();
  const statuses = new Map<string, DatastoreStatus>();
  const take = async (datastoreId: string): Promise<void> => {
    const found = held.get(datastoreId);
    held.delete(datastoreId);
    await found?.served.close();
  };
  return {
    ids: () => [...held.keys()],
    find(datastoreId) {
      const status = statuses.get(datastoreId);
      if (status === 'CREATING' || status === 'CREATE_FAILED') throw notServing(status);
      return status !== undefined && isServing(status) ? held.get(datastoreId)?.served : undefined;
    },
    async open(record) {
      const found = held.get(record.id);
      if (found !== undefined) return found.served;
      const opened = await openServedStore(record, directory.storeFolder(record.id), surroundings);
      const made: Held = { served: { ...opened, answer: (request) => counted(made, () => opened.answer(request)) }, requests: 0 };
      held.set(record.id, made);
      statuses.set(record.id, record.status);
      return made.served;
    },
    restore: (record) => restoreStore(record, { directory, surroundings, source: held.get(record.restored?.sourceId ?? '')?.served }),
    backups: { window: async (datastoreId) => held.get(datastoreId)?.served.backup.current()?.window() },
    setStatus(datastoreId, status) {
      statuses.set(datastoreId, status);
    },
    async close(datastoreId) {
      const requests = (): number => held.get(datastoreId)?.requests ?? 0;
      for (let waitedMs = 0; requests() > 0 && waitedMs < drainMs; waitedMs += drainLookMs) await sleep(drainLookMs);
      await take(datastoreId);
    },
    async closeAll() {
      for (const datastoreId of held.keys()) await take(datastoreId);
    },
  };
}

async function counted<Answer>(held: Held, ask: () => Promise<Answer>): Promise<Answer> {
  held.requests += 1;
  try {
    return await ask();
  } finally {
    held.requests -= 1;
  }
}
