/**
 * The threads of this process that load pieces of imports, those of all data stores: started when there is something to
 * load, and ended when there was nothing for a while, for each takes some 50 MB.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { ImportFailed } from '../operations/import/import-job.ts';
import type { LoadedPiece } from '../operations/import/import-objects.ts';
import { PieceTooLarge } from '../operations/import/import-dependencies.ts';
import type { PieceOfContent } from '../operations/import/import-dependencies.ts';
import type { JobRecord } from '../operations/jobs/job-record.ts';
import { StorageFull, TableUnavailable } from '../ports/ordered-table.ts';
import type { ImportedStore, LoadFailure, ThreadAnswer, ThreadRequest } from './import-messages.ts';

/** A core is left to the thread that writes; more threads than that give it more than it can take. */
const maxThreads = 3;
const usualThreads = Math.max(1, Math.min(availableParallelism() - 1, maxThreads));
/** A thread without work ends after this; to start one takes a third of a second. */
const idleMs = 10_000;
/**
 * Of each thread: room for what half a hundred resources make, nearly all of which is of no use when it is full. With less of it
 * what is on its way to the writer is taken for old, and the thread has more memory in the end, and a fifth more to do.
 */
const youngGenerationMb = 48;
/**
 * Of each thread, and room for the largest Bundle, of 32 MB, several times over. V8 lets the heap of a thread with less of it grow by
 * half between two collections of what is old, and to four times its size where there is no limit.
 */
const oldGenerationMb = 768;

/** A profile of the process is one of its threads too (https://nodejs.org/api/cli.html#--cpu-prof). */
const profiling = process.execArgv.filter((argument) => argument.startsWith('--cpu-prof'));

/** A thread may have run out of memory for what others of its pieces took; from the second time on a piece is loaded alone. */
const maxAttempts = 3;

export interface ImportThreads {
  /** @param connect makes a port of the store's writer thread */
  ofStore(store: ImportedStore, connect: () => MessagePort): PieceLoader;
}

export interface PieceLoader {
  /** Each thread has one and one more is there for whichever is done first: a piece keeps a thread busy, and takes some 10 MB. */
  readonly piecesAtOnce: number;
  /** As `loadPiece`. @throws TableUnavailable; ImportFailed; PieceTooLarge when threads have run out of memory with it too often */
  load(job: JobRecord, piece: PieceOfContent): Promise<LoadedPiece>;
  /** Leaves the store's files. Nothing of it is being loaded. */
  close(): Promise<void>;
}

/** @param script what a thread runs */
export function importThreads(count = usualThreads, script = new URL('./import-thread.ts', import.meta.url)): ImportThreads {
  const threads: ImportThread[] = [];
  /** The one with the least to do; a new one rather than one that is at work. */
  const free = (): ImportThread => {
    const [least] = threads.sort((one, other) => one.loads - other.loads);
    if (least !== undefined && (least.loads === 0 || threads.length >= count)) return least;
    const thread = new ImportThread(script, () => {
      if (threads.includes(thread)) threads.splice(threads.indexOf(thread), 1);
    });
    threads.push(thread);
    return thread;
  };
  return {
    ofStore: (store, connect) => ({
      piecesAtOnce: count + 1,
      load: attempted((asked) => free().load({ store, connect }, asked)),
      close: async () => void (await Promise.all(threads.map((thread) => thread.leave(store.datastoreId)))),
    }),
  };
}

interface Asked {
  readonly job: JobRecord;
  readonly piece: PieceOfContent;
  readonly alone: boolean;
}

/** Counts how often a piece has taken its thread with it. Whoever asks for it tries again. */
function attempted(load: (asked: Asked) => Promise<LoadedPiece>): PieceLoader['load'] {
  const losses = new Map<string, number>();
  return async (job, piece) => {
    const name = `${job.id} ${piece.file.file} ${piece.piece.piece}`;
    const before = losses.get(name) ?? 0;
    losses.delete(name);
    try {
      return await load({ job, piece, alone: before > 0 });
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      if (before + 1 >= maxAttempts) throw new PieceTooLarge('The threads that loaded a piece of an import have run out of memory.', { cause: error });
      losses.set(name, before + 1);
      throw error;
    }
  };
}

/** What a thread had begun when it ran out of memory. */
class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

