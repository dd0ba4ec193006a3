/** One data store of the embedded runtime: its files, the store over them, and the operations that serve it. */
import { bundleOperations, transactionJobRunner } from '../operations/bundle/bundle-operations.ts';
import { analyticsWish } from '../operations/datastore/analytics-wish.ts';
import { readsNotes } from '../operations/datastore/datastore-configuration.ts';
import { noteText } from '../operations/enrichment/document-text.ts';
import { noteOperations } from '../operations/enrichment/note-operations.ts';
import { pendingNotes } from '../operations/enrichment/pending-notes.ts';
import { noteReader } from '../operations/enrichment/enrich-document.ts';
import { runEnrich } from '../operations/enrichment/run-enrich.ts';
import { jobAnnouncing } from '../operations/events/job-announcing.ts';
import type { ImportDependencies } from '../operations/import/import-dependencies.ts';
import { importOperations } from '../operations/import/import-operations.ts';
import { exportOperations } from '../operations/export/export-operations.ts';
import { runImport } from '../operations/import/run-import.ts';
import { startImport } from '../operations/import/start-import.ts';
import type { OperationResponse } from '../operations/operation.ts';
import { jobRunner } from '../operations/jobs/job-runner.ts';
import { readJob } from '../operations/jobs/submit-job.ts';
import type { JobPorts } from '../operations/jobs/submit-job.ts';
import { reindexOperations } from '../operations/reindex/reindex-operations.ts';
import { runReindex } from '../operations/reindex/run-reindex.ts';
import { rest } from '../operations/rest.ts';
import { sqlOperations } from '../operations/sql/sql-operations.ts';
import type { RestRequest } from '../operations/rest.ts';
import type { Fault } from '../operations/serve.ts';
import type { ClinicalNlp } from '../ports/clinical-nlp.ts';
import type { Clock } from '../ports/clock.ts';
import { uploadLifeMs } from '../ports/contents.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Ids } from '../ports/ids.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { TextExtractor } from '../ports/text-extractor.ts';
import type { DataStore } from '../store/data-store.ts';
import { openDataStore } from '../store/open-data-store.ts';
import type { OpenDataStore } from '../store/open-data-store.ts';
import { defaultBackup } from '../operations/datastore/datastore-record.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { changingBackup } from './changing-backup.ts';
import type { ChangingBackup } from './changing-backup.ts';
import type { StoreFolder } from './data-directory.ts';
import { defaultBucket, directoryBuckets } from './directory-buckets.ts';
import { directoryContents } from './directory-contents.ts';
import { directoryObjects } from './directory-objects.ts';
import { enrichmentConsumer, enrichmentLoop, followedKeys as followedByEnrichment } from './enrichment-loop.ts';
import type { EnrichmentLoop } from './enrichment-loop.ts';
import { loopTurns } from './fair-turns.ts';
import { everything, followedKeys, nothing } from './followed-keys.ts';
import type { ImportThreads, PieceLoader } from './import-threads.ts';
import { watchInbox } from './inbox.ts';
import { jobLoop } from './job-loop.ts';
import type { LoopedRunner } from './job-loop.ts';
import { lakeConsumer } from './lake-messages.ts';
import type { LakeThreads } from './lake-threads.ts';
import { maintenance } from './maintenance.ts';
import { place } from './place.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { storeExports } from './store-exports.ts';
import { openStoreLake } from './store-lake.ts';
import type { StoreLake } from './store-lake.ts';
import { storeSql } from './store-sql.ts';
import type { SqlTurns } from './sql-turns.ts';
import { sqlTurns } from './sql-turns.ts';
import { uploadDesk } from './upload-desk.ts';
import type { UploadDesk } from './upload-desk.ts';

/** One partition a hot family: a single process has no partitions to spread load over. */
export const shards = 1;

/** The tables of a store, in the order in which the logs of backups number them: later ones come behind. */
export const tablesOfStore = ['resources', 'index', 'jobs'] as const;
/** Of these, those that compress what they are given: the thread that writes has more time than those that make what it writes. */
export const compressedTables = ['resources'] as const;

/** A search gives its turn of the event loop away when it has had it for long. */
const letOthers = (): Promise<void> | undefined => (loopTurns.isOverdue() ? loopTurns.own() : undefined);

