/**
 * The embedded platform: one data directory, its control table, and the data stores side by side, each with files of
 * its own and nothing in common with the others.
 */
import { randomBytes } from 'node:crypto';
import { DirectoryRefused, openDataDirectory } from './data-directory.ts';
import type { DataDirectory } from './data-directory.ts';
import { preload } from './preload.ts';
import { openServedStore } from './served-store.ts';
import type { ServedStore, Surroundings } from './served-store.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { syntheticPopulation } from '../fhir/synthetic/synthetic-population.ts';
import { datastoreRecords } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord, DatastoreRecords, Population } from '../operations/datastore/datastore-record.ts';

/** The key of an HMAC-SHA-256, of its full strength. */
const secretBytes = 32;

export interface NewDataStore {
  readonly name: string;
  /** What it begins with; nothing when absent. */
  readonly population?: Population;
  /** The families that it is made without; none when absent. */
  readonly omitted?: readonly string[];
}

export interface PreloadProgress {
  readonly name: string;
  readonly resources: number;
}

export interface Platform {
  /** In the order in which they were made. */
  datastoreIds(): readonly string[];
  find(datastoreId: string): ServedStore | undefined;
  /** Makes a data store, ready to be used; `finishPreloading` gives it its population. @returns its id */
  createDataStore(wanted: NewDataStore): Promise<string>;
  /** @throws DirectoryRefused unless the first data store was made without just these families */
  requireOmissions(omitted: readonly string[]): Promise<void>;
  /** Gives every store the rest of the population that it was made with, also after a crash in the middle of it. */
  finishPreloading(progress: (made: PreloadProgress) => void): Promise<void>;
  /** Finishes what is under way, and lets go of the directory. */
  close(): Promise<void>;
}

/** @throws DirectoryRefused when the directory cannot be had */
export async function openPlatform(dataDirectory: string, surroundings: Surroundings): Promise<Platform> {
  const directory = openDataDirectory(dataDirectory);
  const control = openSqliteDatabase({ path: directory.controlFile, tables: ['control'] });
  const stores = new Map<string, ServedStore>();
  const close = async (): Promise<void> => {
    for (const store of stores.values()) await store.close();
    await control.close();
    directory.release();
  };
  try {
    const records = datastoreRecords(control.table('control'));
    for (const record of await records.list()) stores.set(record.id, await opened(record, directory, surroundings));
    return { ...managed({ directory, records, stores, surroundings }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Holdings {
  readonly directory: DataDirectory;
  readonly records: DatastoreRecords;
  readonly stores: Map<string, ServedStore>;
  readonly surroundings: Surroundings;
}

function opened(record: DatastoreRecord, directory: DataDirectory, surroundings: Surroundings): Promise<ServedStore> {
  return openServedStore(record, directory.storeFolder(record.id), surroundings);
}

function managed({ directory, records, stores, surroundings }: Holdings): Omit<Platform, 'close'> {
  const { clock, ids } = surroundings;
  return {
    datastoreIds: () => [...stores.keys()],
    find: (datastoreId) => stores.get(datastoreId),
    async createDataStore({ name, population, omitted = [] }) {
      const record: DatastoreRecord = {
        id: ids.uuid().replaceAll('-', ''),
        name,
        status: 'ACTIVE',
        created: clock.now(),
        secret: randomBytes(secretBytes),
        ...(population === undefined ? {} : { preloading: population }),
        ...(omitted.length === 0 ? {} : { omitted }),
      };
      // The record first: a crash leaves a store without files, which opening makes, never files without a store.
      await records.replace(undefined, record);
      stores.set(record.id, await opened(record, directory, surroundings));
      return record.id;
    },
    async requireOmissions(omitted) {
      const [first] = await records.list();
      const kept = first?.omitted ?? [];
      if (kept.join() === omitted.join()) return;
      const made = kept.length === 0 ? 'without --omit-index' : `with --omit-index ${kept.join()}`;
      throw new DirectoryRefused(
        `The data store in ${directory.path} was made ${made}, and what it has filed cannot be filed otherwise. ` +
          'Start it without --omit-index, or give another directory with --data.',
      );
    },
    async finishPreloading(progress) {
      for (const found of await records.list()) {
        const { preloading, ...record } = found;
        const served = stores.get(record.id);
        if (preloading === undefined || served === undefined) continue;
        const report = (resources: number): void => progress({ name: record.name, resources });
        await preload(served.store, { groups: syntheticPopulation(preloading), progress: report });
        await records.replace(found, record);
      }
    },
  };
}
