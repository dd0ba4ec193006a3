/**
 * The writer thread of a data store: it owns the connection that writes, and puts all requests that have queued while
 * it was busy under one commit, whichever thread they are from, so that they share one way to the disk. A request is answered
 * only when its commit is there.
 *
 * SQLite would wait for the disk in every commit (`synchronous = FULL`). Here it leaves that to this thread (`NORMAL`,
 * https://www.sqlite.org/pragma.html#pragma_synchronous), which has the log written through by another one of Node's and
 * carries the next requests out meanwhile. What is committed and not on the disk yet may be read; a crash of the machine
 * takes the newest of it, and nobody was told that it is written.
 */
import { fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { CommitMessage, Exception, LoggingMessage, Order, WriteMessage, WriterMessage } from './sqlite-messages.ts';
import { backupLog, backupLogDefinition, backupLogRemoval } from './backup-log.ts';
import { busyTimeoutMs, writerCacheKb } from './sqlite-schema.ts';
import type { SqliteLayout } from './sqlite-schema.ts';
import { messageCursor, readRequest, singleRequests, sqliteWrites } from './sqlite-writes.ts';

/** A commit takes no further message beyond this many writes: some 50 ms of work, so that no caller waits long. */
const maxGroupWrites = 4096;

/**
 * The write-ahead log is copied into the file when it has this many pages (192 MB), or when writing pauses. Pages that are
 * written again before are copied once: a log of a third as long has an eighth more bytes written, and waits more for the disk.
 */
const maxLogPages = 49_152;
/** A longer file is cut when the log begins anew: one of the usual length, the last commits on top, is written over as it is. */
const logLimitBytes = 256 * 1024 * 1024;
/**
 * Clients that can wait have one commit for all that they send in this time: a page that many of their writes change is written
 * once. A write of anybody else ends it at once, and is of the same commit.
 */
const maxHeldMs = 80;
/** A commit that is held ends when nothing came for so long: somewhat more than a thread of imports works before it sends. */
const heldPauseMs = 12;
/** A pause in writing: then the log is copied and cut to nothing. */
const pauseMs = 500;
/** After a copy that failed, as it does on a full disk. */
const retryMs = 5_000;

const port = parentPort!;
const layout = workerData as SqliteLayout;
const database = new DatabaseSync(layout.path, { timeout: busyTimeoutMs });
database.exec(`PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${writerCacheKb}; PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = ${logLimitBytes}; PRAGMA temp_store = MEMORY`);
// There from the first read of a connection on, for as long as any is open.
database.prepare('SELECT count(*) FROM sqlite_schema').get();
const logFile = openSync(`${layout.path}-wal`, 'r+');
const begin = database.prepare('BEGIN IMMEDIATE');
const commit = database.prepare('COMMIT');
let log = layout.logged ? backupLog(database) : undefined;
const run = sqliteWrites(database, layout, (sequence) => log?.trim(sequence));

/** The main thread's port, and those of threads that write beside it; with whether they can wait. */
const clients = new Map<MessagePort, boolean>();
let pause: NodeJS.Timeout | undefined;

serve(port, false);

function serve(client: MessagePort, canWait: boolean): void {
  clients.set(client, canWait);
  client.on('message', (message: WriterMessage) => receive({ from: client, message }));
  client.on('close', () => clients.delete(client));
}

interface Received<Message = WriterMessage> {
  readonly from: MessagePort;
  readonly message: Message;
}

/** Carried out in the transaction that is open, of which nobody has been told. */
interface Held {
  readonly received: Received<WriteMessage>;
  readonly carried: Carried;
}

let held: Held[] = [];
let heldSince = 0;
/** What is committed: how many requests of which client, and what became of them. */
interface Committed {
  readonly from: MessagePort;
  readonly requests: number;
  readonly carried: Carried;
}

/** And not yet on its way to the disk. */
let committed: Committed[] = [];
let isSyncing = false;
let isClosing = false;

function receive(first: Received): void {
  clearTimeout(pause);
  const { group, order } = queued(first);
  if (group.length > 0) carryOut(group);
  // While the commit before is on its way to the disk, this one takes more.
  if (order !== undefined || (!isSyncing && !mayHold())) commitHeld();
  if (order !== undefined && 'close' in order) return close();
  if (order !== undefined && 'follow' in order) layout.followed = order.follow;
  else if (order !== undefined) port.postMessage(switchLog(order));
  pause = held.length > 0 ? setTimeout(endHolding, heldPauseMs) : setTimeout(copyInPause, pauseMs);
}

function mayHold(): boolean {
  return performance.now() - heldSince < maxHeldMs && held.every(({ received }) => clients.get(received.from) === true);
}

function endHolding(): void {
  commitHeld();
  pause = setTimeout(copyInPause, pauseMs);
}

function switchLog({ logging }: LoggingMessage): LoggingMessage {
  try {
    inTransaction(() => database.exec(logging ? backupLogDefinition : backupLogRemoval));
    fdatasyncSync(logFile);
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

/** The message at hand and all that wait behind it, up to the bound. */
function queued(first: Received): { group: Received<WriteMessage>[]; order?: Order } {
  const group: Received<WriteMessage>[] = [];
  let writes = 0;
  for (const { from, message } of waiting(first)) {
    if ('client' in message) {
      serve(message.client, message.canWait);
      continue;
    }
    if (!('requests' in message)) return { group, order: message };
    group.push({ from, message });
    writes += message.writes;
    if (writes >= maxGroupWrites) break;
  }
  return { group };
}

function* waiting(first: Received): Generator<Received> {
  yield first;
  for (const from of clients.keys()) {
    for (let next = receiveMessageOnPort(from); next !== undefined; next = receiveMessageOnPort(from)) yield { from, message: next.message as WriterMessage };
  }
}

/** What became of one message; exceptions by their requests in it. */
type Carried = Pick<CommitMessage, 'exceptions' | 'logged'>;

/** Each client is told of its own requests, in their order. */
function answer(all: readonly Committed[]): void {
  const answers = new Map<MessagePort, { requests: number; exceptions: Exception[]; logged: number }>();
  const answerTo = (client: MessagePort) => answers.get(client) ?? answers.set(client, { requests: 0, exceptions: [], logged: 0 }).get(client)!;
  for (const { from, requests, carried: { exceptions, logged } } of all) {
    const to = answerTo(from);
    for (const exception of exceptions) to.exceptions.push({ ...exception, request: to.requests + exception.request });
    to.requests += requests;
    if (logged > 0) answerTo(port).logged += logged;
  }
  for (const [client, message] of answers) client.postMessage(message satisfies CommitMessage);
}

/** In the transaction that is open, or a new one. */
function carryOut(group: readonly Received<WriteMessage>[]): void {
  try {
    if (!database.isTransaction) {
      begin.run();
      heldSince = performance.now();
    }
    log?.begin();
    held.push(...group.map((received) => ({ received, carried: runMessage(received.message) })));
  } catch {
    oneByOne(group);
  }
}

function commitHeld(): void {
  if (!database.isTransaction) return;
  try {
    commit.run();
  } catch {
    return oneByOne([]);
  }
  committed.push(...held.map(({ received, carried }) => committedOf(received, carried)));
  held = [];
  writeThrough();
  if (logPages() >= maxLogPages) copyLog('PASSIVE');
}

function committedOf({ from, message: { requests } }: Received<WriteMessage>, carried: Carried): Committed {
  return { from, requests, carried };
}

/** Brings to the disk what is committed by now, and answers it then; what is committed meanwhile comes next. */
function writeThrough(): void {
  if (isSyncing) return;
  isSyncing = true;
  const durable = committed;
  committed = [];
  fdatasync(logFile, (error) => {
    // Nobody knows what of it is there, and asking again would not tell: the next start reads what there is.
    if (error !== null) throw error;
    isSyncing = false;
    answer(durable);
    if (committed.length > 0) return writeThrough();
    if (isClosing) return close();
    if (held.length > 0 && !mayHold()) commitHeld();
  });
}

/** When one request fails, each is carried out by itself, so that the failure stays its own. */
function oneByOne(more: readonly Received<WriteMessage>[]): void {
  if (database.isTransaction) database.exec('ROLLBACK');
  const all = [...held.map(({ received }) => received), ...more];
  held = [];
  committed.push(...all.map((received) => committedOf(received, runOneByOne(received.message))));
  writeThrough();
}

function runMessage(message: WriteMessage): Carried {
  const cursor = messageCursor(message);
  const exceptions: Exception[] = [];
  for (let request = 0; request < message.requests; request += 1) {
    const outcome = run(readRequest(cursor));
    if (outcome !== true) exceptions.push({ request, found: outcome.found });
  }
  // What changed nothing needs no place in the log.
  const logged = exceptions.length < message.requests ? log?.add(message, exceptions.length) : undefined;
  return { exceptions, logged: logged ?? 0 };
}

function runOneByOne(message: WriteMessage): Carried {
  const exceptions: Exception[] = [];
  let logged = 0;
  for (const [request, single] of singleRequests(message).entries()) {
    try {
      const carried = inTransaction(() => runMessage(single));
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
    log?.begin();
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

/** Behind the last answer. */
function close(): void {
  isClosing = isSyncing;
  if (isClosing) return;
  copyLog('TRUNCATE');
  database.close();
  for (const client of clients.keys()) client.close();
}
