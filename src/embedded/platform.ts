/**
 * The embedded platform: one data directory, its control table, and the data stores side by side, each with files of
 * its own and nothing in common with the others.
 */
import { randomBytes } from 'node:crypto';
import { controlPlane } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';
import { clinicalThread } from './clinical-threads.ts';
import { DirectoryRefused, openDataDirectory } from './data-directory.ts';
import type { DataDirectory } from './data-directory.ts';
import { datastoreRuns } from './datastore-runs.ts';
import { eventLog } from './event-log.ts';
import type { EventLog } from './event-log.ts';
import { openStores } from './open-stores.ts';
import type { OpenStores } from './open-stores.ts';
import { place } from './place.ts';
import type { ServedStore, Surroundings } from './served-store.ts';
import type { OwnLexicon } from './own-lexicon.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import type { ClinicalNlp } from '../ports/clinical-nlp.ts';
import { syntheticPopulation } from '../fhir/synthetic/synthetic-population.ts';
import { readsNotes } from '../operations/datastore/datastore-configuration.ts';
import { datastoreRecords } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord, DatastoreRecords, Population } from '../operations/datastore/datastore-record.ts';
import { preload } from '../operations/datastore/preload.ts';
import { isServing } from '../operations/datastore/serving.ts';
import { announcedRecords } from '../operations/events/announced-records.ts';
import type { Announcing } from '../operations/events/announced-records.ts';

/** The key of an HMAC-SHA-256, of its full strength. */
const secretBytes = 32;
const newSecret = (): Uint8Array => randomBytes(secretBytes);

const nlpEnabled = { NlpConfiguration: { Status: 'ENABLED' } };

export interface NewDataStore {
  readonly name: string;
  /** What it begins with; nothing when absent. */
  readonly population?: Population;
  /** The families that it is made without; none when absent. */
  readonly omitted?: readonly string[];
  /** Whether its notes are read. */
  readonly nlp?: boolean;
}

export interface PreloadProgress {
  readonly name: string;
  readonly resources: number;
}

export interface Platform {
  /** In the order in which they were made. */
  datastoreIds(): readonly string[];
  /** @returns `undefined` when there is no such data store. @throws FhirError 409 while it is being made */
  find(datastoreId: string): ServedStore | undefined;
  /** HealthLake's own API. */
  readonly control: ControlPlane;
  /** What became of data stores. */
  readonly events: EventLog;
  /** @param endpoint where the interface is from now on, as `http://host:port` */
  servedAt(endpoint: string): void;
  /** Makes a data store, ready to be used; `finishPreloading` gives it its population. @returns its id */
  createDataStore(wanted: NewDataStore): Promise<string>;
  /** @throws DirectoryRefused unless the first data store was made without just these families */
  requireOmissions(omitted: readonly string[]): Promise<void>;
  /** From now on the notes of the first data store are read. */
  enableNlp(): Promise<void>;
  /** Gives every store the rest of the population that it was made with, also after a crash in the middle of it. */
  finishPreloading(progress: (made: PreloadProgress) => void): Promise<void>;
  /** Resolves when no data store is being made, changed or deleted. */
  settled(): Promise<void>;
  /** Finishes what is under way, and lets go of the directory. */
  close(): Promise<void>;
}

export interface PlatformSurroundings extends Omit<Surroundings, 'bus' | 'nlp'> {
  /** Reads notes; the local engine in a thread of its own unless given. */
  readonly nlp?: ClinicalNlp;
  /** What that finds beside its sample. */
  readonly lexicon?: OwnLexicon;
}

/** @throws DirectoryRefused when the directory cannot be had */
export async function openPlatform(dataDirectory: string, given: PlatformSurroundings): Promise<Platform> {
  const directory = openDataDirectory(dataDirectory);
  const database = openSqliteDatabase({ path: directory.controlFile, tables: ['control', 'events'] });
  const table = database.table('control');
  const events = await eventLog({ table: database.table('events'), ids: given.ids, place });
  const thread = clinicalThread(given.lexicon);
  const nlp = given.nlp === undefined ? thread : { ...given.nlp, extract: thread.extract };
  const surroundings: Surroundings = { ...given, nlp, bus: events };
  const stores = openStores(directory, surroundings);
  const report = (error: unknown): void => surroundings.report({ id: surroundings.ids.uuid(), error });
  const announcing: Announcing & { endpoint?: string } = { bus: events, place, clock: surroundings.clock, report };
  const records = announcedRecords(datastoreRecords(table), announcing);
  const runs = datastoreRuns({ records, stores, directory, clock: surroundings.clock, report });
  const close = async (): Promise<void> => {
    await runs.stop();
    await stores.closeAll();
    await thread.close();
    await database.close();
    directory.release();
  };
  try {
    const control = controlPlane({ ...surroundings, records, table, stores, workflow: runs, newSecret });
    for (const record of await records.list()) {
      stores.setStatus(record.id, record.status);
      if (isServing(record.status)) await stores.open(record);
    }
    // What is restored needs its source, so all are open first.
    for (const record of await records.list()) await runs.resume(record);
    const servedAt = (endpoint: string): void => void (announcing.endpoint = endpoint);
    return { ...managed({ directory, records, stores, surroundings }), control, events, servedAt, settled: runs.idle, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Holdings {
  readonly directory: DataDirectory;
  readonly records: DatastoreRecords;
  readonly stores: OpenStores;
  readonly surroundings: Surroundings;
}

function managed({ directory, records, stores, surroundings }: Holdings): Omit<Platform, 'close' | 'control' | 'events' | 'servedAt' | 'settled'> {
  const { clock, ids } = surroundings;
  return {
    datastoreIds: stores.ids,
    find: stores.find,
    async createDataStore({ name, population, omitted = [], nlp = false }) {
      const record: DatastoreRecord = {
        id: ids.uuid().replaceAll('-', ''),
        name,
        status: 'ACTIVE',
        created: clock.now(),
        secret: newSecret(),
        ...(population === undefined ? {} : { preloading: population }),
        ...(omitted.length === 0 ? {} : { omitted }),
        ...(nlp && { configuration: nlpEnabled }),
      };
      // The record first: a crash leaves a store without files, which opening makes, never files without a store.
      await records.replace(undefined, record);
      await stores.open(record);
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
    async enableNlp() {
      const [first] = await records.list();
      if (first === undefined || !isServing(first.status)) return;
      if (!readsNotes(first)) await records.replace(first, { ...first, configuration: { ...first.configuration, ...nlpEnabled } });
      (await stores.open(first)).enrichment.setOn(true);
    },
    async finishPreloading(progress) {
      for (const found of await records.list()) {
        const { preloading, ...record } = found;
        // One that is still being made is given its population by its run.
        if (preloading === undefined || !isServing(found.status)) continue;
        const { store } = await stores.open(found);
        const report = (resources: number): void => progress({ name: record.name, resources });
        await preload(store, { groups: syntheticPopulation(preloading), progress: report });
        await records.replace(found, record);
      }
    },
  };
}
