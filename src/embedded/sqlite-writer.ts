/**
 * The writer thread of a data store: it owns the connection that writes, and puts all requests that have queued while
 * it was busy under one commit, so that they share one fsync. A request is answered after its commit only.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { CloseMessage, CommitMessage, Exception, FoundItem, LoggingMessage, WriteMessage } from './sqlite-messages.ts';
import { backupLog, backupLogDefinition, backupLogRemoval } from './backup-log.ts';
import { busyTimeoutMs, writerCacheKb } from './sqlite-schema.ts';
import type { SqliteLayout } from './sqlite-schema.ts';
import { messageCursor, readRequest, singleRequests, sqliteWrites } from './sqlite-writes.ts';

/** A commit takes no further message beyond this many writes: some 50 ms of work, so that no caller waits long. */
const maxGroupWrites = 4096;

/**
 * The write-ahead log is copied into the file when it has this many pages (64 MB), or when writing pauses. Pages that are
 * written again before are copied once: a log three times as long saved a sixth of all bytes written.
 */
const maxLogPages = 16_384;
/** What remains of the log's file after a copy that could not cut it. */
const logLimitBytes = 64 * 1024 * 1024;
/** A pause in writing: then the log is copied and cut to nothing. */
const pauseMs = 500;
/** After a copy that failed, as it does on a full disk. */
const retryMs = 5_000;

const port = parentPort!;
const layout = workerData as SqliteLayout;
const database = new DatabaseSync(layout.path, { timeout: busyTimeoutMs });
database.exec(`PRAGMA synchronous = FULL; PRAGMA cache_size = -${writerCacheKb}; PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = ${logLimitBytes}; PRAGMA temp_store = MEMORY`);
const begin = database.prepare('BEGIN IMMEDIATE');
const commit = database.prepare('COMMIT');
let log = layout.logged ? backupLog(database) : undefined;
const run = sqliteWrites(database, layout, (sequence) => log?.trim(sequence));

let pause: NodeJS.Timeout | undefined;

/** What ends a group: it counts for the writes behind it. */
type Order = CloseMessage | LoggingMessage;

port.on('message', (first: WriteMessage | Order) => {
  clearTimeout(pause);
  const { group, order } = queued(first);
  if (group.length > 0) {
    port.postMessage(commitGroup(group));
    if (logPages() >= maxLogPages) copyLog('PASSIVE');
  }
  if (order !== undefined && 'close' in order) return close();
  if (order !== undefined) port.postMessage(switchLog(order));
  pause = setTimeout(copyInPause, pauseMs);
});

function switchLog({ logging }: LoggingMessage): LoggingMessage {
  try {
    inTransaction(() => database.exec(logging ? backupLogDefinition : backupLogRemoval));
    log = logging ? backupLog(database) : undefined;
    return { logging };
  } catch (error) {
    return { logging, failure: (error as Error).message };
  }
}

/** What could not be copied for want of room is tried again, also when nobody writes any more. */
function copyInPause(): void {
  if (!copyLog('TRUNCATE')) pause = setTimeout(copyInPause, retryMs);
}

/** The message at hand and those behind it, up to the bound. */
function queued(first: WriteMessage | Order): { group: WriteMessage[]; order?: Order } {
  const group: WriteMessage[] = [];
  let next: { message: WriteMessage | Order } | undefined = { message: first };
  for (let writes = 0; next !== undefined; next = writes < maxGroupWrites ? receiveMessageOnPort(port) : undefined) {
    if (!('requests' in next.message)) return { group, order: next.message };
    group.push(next.message);
    writes += next.message.writes;
  }
  return { group };
}

/** Commits all requests together; when one fails, each by itself, so that the failure stays its own. */
function commitGroup(group: readonly WriteMessage[]): CommitMessage {
  const requests = group.reduce((sum, message) => sum + message.requests, 0);
  try {
    return { requests, ...inTransaction(() => runAll(group)) };
  } catch {
    return { requests, ...runOneByOne(group.flatMap(singleRequests)) };
  }
}

type Carried = Pick<CommitMessage, 'exceptions' | 'logged'>;

function runAll(messages: readonly WriteMessage[]): Carried {
  log?.begin();
  const exceptions: Exception[] = [];
  let logged = 0;
  let before = 0;
  for (const message of messages) {
    const failed = runMessage(message);
    // What changed nothing needs no place in the log.
    if (failed.length < message.requests) logged += log?.add(message, failed.length) ?? 0;
    for (const { request, found } of failed) exceptions.push({ request: before + request, found });
    before += message.requests;
  }
  return { exceptions, logged };
}

function runMessage(message: WriteMessage) {
  const cursor = messageCursor(message);
  const failed: { request: number; found: FoundItem | undefined }[] = [];
  for (let request = 0; request < message.requests; request += 1) {
    const outcome = run(readRequest(cursor));
    if (outcome !== true) failed.push({ request, found: outcome.found });
  }
  return failed;
}

function runOneByOne(requests: readonly WriteMessage[]): Carried {
  const exceptions: Exception[] = [];
  let logged = 0;
  for (const [request, message] of requests.entries()) {
    try {
      const carried = inTransaction(() => runAll([message]));
      exceptions.push(...carried.exceptions.map((exception) => ({ ...exception, request })));
      logged += carried.logged;
    } catch (error) {
      exceptions.push({ request, failure: (error as Error).message });
    }
  }
  return { exceptions, logged };
}

function inTransaction<Result>(work: () => Result): Result {
  begin.run();
  try {
    const result = work();
    commit.run();
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function logPages(): number {
  return (database.prepare('PRAGMA wal_checkpoint(NOOP)').get() as { log: number }).log;
}

/**
 * Never waits: a reader in the way means that the next turn copies the rest. A copy that fails loses nothing, since the
 * log has it all; the thread must live on to serve what needs no room.
 *
 * @returns false when it failed
 */
function copyLog(mode: 'PASSIVE' | 'TRUNCATE'): boolean {
  try {
    database.exec(`PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(${mode})`);
    return true;
  } catch {
    return false;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }
}

function close(): void {
  copyLog('TRUNCATE');
  database.close();
  port.close();
}
