/**
 * `SqlEngine` of one data store on this machine: questions wait for their turn, run in the store's process of SQL
 * (sql-child.ts), and their answers are kept for a day (sql-results.ts). The process is started by the first question and
 * ended when none was asked for a while.
 */
import { createReadStream, renameSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '../fhir/json.ts';
import type { SqlReply, SqlRun } from '../machine/duckdb/sql-messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { SqlBusy } from '../ports/sql-engine.ts';
import type { SqlEngine, SqlFile, SqlFileFormat, SqlPage, SqlQuestion, SqlState, SqlValue } from '../ports/sql-engine.ts';
import { unlessFull } from './full-disk.ts';
import { SqlProcessEnded, startSqlChild } from './sql-child.ts';
import type { SqlAsked, SqlChild, SqlWish } from './sql-child.ts';
import { sqlResults } from './sql-results.ts';
import type { SqlResult, SqlResults } from './sql-results.ts';
import type { SqlTurns } from './sql-turns.ts';

/** Questions of one data store that run or wait; who asks more is told to come again. */
export const maxPending = 20;
/** To start the process again takes a fifth of a second; while it is there it has some 100 MB. */
const idleMs = 60_000;
/** From the wish to stop until the process is ended, which stops for sure; what others asked it is asked again of the next. */
const graceMs = 5_000;
/** What one question may write, compressed: some millions of rows of a few columns. */
const resultBytes = 256 * 1024 * 1024;
/** Half of the machine for all that runs at a time, and no more than speeds an ordinary question up. */
const mostMemoryMb = 4096;
const temporaryMb = 4096;
/** What DuckDB's own limit does not count: values on their way, the binding, Node itself. */
const besideMemoryMb = 768;
const csvTimeoutMs = 120_000;

/** A question as DuckDB is asked it. */
export interface PreparedQuestion extends Pick<SqlRun, 'schemas' | 'views' | 'statement' | 'columns' | 'files' | 'filesBytes'> {
  /** Milliseconds since the epoch: every change until then is in the files. */
  readonly asOf: number;
}

export interface SqlEngineOptions {
  /** Of this engine alone. */
  readonly folder: string;
  /** All that questions may read. */
  readonly lakeFolder: string;
  /** @param schemaFolder where the question's schemas are to be */
  readonly prepare: (question: Pick<SqlQuestion, 'statement' | 'tables' | 'columns'>, schemaFolder: string) => Promise<PreparedQuestion>;
  readonly turns: SqlTurns;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uuid'>;
  /** Of the process; what suits the machine unless given. */
  readonly memoryMb?: number;
  /** Of the process in all. */
  readonly residentMb?: number;
  readonly idleMs?: number;
  /** From the wish to stop until the process is ended. */
  readonly graceMs?: number;
}

export interface DuckdbSql extends SqlEngine {
  /** Removes answers that have been there for their time. */
  sweep(): void;
  /** What runs fails; answers stay. */
  close(): Promise<void>;
}

type Outcome = Pick<SqlResult, 'state' | 'columns' | 'rows'>;

/** A question that has not ended. */
interface Pending {
  readonly result: SqlResult;
  readonly ended: Promise<SqlState>;
  stop(why: SqlState): void;
}

export function duckdbSql(options: SqlEngineOptions): DuckdbSql {
  return new Engine(options);
}

class Engine implements DuckdbSql {
  readonly #options: SqlEngineOptions;
  readonly #results: SqlResults;
  readonly #pending = new Map<string, Pending>();
  readonly #schemaFolder: string;
  readonly #csvs = new Map<string, Promise<void>>();
  /** What was to be stopped and did not: the process, which others were asking too, was ended for it. */
  readonly #endedForOne = new WeakSet<SqlChild>();
  #starting = 0;
  #isClosed = false;
  #child: SqlChild | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: SqlEngineOptions) {
    this.#options = options;
    this.#schemaFolder = join(options.folder, 'schemas');
    this.#results = sqlResults(join(options.folder, 'results'));
  }

  async start(question: SqlQuestion) {
    if (this.#isClosed || this.#pending.size + this.#starting >= maxPending) throw new SqlBusy('As many queries as may be run or wait.');
    this.#starting += 1;
    try {
      const { asOf, ...prepared } = await this.#options.prepare(question, this.#schemaFolder);
      if (this.#isClosed) throw new SqlBusy('The data store is being closed.');
      const result: SqlResult = { id: this.#options.ids.uuid(), asked: this.#options.clock.now(), state: { state: 'running' } };
      await unlessFull(async () => this.#results.write(result));
      this.#begin(result, prepared, question.limits);
      return { id: result.id, asOf };
    } finally {
      this.#starting -= 1;
    }
  }

  async state(id: string, waitMs: number): Promise<SqlState | undefined> {
    const pending = this.#pending.get(id);
    if (pending === undefined) return this.#results.read(id)?.state;
    const over = new AbortController();
    const waited = sleep(waitMs, pending.result.state, { ref: false, signal: over.signal }).catch(() => pending.result.state);
    return Promise.race([pending.ended, waited]).finally(() => over.abort());
  }

  async page(id: string, { limit, next = '0' }: { readonly limit: number; readonly next?: string }): Promise<SqlPage> {
    const { columns = [], rows = 0 } = this.#answer(id);
    const offset = Number(next);
    const part = { resultFile: this.#results.file(id, 'parquet'), offset, limit };
    const reply = await this.#askTwice({ part });
    if (!('part' in reply)) throw new Error('A page of an answer could not be read.');
    const after = offset + reply.part.count;
    return { columns, rows: parseJson(reply.part.rows) as readonly (readonly SqlValue[])[], ...(after < rows && reply.part.count > 0 ? { next: String(after) } : {}) };
  }

  async file(id: string, format: SqlFileFormat): Promise<SqlFile> {
    this.#answer(id);
    const path = this.#results.file(id, format);
    if (format === 'csv') await this.#writtenCsv(id, path);
    return {
      sizeBytes: statSync(path).size,
      open: async (range) => createReadStream(path, range && { start: range.first, end: range.last }),
    };
  }

  async cancel(id: string): Promise<void> {
    this.#pending.get(id)?.stop({ state: 'cancelled' });
  }

  sweep(): void {
    this.#results.sweep(this.#options.clock.now());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const pending = [...this.#pending.values()];
    for (const { stop } of pending) stop({ state: 'failed', reason: 'failed', message: 'The server was stopped before the query had ended. Ask again.' });
    clearTimeout(this.#idle);
    await this.#drop(this.#child);
    await Promise.all(pending.map(({ ended }) => ended));
  }

  #begin(result: SqlResult, prepared: Omit<PreparedQuestion, 'asOf'>, limits: SqlQuestion['limits']): void {
    const run: SqlRun = { ...prepared, rows: limits.rows, scannedBytes: limits.scannedBytes, resultFile: this.#results.file(result.id, 'parquet'), resultBytes };
    let tell: (ended: SqlState) => void = () => {};
    let [stopped, asked]: [SqlState?, SqlAsked?] = [];
    const ended = new Promise<SqlState>((resolve) => (tell = resolve));
    const stop = (why: SqlState): void => {
      if (stopped !== undefined) return;
      stopped = why;
      if (leave()) this.#end(result, { state: why }, tell);
      else if (asked !== undefined) this.#interrupt(asked);
    };
    this.#pending.set(result.id, { result, ended, stop });
    const leave = this.#options.turns.queue(this, (giveBack) => {
      const timer = setTimeout(() => stop(timedOut(limits.timeoutMs)), limits.timeoutMs);
      const conclude = (outcome: Outcome): void => {
        clearTimeout(timer);
        giveBack();
        this.#end(result, stopped === undefined ? outcome : { state: stopped }, tell);
      };
      const askAgain = async (error: unknown, child: SqlChild | undefined): Promise<SqlReply> => {
        if (stopped !== undefined || child === undefined || !this.#endedForOne.has(child)) throw error;
        return answer();
      };
      const answer = async (): Promise<SqlReply> => {
        asked = this.#ask({ run });
        const child = this.#child;
        return asked.reply.catch((error: unknown) => askAgain(error, child));
      };
      void outcomeOf(answer).then(conclude);
    });
  }

  #end(result: SqlResult, outcome: Outcome, told: (state: SqlState) => void): void {
    try {
      if (outcome.state.state !== 'succeeded') this.#results.removeFiles(result.id);
      this.#results.write({ ...result, ...outcome });
      this.sweep();
    } catch {
      // A full disk: nobody hears of it any more, and nobody waits for it either.
      this.#results.forget(result.id);
    }
    this.#pending.delete(result.id);
    told(outcome.state);
  }

  #answer(id: string): SqlResult {
    const result = this.#results.read(id);
    if (result?.state.state !== 'succeeded') throw new Error('A query that has no answer was asked for it.');
    return result;
  }

  /** Asks the process, which is started where there is none. */
  #ask(wish: SqlWish): SqlAsked {
    if (this.#child === undefined || this.#child.hasEnded) this.#child = startSqlChild(this.#settings());
    clearTimeout(this.#idle);
    const child = this.#child;
    const asked = child.ask(wish);
    const rest = (): void => {
      if (!child.isBusy && child === this.#child) this.#idle = setTimeout(() => void this.#drop(child), this.#options.idleMs ?? idleMs).unref();
    };
    asked.reply.then(rest, () => {});
    return asked;
  }

  /** From now on another is asked. */
  async #drop(child: SqlChild | undefined): Promise<void> {
    if (child === this.#child) this.#child = undefined;
    await child?.kill();
  }

  /** What only reads is asked again where a question of others has ended the process. */
  async #askTwice(wish: SqlWish): Promise<SqlReply> {
    return this.#ask(wish).reply.catch((error: unknown) => {
      if (error instanceof SqlProcessEnded) return this.#ask(wish).reply;
      throw error;
    });
  }

  #interrupt(asked: SqlAsked): void {
    const child = this.#child;
    asked.interrupt();
    const end = (): void => {
      if (child !== undefined) this.#endedForOne.add(child);
      void this.#drop(child);
    };
    const timer = setTimeout(end, this.#options.graceMs ?? graceMs).unref();
    asked.reply.catch(() => {}).finally(() => clearTimeout(timer));
  }

  #writtenCsv(id: string, path: string): Promise<void> {
    const write = async (): Promise<void> => {
      if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
      const asked = this.#ask({ csv: { resultFile: this.#results.file(id, 'parquet'), file: `${path}~` } });
      const timer = setTimeout(() => this.#interrupt(asked), csvTimeoutMs).unref();
      const reply = await asked.reply.finally(() => clearTimeout(timer));
      if (!('written' in reply)) throw new Error('An answer could not be written as a CSV.');
      renameSync(`${path}~`, path);
    };
    const writing = this.#csvs.get(id) ?? write().finally(() => this.#csvs.delete(id));
    this.#csvs.set(id, writing);
    return writing;
  }

  #settings() {
    const { folder, lakeFolder, turns, memoryMb = Math.min(mostMemoryMb, Math.floor(totalmem() / 2 ** 20 / 2 / (turns.atOnce + 1))) } = this.#options;
    const { residentMb = memoryMb + besideMemoryMb } = this.#options;
    return { lakeFolder, resultsFolder: this.#results.folder, schemaFolder: this.#schemaFolder, temporaryFolder: join(folder, 'temporary'), memoryMb, residentMb, temporaryMb, threads: turns.atOnce };
  }
}

function timedOut(timeoutMs: number): SqlState {
  return { state: 'failed', reason: 'timeout', message: `The query took longer than the ${timeoutMs / 1000} s that it may. Filter or group earlier, or read fewer tables.` };
}

/** How a question ends. */
async function outcomeOf(ask: () => Promise<SqlReply>): Promise<Outcome> {
  const began = performance.now();
  try {
    const answer = await ask();
    if ('ran' in answer) {
      const { columns, rows, scannedBytes } = answer.ran;
      return { state: { state: 'succeeded', scannedBytes, runMs: Math.round(performance.now() - began) }, columns, rows };
    }
    if ('refused' in answer) return { state: { state: 'failed', ...answer.refused } };
  } catch (error) {
    if (error instanceof SqlProcessEnded) return { state: { state: 'failed', reason: error.reason, message: error.message } };
  }
  return { state: { state: 'failed', reason: 'failed', message: 'The query could not be answered.' } };
}
