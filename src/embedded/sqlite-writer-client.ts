/**
 * The other side of the writer thread, in the main thread and in those that write beside it: gathers the writes of one turn
 * of the event loop into one message and settles each caller's promise when its commit is durable.
 */
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { writeFailure } from './full-disk.ts';
import { TableUnavailable } from '../ports/ordered-table.ts';
import type { Attributes, Batch, Condition, Item, Key, WriteOutcome } from '../ports/ordered-table.ts';
import { addDelete, addPut, emptyDraft, messageOfDraft } from './sqlite-drafts.ts';
import type { Draft } from './sqlite-drafts.ts';
import { tableShift, writeFlag } from './sqlite-messages.ts';
import type { ClientMessage, CloseMessage, CommitMessage, Exception, FollowMessage, FoundItem, LoggingMessage } from './sqlite-messages.ts';
import type { SqliteLayout } from './sqlite-schema.ts';

/** Writes that may wait for the writer: some seconds of work and some 100 MB; beyond it callers are turned away. */
export const maxPendingWrites = 200_000;

/** With more it has no time for what others could do: a commit of an import, and half of what is on its way behind it. */
const maxPendingInTime = 12_000;

/** A message is closed at this many writes, so that the writer's groups stay near their bound. */
const maxMessageWrites = 4096;

export interface SqliteWriter {
  put(table: number, item: Item, condition?: Condition): Promise<WriteOutcome>;
  delete(table: number, key: Key, condition?: Condition): Promise<WriteOutcome>;
  batchWrite(table: number, batch: Batch): Promise<void>;
  /** Puts the item on the condition and, where it holds, those of the other table in the same commit. */
  putWith(put: ConditionalPut, others: { readonly table: number; readonly puts: readonly Item[] }): Promise<WriteOutcome>;
  acknowledge(table: number, consumer: string, sequence: number): Promise<void>;
  /** Takes messages up to this one out of the backup's log. */
  trimLog(sequence: number): Promise<void>;
  /** Whether little enough waits for it that it can do more about each write. */
  hasTime(): boolean;
  /** How much the backup's log has grown by since the start, in bytes. */
  loggedBytes(): number;
  close(): Promise<void>;
}

export interface ConditionalPut {
  readonly table: number;
  readonly item: Item;
  readonly condition: Condition;
}

interface Pending {
  readonly writes: number;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: Error) => void;
}

const written: WriteOutcome = { written: true };

/** The thread that writes, as the thread that started it has it. */
export interface WriterThread extends SqliteWriter {
  /** Begins the backup's log behind what was written so far, or removes it. One call at a time. */
  setLogging(logging: boolean): Promise<void>;
  /** From here on the change feeds carry what has keys that begin so. */
  follow(prefixes: readonly string[]): void;
  /** A port by which another thread writes: `joinedWriter` makes a writer of it there. @param canWait its commits may gather more of its writes */
  connect(canWait?: boolean): MessagePort;
}

/** @param onCrash is told when the writer thread ends by itself; everything pending has been rejected by then. */
export function sqliteWriter(layout: SqliteLayout, onCrash: (error: Error) => void): WriterThread {
  const worker = startWorker(layout);
  const requests = requestsTo(worker);
  let switching: PromiseWithResolvers<void> | undefined;
  const end = (error: Error): void => {
    if (!requests.end(error)) return;
    switching?.reject(error);
    onCrash(error);
  };
  worker.on('message', (message: CommitMessage | LoggingMessage) => {
    if (!('logging' in message)) return;
    if (message.failure === undefined) switching?.resolve();
    else switching?.reject(writeFailure(message.failure));
  });
  worker.on('error', (error) => end(new TableUnavailable('The writer thread has failed.', { cause: error })));
  worker.on('exit', (code) => end(new TableUnavailable(`The writer thread has ended with code ${code}.`)));
  const close = async (): Promise<void> => {
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    await requests.close(async () => {
      worker.postMessage({ close: true } satisfies CloseMessage);
      await exit;
    });
  };
  const setLogging = async (logging: boolean): Promise<void> => {
    requests.flush();
    switching = Promise.withResolvers();
    worker.postMessage({ logging } satisfies LoggingMessage);
    await switching.promise;
  };
  const follow = (prefixes: readonly string[]): void => {
    requests.flush();
    worker.postMessage({ follow: prefixes } satisfies FollowMessage);
  };
  const connect = (canWait = false): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ client: port2, canWait } satisfies ClientMessage, [port2]);
    return port1;
  };
  return { ...writerOver(requests), setLogging, follow, close, connect };
}

/** The writer of a thread that was given a port. Closed when nothing of it is pending any more. */
export function joinedWriter(port: MessagePort): SqliteWriter {
  const requests = requestsTo(port);
  port.on('close', () => requests.end(new TableUnavailable('The writer thread has ended.')));
  return { ...writerOver(requests), close: () => requests.close(async () => port.close()) };
}

