/**
 * Threads that make columns beside the one that keeps lakes, which reads the store and unpacks meanwhile: where a whole lake is
 * written, all cores are used (docs/performance.md). They are started when there is much to do, and ended when there was nothing
 * for a while. They have no file open and publish nothing: what they had begun is forgotten when they end.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { lakeTable } from '../fhir/lake/lake-tables.ts';
import type { FilesElsewhere } from '../machine/duckdb/parquet-files.ts';
import { madeHere } from '../machine/parquet/file-maker.ts';
import type { FileOfRows, MadeFile } from '../machine/parquet/file-maker.ts';
import { BatchWriter } from './lake-column-messages.ts';
import type { ColumnAnswer, ColumnRequest } from './lake-column-messages.ts';

/** One thread unpacks about as fast as two make columns, and each of them takes some 50 MB and what it holds. */
const maxThreads = 2;
/** A thread starts in a third of a second, in which another makes columns of some 20 MB: of 15,000 resources. */
const leastBytes = 24 * 1024 * 1024;
/** Between two slices of a lake a thread has nothing to do for a second or two. */
const idleMs = 5000;
const youngGenerationMb = 16;
/** Rows on their way: a message costs some 50 microseconds, and what a thread does with so much takes 10 ms. */
const batchBytes = 1024 * 1024;
/** Of a file: one that is filled, one that waits, and one that is read. */
const batchesAtOnce = 3;

/** A profile of the process is one of its threads too (https://nodejs.org/api/cli.html#--cpu-prof). */
const profiling = process.execArgv.filter((argument) => argument.startsWith('--cpu-prof'));

export interface LakeColumnThreads extends FilesElsewhere {
  /** How many there are now. */
  readonly running: number;
  /** What they had begun fails. */
  close(): Promise<void>;
}

/** @returns `undefined` where one core has to do everything anyway */
export function lakeColumnThreads(count = Math.min(availableParallelism(), maxThreads)): LakeColumnThreads | undefined {
  return count < 2 ? undefined : new ColumnThreads(count);
}

class ColumnThreads implements LakeColumnThreads {
  readonly filesAtOnce: number;
  readonly leastBytes = leastBytes;
  readonly #threads = new Set<ColumnThread>();
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.filesAtOnce = count;
  }

  get running(): number {
    return this.#threads.size;
  }

  async make(file: FileOfRows): Promise<MadeFile | undefined> {
    // They know tables by their types.
    if (file.table !== lakeTable(file.table.type)) return madeHere(file);
    if (this.#busy < this.filesAtOnce) this.#busy++;
    else await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    try {
      return await this.#free().make(file);
    } finally {
      // Whoever waits takes over the place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #free(): ColumnThread {
    for (const thread of this.#threads) if (thread.isFree) return thread;
    const thread = new ColumnThread(() => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }
}

class ColumnThread {
  readonly #worker: Worker;
  readonly #ended: () => void;
  #file: FileOnItsWay | undefined;
  #numbers = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(ended: () => void) {
    this.#ended = ended;
    const path = fileURLToPath(new URL('./lake-column-thread.ts', import.meta.url));
    this.#worker = new Worker(path, { execArgv: profiling, name: 'lake columns', resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb } });
    this.#worker.on('message', (message: ColumnAnswer) => this.#file?.answered(message));
    this.#worker.on('error', (error) => this.#failed(new Error('A thread that makes columns has failed.', { cause: error })));
    this.#worker.once('exit', () => this.#failed(new Error('A thread that makes columns has ended.')));
  }

  get isFree(): boolean {
    return this.#file === undefined;
  }

  async make(wanted: FileOfRows): Promise<MadeFile | undefined> {
    clearTimeout(this.#idle);
    const file = this.#file = new FileOnItsWay(this.#numbers += 1, wanted, this.#worker);
    try {
      return await file.made();
    } finally {
      this.#file = undefined;
      this.#idle = setTimeout(() => void this.end(), idleMs).unref();
    }
  }

  async end(): Promise<void> {
    this.#ended();
    await this.#worker.terminate();
  }

  #failed(error: Error): void {
    clearTimeout(this.#idle);
    this.#ended();
    this.#file?.fail(error);
  }
}

/** A file whose rows are sent to a thread, as fast as this takes them. */
class FileOnItsWay {
  readonly #number: number;
  readonly #wanted: FileOfRows;
  readonly #worker: Worker;
  readonly #done = Promise.withResolvers<MadeFile | undefined>();
  /** Buffers that are free, and how many more may be made. */
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];
  #unmade = batchesAtOnce;
  #wake: (() => void) | undefined;
  #parts: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(number: number, wanted: FileOfRows, worker: Worker) {
    this.#number = number;
    this.#wanted = wanted;
    this.#worker = worker;
    // Told to whoever waits for it, which may be later.
    this.#done.promise.catch(() => {});
  }

  async made(): Promise<MadeFile | undefined> {
    const { table, partBytes } = this.#wanted;
    const file = this.#number;
    this.#send({ file, begin: { type: table.type, partBytes } });
    try {
      await this.#sendRows();
      this.#send({ file, end: 'all' });
      const made = await this.#done.promise;
      await this.#parts;
      return made;
    } catch (error) {
      this.#send({ file, end: 'given-up' });
      await this.#parts.catch(() => {});
      throw error;
    }
  }

  answered(message: ColumnAnswer): void {
    // Of one that was given up before, whose thread goes on with another.
    if (message.file !== this.#number) return;
    if ('failure' in message) this.fail(message.failure);
    else if ('made' in message) this.#done.resolve(message.made);
    else if ('taken' in message) this.#returned(message.taken);
    else this.#parts = this.#parts.then(() => this.#wanted.takePart(message.part));
    this.#parts.catch((error: unknown) => this.fail(error as Error));
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#done.reject(error);
    this.#wake?.();
  }

  async #sendRows(): Promise<void> {
    let batch = new BatchWriter(await this.#buffer(0));
    for await (const row of this.#wanted.rows) {
      if (batch.add(row)) continue;
      if (batch.rows > 0) this.#sendBatch(batch);
      else this.#returned(batch.bytes);
      batch = new BatchWriter(await this.#buffer(row.json?.length ?? 0));
      batch.add(row);
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (batch.rows > 0) this.#sendBatch(batch);
  }

  #sendBatch({ batch }: BatchWriter): void {
    this.#send({ file: this.#number, batch }, [batch.bytes.buffer]);
  }

  /** One that holds so much, when the thread has taken enough of what was sent. */
  async #buffer(sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#failure === undefined && this.#buffers.length === 0 && this.#unmade === 0) {
      await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
    if (this.#failure !== undefined) throw this.#failure;
    const free = this.#buffers.pop();
    if (free === undefined) this.#unmade--;
    return free !== undefined && free.length >= sizeBytes ? free : new Uint8Array(Math.max(batchBytes, sizeBytes));
  }

  #returned(buffer: Uint8Array<ArrayBuffer>): void {
    // One that was made for a larger row is not kept.
    if (buffer.length === batchBytes) this.#buffers.push(buffer);
    else this.#unmade++;
    this.#wake?.();
  }

  #send(request: ColumnRequest, buffers: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, [...buffers]);
  }
}