/** What the stores of one process share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told of what neither FHIR nor we foresaw. */
  readonly report: (fault: Fault) => void;
  /** Told what whoever runs the server should know, in a line without anything of a resource. */
  readonly note?: (text: string) => void;
  /** Reads notes, and what holds them. */
  readonly nlp: ClinicalNlp & TextExtractor;
  /** Where what becomes of jobs is told. */
  readonly bus: EventBus;
  /** The folders of buckets, by their names; a further one lies in the data directory. */
  readonly buckets?: ReadonlyMap<string, string>;
  /** What loads imports beside the main thread; it does that itself where there are none. They need the clock of the machine. */
  readonly importThreads?: ImportThreads;
  /** What keeps lakes beside the main thread; none are kept where there is none. It needs the clock of the machine. */
  readonly lakeThreads?: LakeThreads;
  /** How many questions in SQL run at a time; those of one data store unless given. */
  readonly sqlTurns?: SqlTurns;
}

export interface ServedStore {
  readonly store: DataStore;
  /** Its jobs' records. */
  readonly jobs: OrderedTable;
  /** For whoever submits and changes jobs. */
  readonly jobPorts: JobPorts;
  /** There is a new one. */
  readonly wakeJobs: () => void;
  /** Answers every request for this store; never throws. */
  readonly answer: (request: RestRequest) => Promise<OperationResponse>;
  /** Takes contents that are too large for a request's memory. */
  readonly desk: UploadDesk;
  readonly backup: ChangingBackup;
  readonly enrichment: Pick<EnrichmentLoop, 'setOn' | 'isOn'>;
  /** What SQL is asked of. */
  readonly lake: StoreLake;
  /** Ends the work in the background and frees the files. */
  close(): Promise<void>;
}