/** https://nodejs.org/api/errors.html#err_worker_out_of_memory */
const outOfMemoryCode = 'ERR_WORKER_OUT_OF_MEMORY';

interface OpenedStore {
  readonly store: ImportedStore;
  readonly connect: () => MessagePort;
}

interface Waiting {
  began: boolean;
  readonly resolve: (loaded: LoadedPiece) => void;
  readonly reject: (error: Error) => void;
}

class ImportThread {
  readonly #worker: Worker;
  readonly #onEnd: () => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #stores = new Set<string>();
  readonly #leaving = new Map<string, () => void>();
  #numbers = 0;
  #idle: NodeJS.Timeout | undefined;
  #failure: NodeJS.ErrnoException | undefined;

  /** @param onEnd is told when nothing more can be asked of it, and may be so more than once */
  constructor(script: URL, onEnd: () => void) {
    this.#onEnd = onEnd;
    // What the process was started with is for its main thread, and would be taken before the limit of a thread.
    setFlagsFromString('--max-semi-space-size=0');
    this.#worker = new Worker(fileURLToPath(script), { execArgv: profiling, name: 'import', resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb, maxOldGenerationSizeMb: oldGenerationMb } });
    this.#worker.on('message', (message: ThreadAnswer) => this.#answered(message));
    this.#worker.on('error', (error) => {
      this.#failure = error;
      this.#onEnd();
    });
    // What it said before an error may come behind it, and comes before its end.
    this.#worker.once('exit', () => this.#ended());
  }

  /** How many pieces it is at. */
  get loads(): number {
    return this.#waiting.size;
  }

  /** @throws OutOfMemory, beside what whoever loads it throws */
  load({ store, connect }: OpenedStore, asked: Asked): Promise<LoadedPiece> {
    clearTimeout(this.#idle);
    const { datastoreId } = store;
    if (!this.#stores.has(datastoreId)) {
      this.#stores.add(datastoreId);
      const port = connect();
      this.#ask({ open: store, port }, [port]);
    }
    const load = (this.#numbers += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(load, { began: false, resolve, reject });
      this.#ask({ load, datastoreId, ...asked });
    });
  }

  /** Lets go of the store's files; a thread without a store ends. */
  async leave(datastoreId: string): Promise<void> {
    if (!this.#stores.delete(datastoreId)) return;
    await new Promise<void>((resolve) => {
      this.#leaving.set(datastoreId, resolve);
      this.#ask({ close: datastoreId });
    });
    if (this.#stores.size === 0) await this.#end();
  }

  #ask(request: ThreadRequest, handedOver: readonly MessagePort[] = []): void {
    this.#worker.postMessage(request, handedOver);
  }

  #answered(message: ThreadAnswer): void {
    if ('closed' in message) {
      this.#leaving.get(message.closed)?.();
      this.#leaving.delete(message.closed);
      return;
    }
    if ('began' in message) {
      const begun = this.#waiting.get(message.began);
      if (begun !== undefined) begun.began = true;
      return;
    }
    const waiting = this.#waiting.get(message.load)!;
    this.#waiting.delete(message.load);
    if ('loaded' in message) waiting.resolve(message.loaded);
    else waiting.reject(errorOf(message.failure));
    if (this.loads === 0) this.#idle = setTimeout(() => void this.#end(), idleMs).unref();
  }

  async #end(): Promise<void> {
    this.#onEnd();
    await this.#worker.terminate();
  }

  #ended(): void {
    this.#onEnd();
    clearTimeout(this.#idle);
    const isOutOfMemory = this.#failure?.code === outOfMemoryCode;
    const error = this.#failure === undefined ? new Error('A thread of imports has ended.') : new Error('A thread of imports has failed.', { cause: this.#failure });
    for (const { began, reject } of this.#waiting.values()) reject(isOutOfMemory && began ? new OutOfMemory(error.message, { cause: error }) : error);
    this.#waiting.clear();
    for (const left of this.#leaving.values()) left();
    this.#stores.clear();
  }
}

/** Those by which whoever asked tells what to do. */
function errorOf({ name, message, stack }: LoadFailure): Error {
  const error = name === 'StorageFull' ? new StorageFull(message)
    : name === 'TableUnavailable' ? new TableUnavailable(message)
    : name === 'ImportFailed' ? new ImportFailed(message)
    : new Error(message);
  error.stack = stack;
  return error;
}
