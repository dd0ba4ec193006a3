/**
 * The main thread's side of the writer thread: gathers the writes of one turn of the event loop into one message and
 * settles each caller's promise when its commit is durable.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { writeFailure } from './full-disk.ts';
import { TableUnavailable } from '../ports/ordered-table.ts';
import type { Attributes, Batch, Condition, Item, Key, WriteOutcome } from '../ports/ordered-table.ts';
import { tableShift, writeFlag } from './sqlite-messages.ts';
import type { CommitMessage, Exception, Field, FoundItem, LoggingMessage, WriteMessage } from './sqlite-messages.ts';
import type { SqliteLayout } from './sqlite-schema.ts';

/** Writes that may wait for the writer: some seconds of work and some 100 MB; beyond it callers are turned away. */
export const maxPendingWrites = 200_000;

/** A message is closed at this many writes, so that the writer's groups stay near their bound. */
const maxMessageWrites = 4096;

export interface SqliteWriter {
  put(table: number, item: Item, condition?: Condition): Promise<WriteOutcome>;
  delete(table: number, key: Key, condition?: Condition): Promise<WriteOutcome>;
  batchWrite(table: number, batch: Batch): Promise<void>;
  acknowledge(table: number, consumer: string, sequence: number): Promise<void>;
  /** Takes messages up to this one out of the backup's log. */
  trimLog(sequence: number): Promise<void>;
  /** How much the backup's log has grown by since the start, in bytes. */
  loggedBytes(): number;
  /** Begins the backup's log behind what was written so far, or removes it. One call at a time. */
  setLogging(logging: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Pending {
  readonly writes: number;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** A message that is still being filled. */
interface Draft {
  requests: number;
  writes: number;
  readonly fields: Field[];
  readonly bodies: Uint8Array[];
}

const written: WriteOutcome = { written: true };

/** @param onCrash is told when the writer thread ends by itself; everything pending has been rejected by then. */
export function sqliteWriter(layout: SqliteLayout, onCrash: (error: Error) => void): SqliteWriter {
  const { request, ...others } = writerThread(layout, onCrash);
  return {
    ...others,
    put: (table, item, condition) => request(1, (into) => addPut(into, { table, condition }, item)),
    delete: (table, key, condition) => request(1, (into) => addDelete(into, { table, condition }, key)),
    async batchWrite(table, { puts = [], deletes = [] }) {
      if (puts.length + deletes.length === 0) return;
      await request(puts.length + deletes.length, (into) => {
        for (const item of puts) addPut(into, { table }, item);
        for (const key of deletes) addDelete(into, { table }, key);
      });
    },
    async acknowledge(table, consumer, sequence) {
      const head = (table << tableShift) | writeFlag.acknowledge;
      await request(1, ({ fields }) => fields.push(head, consumer, sequence));
    },
    async trimLog(sequence) {
      await request(1, ({ fields }) => fields.push(writeFlag.trim, sequence, ''));
    },
  };
}

interface WriterThread {
  /** Sends a request of so many writes, which `fill` adds to the draft. */
  request(writes: number, fill: (draft: Draft) => void): Promise<WriteOutcome>;
  loggedBytes(): number;
  setLogging(logging: boolean): Promise<void>;
  close(): Promise<void>;
}

function writerThread(layout: SqliteLayout, onCrash: (error: Error) => void): WriterThread {
  const worker = startWorker(layout);
  const pending = pendingRequests();
  let draft = emptyDraft();
  let scheduled = false;
  let ended: Error | undefined;
  let loggedBytes = 0;
  let switching: PromiseWithResolvers<void> | undefined;
  const flush = () => {
    scheduled = false;
    if (ended !== undefined || draft.requests === 0) return;
    send(worker, draft);
    draft = emptyDraft();
  };
  const end = (error: Error): void => {
    if (ended !== undefined) return;
    ended = error;
    pending.rejectAll(error);
    switching?.reject(error);
    onCrash(error);
  };
  worker.on('message', (message: CommitMessage | LoggingMessage) => {
    if ('logging' in message) {
      if (message.failure === undefined) switching?.resolve();
      else switching?.reject(writeFailure(message.failure));
      return;
    }
    loggedBytes += message.logged;
    pending.settle(message);
  });
  worker.on('error', (error) => end(new TableUnavailable('The writer thread has failed.', { cause: error })));
  worker.on('exit', (code) => end(new TableUnavailable(`The writer thread has ended with code ${code}.`)));
  return {
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
    async setLogging(logging) {
      if (ended !== undefined) throw ended;
      flush();
      switching = Promise.withResolvers();
      worker.postMessage({ logging } satisfies LoggingMessage);
      await switching.promise;
    },
    async close() {
      if (ended !== undefined) return;
      flush();
      ended = new TableUnavailable('The data store is closed.');
      const exit = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage({ close: true });
      await exit;
      pending.rejectAll(ended);
    },
  };
}

function startWorker(layout: SqliteLayout): Worker {
  const path = fileURLToPath(new URL('./sqlite-writer.ts', import.meta.url));
  return new Worker(path, { workerData: { ...layout }, execArgv: [], name: 'sqlite-writer', resourceLimits: { maxYoungGenerationSizeMb: 16 } });
}

function send(worker: Worker, draft: Draft): void {
  const { requests, writes, fields } = draft;
  const bodies = joined(draft.bodies);
  const message: WriteMessage = { requests, writes, fields, bodies };
  worker.postMessage(message, bodies === undefined ? [] : [bodies.buffer]);
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

function emptyDraft(): Draft {
  return { requests: 0, writes: 0, fields: [], bodies: [] };
}

function joined(bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> | undefined {
  if (bodies.length === 0) return undefined;
  const all = new Uint8Array(bodies.reduce((sum, body) => sum + body.length, 0));
  let offset = 0;
  for (const body of bodies) {
    all.set(body, offset);
    offset += body.length;
  }
  return all;
}

/** Where a write goes and on what condition. */
interface Target {
  readonly table: number;
  readonly condition?: Condition;
}

function addPut({ fields, bodies }: Draft, { table, condition }: Target, item: Item): void {
  const attributes = attributesText(item.attributes);
  let head = (table << tableShift) | conditionFlag(condition);
  if (attributes !== undefined) head |= writeFlag.attributes;
  if (item.body !== undefined) head |= writeFlag.body;
  if (item.announce) head |= writeFlag.announce;
  fields.push(head, item.pk, item.sk);
  if (attributes !== undefined) fields.push(attributes);
  if (item.body !== undefined) {
    fields.push(item.body.length);
    bodies.push(item.body);
  }
  addCondition(fields, condition);
}

function addDelete({ fields }: Draft, { table, condition }: Target, key: Key): void {
  fields.push((table << tableShift) | writeFlag.delete | conditionFlag(condition), key.pk, key.sk);
  addCondition(fields, condition);
}

function conditionFlag(condition: Condition | undefined): number {
  if (condition === undefined) return 0;
  return 'absent' in condition ? writeFlag.ifAbsent : writeFlag.ifEquals;
}

function addCondition(fields: Field[], condition: Condition | undefined): void {
  if (condition === undefined) return;
  fields.push(condition.attribute);
  if (!('absent' in condition)) fields.push(condition.equals);
}

function attributesText(attributes: Attributes | undefined): string | undefined {
  if (attributes === undefined) return undefined;
  const text = JSON.stringify(attributes);
  return text === '{}' ? undefined : text;
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