/** Opens the files, settles what a crash left and takes up its jobs. */
export async function openServedStore(record: DatastoreRecord, folder: StoreFolder, surroundings: Surroundings): Promise<ServedStore> {
  const { secret, omitted, backup: wantedBackup = defaultBackup } = record;
  const { clock, ids, report, bus, note = () => {}, buckets = [] } = surroundings;
  const reportError = (error: unknown): void => report({ id: ids.uuid(), error });
  const on = readsNotes(record);
  const wish = surroundings.lakeThreads === undefined ? 'PAUSED' : analyticsWish(record);
  const interests = { [enrichmentConsumer]: followedByEnrichment(on), [lakeConsumer]: wish === 'ENABLED' ? everything : nothing };
  const followed = followedKeys(interests, (prefixes) => database.follow(prefixes));
  const feed = { announced: ['resources'], consumers: [enrichmentConsumer, lakeConsumer], followed: followed.all() };
  const database = openSqliteDatabase({ path: folder.databaseFile, tables: tablesOfStore, compressed: compressedTables, ...feed, logged: wantedBackup.status === 'ENABLED' });
  const backup = changingBackup(wantedBackup, { database, folder, clock, report: reportError });
  const [resources, index, jobs] = [database.table('resources'), database.table('index'), database.table('jobs')];
  const objects = directoryObjects(folder.objectsFolder);
  const contents = directoryContents(folder.objectsFolder);
  const store = openDataStore({ resources, index, objects, tableCompresses: database.hasTime, clock, ids, secret, shards, letOthers, ...(omitted && { omitted }) });
  // The directory is locked by this process: whoever coordinated a pending transaction is gone.
  await store.cleaner.settleAfterCrash();
  const announcing = jobAnnouncing({ bus, place, datastoreId: record.id, report: reportError });
  const dependencies = { store, jobs, announcing, objects, clock, ids, report, uploads: contents, downloads: contents };
  const loop = (runner: LoopedRunner) => jobLoop({ runner, clock, report: reportError });
  const bundleLoop = loop(transactionJobRunner(dependencies));
  // A slice at a time: the loop ends between two.
  const reindex = (id: string): Promise<number | undefined> => runReindex(id, { ...dependencies, reindexing: store.reindexing, letOthers }, clock.now());
  const folders = new Map([[defaultBucket, folder.bucketFolder], ...buckets]);
  const mounted = directoryBuckets(folders);
  const imported = { datastoreId: record.id, databaseFile: folder.databaseFile, tables: tablesOfStore, objectsFolder: folder.objectsFolder, buckets: folders, secret, shards };
  const threads = surroundings.importThreads?.ofStore({ ...imported, ...(omitted && { omitted }) }, () => database.connect(true));
  const elsewhere = loadingElsewhere(store, threads);
  const importing = { ...dependencies, datastoreId: record.id, importing: store.importing, bucketsOf: () => mounted, keepContent: contents.lay, letOthers, ...elsewhere };
  const exports = storeExports({ ...dependencies, datastoreId: record.id, exporting: store.exporting, bucketsOf: () => mounted, contents, letOthers });
  const textOf = noteText({ datastoreId: record.id, store, openContent: contents.read, buckets: mounted, extractor: surroundings.nlp });
  const enriching = { ...dependencies, nlp: surroundings.nlp, textOf, pending: pendingNotes(jobs), report: reportError };
  const longLoop = loop(jobRunner({ reindex, import: (id) => runImport(id, importing), export: exports.run, enrich: (id) => runEnrich(id, { ...enriching, reader: noteReader(enriching) }) }, dependencies));
  const take = startImport({ ids, jobPortsOf: () => dependencies, wake: () => longLoop.wake() });
  const start = (wanted: Parameters<typeof take>[1]) => take(record, wanted);
  const housekeeping = maintenance({ ...store.cleaner, removeUploads: () => contents.removeUploads(clock.now() - uploadLifeMs), removeExports: exports.sweep, removeAnswers: async () => sql.sweep() }, reportError);
  const stopInbox = await watchInbox({ datastoreId: record.id, folders, buckets: mounted, clock, start, job: (id) => readJob('import', id, dependencies), note, report: reportError });
  const noteFeed = { changeFeed: database.changeFeed, follow: (prefixes: readonly string[]) => followed.set(enrichmentConsumer, prefixes) };
  const enrichment = enrichmentLoop({ database: noteFeed, jobs, store, nlp: surroundings.nlp, textOf, clock, on, report: reportError });
  const kept = { datastoreId: record.id, databaseFile: folder.databaseFile, tables: tablesOfStore, objectsFolder: folder.objectsFolder, workFolder: folder.lakeFolder };
  const keeper = surroundings.lakeThreads?.ofStore(kept, database.connect);
  const lake = await openStoreLake({ ...dependencies, resources, feed: database.changeFeed('resources'), follow: (isOn) => followed.set(lakeConsumer, isOn ? everything : nothing), keeper, wish, report: reportError });
  const sql = storeSql({ lake, objectsFolder: folder.objectsFolder, sqlFolder: folder.sqlFolder, turns: surroundings.sqlTurns ?? sqlTurns(), clock, ids });
  bundleLoop.start();
  longLoop.start();
  return {
    store,
    jobs,
    jobPorts: { jobs, clock, announcing },
    wakeJobs: longLoop.wake,
    desk: uploadDesk({ contents, sealer: store.sealer, clock, ids }),
    answer: rest(dependencies, {
      ...bundleOperations({ ...dependencies, wake: bundleLoop.wake }),
      ...reindexOperations({ ...dependencies, wake: longLoop.wake }),
      ...noteOperations({ ...enriching, readsNotes: enrichment.isOn, wake: longLoop.wake }),
      ...importOperations({ ...dependencies, datastoreId: record.id, start, wake: longLoop.wake }),
      ...exportOperations({ ...dependencies, datastoreId: record.id, wake: longLoop.wake }),
      ...sqlOperations({ ...dependencies, resources, engine: sql }),
    }),
    backup,
    enrichment,
    lake,
    async close() {
      await stopInbox();
      await Promise.all([enrichment.stop(), sql.close()]);
      await lake.close();
      await Promise.all([bundleLoop.stop(), longLoop.stop(), housekeeping.stop(), backup.close()]);
      await threads?.close();
      await database.close();
    },
  };
}

/** Pieces that threads load are written under the rules of their time, as all that this process writes. */
function loadingElsewhere(store: Pick<OpenDataStore, 'underRules'>, loader: PieceLoader | undefined): Pick<ImportDependencies, 'loadElsewhere' | 'piecesAtOnce'> {
  if (loader === undefined) return {};
  return { piecesAtOnce: loader.piecesAtOnce, loadElsewhere: (job, piece) => store.underRules(() => loader.load(job, piece)) };
}
