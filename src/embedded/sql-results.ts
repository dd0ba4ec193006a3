/**
 * Answers to questions of SQL, kept for a day in a folder of the data store: `{id}.json` says how the question stands,
 * `{id}.parquet` and `{id}.csv` are its answer. They are copies of what the store holds: no backup has them, and nothing is
 * made durable. A question that a crash or a restart cut off has failed.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlColumn, SqlState } from '../ports/sql-engine.ts';

/** An answer is looked at on the day of its question. */
export const resultLifeMs = 24 * 60 * 60 * 1000;
/** Beyond it the oldest answers of a data store go before their time. */
export const maxResultsBytes = 4 * 1024 * 1024 * 1024;
/** As many questions a day are answered; beyond it the oldest are forgotten. */
export const maxResults = 10_000;

export interface SqlResult {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly asked: number;
  readonly state: SqlState;
  /** Of an answer. */
  readonly columns?: readonly SqlColumn[];
  readonly rows?: number;
}

export interface SqlResults {
  readonly folder: string;
  read(id: string): SqlResult | undefined;
  write(result: SqlResult): void;
  /** The path of the answer's file, there or not. */
  file(id: string, format: 'csv' | 'parquet'): string;
  /** What is left of an answer that did not come to its end. */
  removeFiles(id: string): void;
  /** As if it had never been asked. */
  forget(id: string): void;
  /** Removes what has been there for its time, or is too much. @param now milliseconds since the epoch */
  sweep(now: number): void;
}

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ending = '.json';
const restarted: SqlState = { state: 'failed', reason: 'failed', message: 'The server was restarted before the query had ended. Ask again.' };

/** @param folder made when it is missing; questions that are said to run there run no more */
export function sqlResults(folder: string): SqlResults {
  mkdirSync(folder, { recursive: true });
  const pathOf = (id: string, suffix: string): string => join(folder, `${id}${suffix}`);
  const idsThere = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  const results: SqlResults = {
    folder,
    read(id) {
      if (!idPattern.test(id)) return undefined;
      try {
        return JSON.parse(readFileSync(pathOf(id, ending), 'utf8')) as SqlResult;
      } catch {
        return undefined;
      }
    },
    write(result) {
      const path = pathOf(result.id, ending);
      writeFileSync(`${path}~`, JSON.stringify(result));
      renameSync(`${path}~`, path);
    },
    file: (id, format) => pathOf(id, `.${format}`),
    removeFiles(id) {
      for (const suffix of ['.parquet', '.csv', '.csv~']) rmSync(pathOf(id, suffix), { force: true });
    },
    forget(id) {
      results.removeFiles(id);
      for (const suffix of [ending, `${ending}~`]) rmSync(pathOf(id, suffix), { force: true });
    },
    sweep(now) {
      const newestFirst = idsThere().flatMap((id) => results.read(id) ?? []).filter(({ state }) => state.state !== 'running').sort((one, other) => other.asked - one.asked);
      let [bytes, count] = [0, 0];
      for (const { id, asked } of newestFirst) {
        bytes += sizeOf(pathOf(id, '.parquet')) + sizeOf(pathOf(id, '.csv'));
        count += 1;
        if (asked + resultLifeMs > now && bytes <= maxResultsBytes && count <= maxResults) continue;
        results.forget(id);
      }
    },
  };
  settle(results, idsThere());
  return results;
}

/** After a restart: what ran has failed, and files that belong to no answer go. */
function settle(results: SqlResults, ids: readonly string[]): void {
  const answered = new Set<string>();
  for (const id of ids) {
    const result = results.read(id);
    if (result?.state.state === 'running') results.write({ id, asked: result.asked, state: restarted });
    if (result?.state.state === 'succeeded') answered.add(id);
  }
  for (const name of readdirSync(results.folder)) {
    const isOfAnswer = name.endsWith(ending) || (/\.(?:parquet|csv)$/.test(name) && answered.has(name.replace(/\.[a-z]+$/, '')));
    if (!isOfAnswer) rmSync(join(results.folder, name), { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
