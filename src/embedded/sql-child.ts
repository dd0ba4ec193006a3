/**
 * The process in which DuckDB answers SQL for one data store, as the server sees it. Nothing that a statement does to it,
 * even its end, reaches the server; it is given no environment, and Node's permissions for nothing but its own files and
 * answers (https://nodejs.org/api/permissions.html). What DuckDB itself may open is for its sandbox to say.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { SqlOutOfMemory, SqlReply, SqlRequest, SqlSettings } from '../machine/duckdb/sql-messages.ts';
import type { SqlFailure } from '../ports/sql-engine.ts';

/** A running question keeps one of them busy; pages of answers are to be had beside it. */
const threadPool = 8;
/** The first that Linux ends when memory is short: questions can be asked again. */
const firstToEnd = '1000';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'src', 'machine', 'duckdb', 'sql-process.ts');
/** All that the program itself reads. */
const programFiles = [join(root, 'package.json'), join(root, 'src', 'machine', '*'), join(root, 'node_modules', '*')];

/** What is asked, without the number that the reply has too. */
export type SqlWish = SqlRequest extends infer Each ? (Each extends SqlRequest ? Omit<Each, 'ask'> : never) : never;

/** The process has ended before it answered. */
export class SqlProcessEnded extends Error {
  override readonly name = 'SqlProcessEnded';
  readonly reason: SqlFailure;

  constructor(reason: SqlFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface SqlAsked {
  /** @throws SqlProcessEnded */
  readonly reply: Promise<SqlReply>;
  /** Asks DuckDB to stop; the reply then tells of a failure. */
  interrupt(): void;
}

export interface SqlChild {
  readonly isBusy: boolean;
  readonly hasEnded: boolean;
  ask(wish: SqlWish): SqlAsked;
  /** At once; what it is at fails. @returns when it has ended */
  kill(): Promise<void>;
}

export function startSqlChild(settings: SqlSettings): SqlChild {
  const { lakeFolder, resultsFolder, schemaFolder, temporaryFolder } = settings;
  for (const folder of [schemaFolder, temporaryFolder]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [lakeFolder, resultsFolder, schemaFolder, temporaryFolder]) mkdirSync(folder, { recursive: true });
  const child = fork(program, [JSON.stringify(settings)], {
    env: { UV_THREADPOOL_SIZE: String(threadPool), TZ: 'UTC' },
    execArgv: ['--permission', '--allow-addons', ...programFiles.map((path) => `--allow-fs-read=${path}`), `--allow-fs-read=${join(resultsFolder, '*')}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  yieldToTheServer(child);
  const waiting = new Map<number, { readonly resolve: (reply: SqlReply) => void; readonly reject: (error: Error) => void }>();
  let asks = 0;
  let hasEnded = false;
  let isOutOfMemory = false;
  const end = (error: Error): void => {
    hasEnded = true;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      end(endOf(isOutOfMemory));
      resolve();
    });
    // It could not be started, or not be ended.
    child.on('error', () => {
      end(endOf());
      if (child.pid === undefined) resolve();
    });
  });
  child.on('message', (reply: SqlReply | SqlOutOfMemory) => {
    if ('outOfMemory' in reply) {
      isOutOfMemory = true;
      return;
    }
    waiting.get(reply.ask)?.resolve(reply);
    waiting.delete(reply.ask);
  });
  const send = (request: SqlRequest): void => void (child.connected && child.send(request, () => {}));
  // A server that is about to end does not wait for it.
  child.unref();
  child.channel?.unref();
  return {
    get isBusy() { return waiting.size > 0; },
    get hasEnded() { return hasEnded; },
    ask(wish) {
      const ask = (asks += 1);
      const reply = new Promise<SqlReply>((resolve, reject) => {
        if (hasEnded) reject(endOf());
        else waiting.set(ask, { resolve, reject });
      });
      send({ ask, ...wish });
      return { reply, interrupt: () => send({ ask, interrupt: true }) };
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function endOf(isOutOfMemory = false): SqlProcessEnded {
  if (isOutOfMemory) return new SqlProcessEnded('out-of-memory', 'The query needs more memory than it may have. Group, filter or select less, or join on a condition.');
  return new SqlProcessEnded('failed', 'The process that answers SQL has ended before its answer. Ask again; if it ends again, ask for less.');
}

/** Where the system allows it: requests of the FHIR interface go first, and this process last. */
function yieldToTheServer({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    writeFileSync(`/proc/${pid}/oom_score_adj`, firstToEnd);
  } catch {
    // Another system, or one that does not allow it.
  }
}
