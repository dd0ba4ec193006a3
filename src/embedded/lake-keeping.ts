/**
 * The work of the thread that keeps lakes (docs/sql.md): it reads a store by a connection of its own, as it is committed, makes
 * Parquet files, and writes manifests by the store's writer thread. No request ever waits for it.
 */
import { parentPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { parquetFiles } from '../machine/duckdb/parquet-files.ts';
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import { lakeUpkeep } from '../operations/lake/lake-upkeep.ts';
import { followLake } from '../operations/lake/follow-lake.ts';
import type { LakeDependencies } from '../operations/lake/lake-dependencies.ts';
import { lakeColumns, tableNamed, tableOf } from '../operations/lake/lake-schema.ts';
import type { ChangeFeed } from '../ports/change-feed.ts';
import { lakeVersions } from '../store/announced-versions.ts';
import { joinDirectoryObjects, pathOfObject } from './directory-objects.ts';
import { loopTurns } from './fair-turns.ts';
import { lakeColumnThreads } from './lake-column-threads.ts';
import { lakeConsumer } from './lake-messages.ts';
import type { LakeAnswer, LakeRequest, LakeStore, RoundDone, UpkeepDone } from './lake-messages.ts';
import { joinSqliteDatabase } from './sqlite-database.ts';

interface Joined {
  readonly dependencies: LakeDependencies;
  readonly feed: ChangeFeed;
  readonly close: () => Promise<void>;
}

const main = parentPort!;
const stores = new Map<string, Joined>();
/** For all stores. They end with this thread. */
const elsewhere = lakeColumnThreads();

main.on('message', (request: LakeRequest) => {
  if ('open' in request) stores.set(request.open.datastoreId, joined(request.open, request.port));
  else if ('close' in request) void leave(request.close);
  else void answer(request);
});

function joined({ databaseFile, tables, objectsFolder, workFolder }: LakeStore, port: MessagePort): Joined {
  const database = joinSqliteDatabase({ path: databaseFile, tables, port, consumers: [lakeConsumer] });
  const objects = joinDirectoryObjects(objectsFolder);
  const parquet = parquetFiles({ objects, pathOf: pathOfObject(objectsFolder), directory: workFolder, ...(elsewhere && { elsewhere }) });
  return {
    feed: database.changeFeed('resources'),
    dependencies: {
      jobs: database.table('jobs'), objects, parquet, tableOf, tableNamed,
      get columns() {
        return lakeColumns();
      },
      versions: lakeVersions({ resources: database.table('resources'), objects }),
      clock: systemClock, ids: randomIds,
      letOthers: () => (loopTurns.isOverdue() ? loopTurns.own() : undefined),
    },
    async close() {
      await parquet.close();
      await database.close();
    },
  };
}

async function answer({ ask, datastoreId, task }: Extract<LakeRequest, { ask: number }>): Promise<void> {
  try {
    const { dependencies, feed } = stores.get(datastoreId)!;
    const done: RoundDone | UpkeepDone = task === 'round'
      ? await followLake({ ...dependencies, feed, consumer: lakeConsumer })
      : { more: (await lakeUpkeep(dependencies)) === 'more' };
    main.postMessage({ ask, done } satisfies LakeAnswer);
  } catch (error) {
    const { name, message, stack } = error as Error;
    const places = stack?.slice(stack.indexOf(message) + message.length);
    main.postMessage({ ask, failure: { name, ...(places !== undefined && { stack: places }) } } satisfies LakeAnswer);
  }
}

async function leave(datastoreId: string): Promise<void> {
  await stores.get(datastoreId)?.close();
  stores.delete(datastoreId);
  main.postMessage({ closed: datastoreId } satisfies LakeAnswer);
}
