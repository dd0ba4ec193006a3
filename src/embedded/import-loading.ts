/**
 * The work of a thread that loads pieces of imports (docs/import.md): the same step as anywhere, over the same tables, which
 * it reads by a connection of its own and writes by the store's writer thread.
 */
import { parentPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import { importContext } from '../operations/import/import-dependencies.ts';
import type { ImportDependencies } from '../operations/import/import-dependencies.ts';
import { pieceBytes } from '../operations/import/import-job.ts';
import type { LoadedPiece } from '../operations/import/import-objects.ts';
import { contentSource } from '../operations/import/import-source.ts';
import { loadPiece } from '../operations/import/load-piece.ts';
import { openImporting } from '../store/open-importing.ts';
import { directoryBuckets } from './directory-buckets.ts';
import { directoryContents } from './directory-contents.ts';
import { joinDirectoryObjects } from './directory-objects.ts';
import type { ImportedStore, ThreadAnswer, ThreadRequest } from './import-messages.ts';
import { joinSqliteDatabase } from './sqlite-database.ts';
import { turns } from './turns.ts';

interface Joined {
  readonly dependencies: ImportDependencies;
  readonly renewRules: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Few resources are held at a time: what becomes of one goes to the writer as it is made, and is all that is left of it. So many are
 * on their way that there is something to do while the writer gathers a commit, the one before it goes to the disk, and the log is
 * copied: a third of a second of work.
 */
const batches = { lines: 16, atOnce: 96, bytes: 4 * 1024 * 1024 };
/**
 * Pieces are worked on two at a time, small ones more: where one has nothing more to do than to wait for its last commit there is
 * another.
 */
const turnBytes = 2 * pieceBytes;
const pieceTurns = turns(turnBytes);
/** So long the thread goes on before it sends what it has made and hears what is written. */
const turnMs = 6;

const main = parentPort!;
const stores = new Map<string, Joined>();

main.on('message', (request: ThreadRequest) => {
  if ('open' in request) stores.set(request.open.datastoreId, joined(request.open, request.port));
  else if ('close' in request) void leave(request.close);
  else void load(request);
});

function joined({ datastoreId, databaseFile, tables, objectsFolder, buckets, secret, shards, omitted }: ImportedStore, port: MessagePort): Joined {
  const database = joinSqliteDatabase({ path: databaseFile, tables, port });
  const [resources, index, jobs] = [database.table('resources'), database.table('index'), database.table('jobs')];
  const objects = joinDirectoryObjects(objectsFolder);
  const putWithEntries = database.putWith('resources', 'index');
  const importing = openImporting({ resources, index, objects, putWithEntries, tableCompresses: database.hasTime, clock: systemClock, ids: randomIds, secret, shards, ...(omitted && { omitted }) });
  const mounted = directoryBuckets(buckets);
  return {
    dependencies: {
      datastoreId, jobs, objects, importing, clock: systemClock,
      bucketsOf: () => mounted, keepContent: directoryContents(objectsFolder).lay, batches, letOthers,
    },
    renewRules: importing.renewRules,
    close: database.close,
  };
}

let turnBegan = 0;

function letOthers(): Promise<void> | undefined {
  if (performance.now() - turnBegan < turnMs) return undefined;
  return new Promise((resolve) => setImmediate(() => {
    turnBegan = performance.now();
    resolve();
  }));
}

async function load(request: Extract<ThreadRequest, { load: number }>): Promise<void> {
  const { load: number, datastoreId, piece: { piece }, alone } = request;
  const giveBack = await pieceTurns.take(alone ? turnBytes : piece.end - piece.begin);
  answer({ began: number });
  try {
    answer({ load: number, loaded: await loaded(stores.get(datastoreId)!, request) });
  } catch (error) {
    const { name, message, stack } = error as Error;
    answer({ load: number, failure: { name, message, ...(stack === undefined ? {} : { stack }) } });
  } finally {
    giveBack();
  }
}

async function loaded({ dependencies, renewRules }: Joined, { job, piece: { file, piece, sizeBytes } }: Extract<ThreadRequest, { load: number }>): Promise<LoadedPiece> {
  // The main thread counts this piece among what is written by the rules of this moment.
  await renewRules();
  const context = importContext(job, dependencies);
  return loadPiece(context, { file, piece, source: contentSource(context, file, sizeBytes) });
}

async function leave(datastoreId: string): Promise<void> {
  await stores.get(datastoreId)?.close();
  stores.delete(datastoreId);
  answer({ closed: datastoreId });
}

function answer(message: ThreadAnswer): void {
  main.postMessage(message);
}
