/**
 * The thread of this process that keeps the lakes of all data stores: started when there is something to do, and ended when
 * there was nothing for a while, for with DuckDB it takes some 100 MB.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { LakeAnswer, LakeFailure, LakeRequest, LakeStore, LakeTask, RoundDone, UpkeepDone } from './lake-messages.ts';

/** To start it takes some 0.4 s; under steady writing it stays. */
const idleMs = 60_000;
/** More space for what is young saves little of its time. */
const youngGenerationMb = 16;

/** A profile of the process is one of its threads too (https://nodejs.org/api/cli.html#--cpu-prof). */
const profiling = process.execArgv.filter((argument) => argument.startsWith('--cpu-prof'));

export interface LakeThreads {
  /** @param connect makes a port of the store's writer thread */
  ofStore(store: LakeStore, connect: () => MessagePort): LakeKeeper;
}

/** @throws Error (its functions) when the thread has failed or ended; the next call starts another */
export interface LakeKeeper {
  round(): Promise<RoundDone>;
  upkeep(): Promise<UpkeepDone>;
  /** Leaves the store's files. Nothing of it is under way. */
  close(): Promise<void>;
}

export function lakeThreads(): LakeThreads {
  let thread: LakeThread | undefined;
  const running = (): LakeThread => {
    if (thread === undefined || thread.hasEnded) thread = new LakeThread();
    return thread;
  };
  return {
    ofStore(store, connect) {
      const ask = (task: LakeTask) => running().ask({ store, connect }, task);
      return {
        round: () => ask('round') as Promise<RoundDone>,
        upkeep: () => ask('upkeep') as Promise<UpkeepDone>,
        close: async () => thread?.leave(store.datastoreId),
      };
    },
  };
}

interface OpenedStore {
  readonly store: LakeStore;
  readonly connect: () => MessagePort;
}

interface Waiting {
  readonly resolve: (done: RoundDone | UpkeepDone) => void;
  readonly reject: (error: Error) => void;
}

class LakeThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #stores = new Set<string>();
  readonly #leaving = new Map<string, () => void>();
  #numbers = 0;
  #hasEnded = false;
  #idle: NodeJS.Timeout | undefined;

  constructor() {
    const path = fileURLToPath(new URL('./lake-thread.ts', import.meta.url));
    this.#worker = new Worker(path, { execArgv: profiling, name: 'lake', resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb } });
    this.#worker.on('message', (message: LakeAnswer) => this.#answered(message));
    this.#worker.on('error', (error) => this.#ended(new Error('The thread that keeps lakes has failed.', { cause: error })));
    this.#worker.once('exit', () => this.#ended(new Error('The thread that keeps lakes has ended.')));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  ask({ store, connect }: OpenedStore, task: LakeTask): Promise<RoundDone | UpkeepDone> {
    clearTimeout(this.#idle);
    const { datastoreId } = store;
    if (!this.#stores.has(datastoreId)) {
      this.#stores.add(datastoreId);
      const port = connect();
      this.#send({ open: store, port }, [port]);
    }
    const ask = (this.#numbers += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask, { resolve, reject });
      this.#send({ ask, datastoreId, task });
    });
  }

  async leave(datastoreId: string): Promise<void> {
    if (this.#hasEnded || !this.#stores.delete(datastoreId)) return;
    await new Promise<void>((resolve) => {
      this.#leaving.set(datastoreId, resolve);
      this.#send({ close: datastoreId });
    });
    this.#rest();
  }

  #send(request: LakeRequest, ports: readonly MessagePort[] = []): void {
    this.#worker.postMessage(request, [...ports]);
  }

  #answered(message: LakeAnswer): void {
    if ('closed' in message) {
      this.#leaving.get(message.closed)?.();
      this.#leaving.delete(message.closed);
      return;
    }
    const { resolve, reject } = this.#waiting.get(message.ask)!;
    this.#waiting.delete(message.ask);
    if ('done' in message) resolve(message.done);
    else reject(failure(message.failure));
    this.#rest();
  }

  /** Without a store at once: its process may want to end. */
  #rest(): void {
    if (this.#waiting.size > 0 || this.#leaving.size > 0) return;
    if (this.#stores.size === 0) void this.#end();
    else this.#idle = setTimeout(() => void this.#leaveAll(), idleMs).unref();
  }

  async #leaveAll(): Promise<void> {
    for (const datastoreId of this.#stores) await this.leave(datastoreId);
  }

  async #end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker.terminate();
  }

  #ended(error: Error): void {
    this.#hasEnded = true;
    clearTimeout(this.#idle);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const left of this.#leaving.values()) left();
    this.#leaving.clear();
    this.#stores.clear();
  }
}

function failure({ name, stack }: LakeFailure): Error {
  const error = new Error(`The lake could not be kept up: ${name}.`);
  error.stack = `${error.name}: ${error.message}${stack ?? ''}`;
  return error;
}