function writerOver({ request, pendingWrites, loggedBytes }: Requests): Omit<SqliteWriter, 'close'> {
  return {
    loggedBytes,
    hasTime: () => pendingWrites() < maxPendingInTime,
    put: (table, item, condition) => request(1, (into) => addPut(into, { table, condition }, item)),
    delete: (table, key, condition) => request(1, (into) => addDelete(into, { table, condition }, key)),
    async batchWrite(table, { puts = [], deletes = [] }) {
      if (puts.length + deletes.length === 0) return;
      await request(puts.length + deletes.length, (into) => {
        for (const item of puts) addPut(into, { table }, item);
        for (const key of deletes) addDelete(into, { table }, key);
      });
    },
    putWith: ({ table, item, condition }, others) => request(1 + others.puts.length, (into) => {
      addPut(into, { table, condition }, item);
      for (const other of others.puts) addPut(into, others, other);
    }),
    async acknowledge(table, consumer, sequence) {
      const head = (table << tableShift) | writeFlag.acknowledge;
      await request(1, ({ fields }) => fields.push(head, consumer, sequence));
    },
    async trimLog(sequence) {
      await request(1, ({ fields }) => fields.push(writeFlag.trim, sequence, ''));
    },
  };
}

interface Requests {
  /** Sends a request of so many writes, which `fill` adds to the draft. */
  request(writes: number, fill: (draft: Draft) => void): Promise<WriteOutcome>;
  pendingWrites(): number;
  loggedBytes(): number;
  /** Sends what was asked for so far. @throws TableUnavailable when it has ended */
  flush(): void;
  /** Rejects all that is pending, and all that comes. @returns false when it had ended before */
  end(error: Error): boolean;
  /** Takes nothing more; what is on its way is answered before `ended` resolves, or rejected. */
  close(ended: () => Promise<void>): Promise<void>;
}

function requestsTo(writer: Worker | MessagePort): Requests {
  const pending = pendingRequests();
  let draft = emptyDraft();
  let scheduled = false;
  let ended: Error | undefined;
  let loggedBytes = 0;
  const flush = () => {
    scheduled = false;
    if (ended !== undefined || draft.requests === 0) return;
    const { message, handedOver } = messageOfDraft(draft);
    writer.postMessage(message, handedOver);
    draft = emptyDraft();
  };
  (writer as MessagePort).on('message', (message: CommitMessage | LoggingMessage) => {
    if ('logging' in message) return;
    loggedBytes += message.logged;
    pending.settle(message);
  });
  return {
    pendingWrites: pending.writes,
    loggedBytes: () => loggedBytes,
    request(writes, fill) {
      if (ended !== undefined) return Promise.reject(ended);
      if (pending.writes() > maxPendingWrites) return Promise.reject(new TableUnavailable('Too many writes are waiting.'));
      draft.fields.push(writes);
      fill(draft);
      draft.requests++;
      draft.writes += writes;
      const outcome = pending.add(writes);
      if (draft.writes >= maxMessageWrites) flush();
      else if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
      return outcome;
    },
    flush() {
      if (ended !== undefined) throw ended;
      flush();
    },
    end(error) {
      if (ended !== undefined) return false;
      ended = error;
      pending.rejectAll(error);
      return true;
    },
    async close(end) {
      if (ended !== undefined) return;
      flush();
      ended = new TableUnavailable('The data store is closed.');
      await end();
      pending.rejectAll(ended);
    },
  };
}

function startWorker(layout: SqliteLayout): Worker {
  const path = fileURLToPath(new URL('./sqlite-writer.ts', import.meta.url));
  return new Worker(path, { workerData: { ...layout }, execArgv: [], name: 'sqlite-writer', resourceLimits: { maxYoungGenerationSizeMb: 16 } });
}

/** The callers that wait, in the order of their requests, which is the order of the answers. */
function pendingRequests() {
  const callers: Pending[] = [];
  let waitingWrites = 0;
  return {
    writes: () => waitingWrites,
    add(writes: number): Promise<WriteOutcome> {
      waitingWrites += writes;
      return new Promise((resolve, reject) => callers.push({ writes, resolve, reject }));
    },
    settle({ requests, exceptions }: CommitMessage): void {
      const byRequest = new Map(exceptions.map((exception) => [exception.request, exception]));
      for (const [request, caller] of callers.splice(0, requests).entries()) {
        waitingWrites -= caller.writes;
        settleOne(caller, byRequest.get(request));
      }
    },
    rejectAll(error: Error): void {
      for (const caller of callers.splice(0)) caller.reject(error);
    },
  };
}

function settleOne(caller: Pending, exception: Exception | undefined): void {
  if (exception === undefined) caller.resolve(written);
  else if ('failure' in exception) caller.reject(writeFailure(exception.failure));
  else caller.resolve({ written: false, found: exception.found && itemOf(exception.found) });
}

/** An item from its columns. */
export function itemOf({ pk, sk, attributes, body }: FoundItem): Item {
  const item: { pk: string; sk: string; attributes?: Attributes; body?: Uint8Array } = { pk, sk };
  if (attributes !== null) item.attributes = JSON.parse(attributes) as Attributes;
  if (body !== null) item.body = body;
  return item;
}
