/**
 * The archive of a data store: files of its folder `backup/`, each written once and named by what it holds.
 *
 * ```
 * since-{at}                                          since when there is a backup without a gap
 * base-{sequence}-{at}.sqlite                         the whole database as it was after that message of the log
 * log-{first}-{last}-{fromAt}-{toAt}-{rawBytes}.zst   these messages of the log, compressed
 * ```
 * What is newer than the last log file still lies in the log of the database itself.
 */
import { readdirSync } from 'node:fs';
import type { BackupWindow } from '../ports/backups.ts';

export interface BaseFile {
  readonly name: string;
  /** The last message that it holds; 0 when it was made before the log began. */
  readonly sequence: number;
  /** The store was this from then on, until the next message. */
  readonly at: number;
}

export interface LogFile {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
  readonly rawBytes: number;
}

export interface Archive {
  readonly since: number | undefined;
  /** Both in the order of their messages. */
  readonly bases: readonly BaseFile[];
  readonly logs: readonly LogFile[];
}

const basePattern = /^base-(\d+)-(\d+)\.sqlite$/;
const logPattern = /^log-(\d+)-(\d+)-(\d+)-(\d+)-(\d+)\.zst$/;
const sincePattern = /^since-(\d+)$/;
/** Files that are still being written are named so; what a crash left is removed by the next round. */
export const draftSuffix = '.draft';

export function baseName(sequence: number, at: number): string {
  return `base-${sequence}-${at}.sqlite`;
}

export function logName({ first, last, from, to, rawBytes }: Omit<LogFile, 'name'>): string {
  return `log-${first}-${last}-${from}-${to}-${rawBytes}.zst`;
}

export function sinceName(at: number): string {
  return `since-${at}`;
}

export function archiveOf(names: readonly string[]): Archive {
  const bases: BaseFile[] = [];
  const logs: LogFile[] = [];
  let since: number | undefined;
  for (const name of names) {
    const base = numbers(basePattern, name);
    const log = numbers(logPattern, name);
    const [began] = numbers(sincePattern, name) ?? [];
    if (base !== undefined) bases.push({ name, sequence: base[0]!, at: base[1]! });
    if (log !== undefined) logs.push({ name, first: log[0]!, last: log[1]!, from: log[2]!, to: log[3]!, rawBytes: log[4]! });
    if (began !== undefined) since = began;
  }
  bases.sort((one, other) => one.sequence - other.sequence);
  logs.sort((one, other) => one.first - other.first);
  return { since, bases, logs };
}

function numbers(pattern: RegExp, name: string): readonly number[] | undefined {
  return pattern.exec(name)?.slice(1).map(Number);
}

/** @returns an empty archive when there is no such folder */
export function readArchive(folder: string): Archive {
  try {
    return archiveOf(readdirSync(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return archiveOf([]);
    throw error;
  }
}

/** The last message of the log that the archive has, in whatever file. */
export function lastArchived({ bases, logs }: Archive): number {
  return logs.at(-1)?.last ?? bases[0]?.sequence ?? 0;
}

const dayMs = 24 * 60 * 60 * 1000;

/** To which moments the archive can restore; `undefined` before its first base is made. */
export function archiveWindow({ since, bases }: Archive, { now, retentionDays }: { readonly now: number; readonly retentionDays: number }): BackupWindow | undefined {
  const [oldest] = bases;
  if (oldest === undefined) return undefined;
  const enabled = since ?? oldest.at;
  const earliest = Math.max(oldest.at, enabled, now - retentionDays * dayMs);
  return { enabled, earliest: Math.min(earliest, now), latest: now };
}

/** The base to restore a moment from, and the log files that follow it. `undefined` when none is old enough. */
export function partsFor({ bases, logs }: Archive, point: number): { readonly base: BaseFile; readonly logs: readonly LogFile[] } | undefined {
  const base = bases.findLast(({ at }) => at <= point);
  return base && { base, logs: logs.filter(({ last, from }) => last > base.sequence && from <= point) };
}

/** Names of files that no moment within the retention is restored from. */
export function outdated({ bases, logs }: Archive, { now, retentionDays }: { readonly now: number; readonly retentionDays: number }): readonly string[] {
  const kept = bases.findLast(({ at }) => at <= now - retentionDays * dayMs);
  if (kept === undefined) return [];
  const before = [...bases.filter(({ sequence }) => sequence < kept.sequence), ...logs.filter(({ last }) => last <= kept.sequence)];
  return before.map(({ name }) => name);
}

/** So long is a log that a base is not worth while for less, in bytes before compression: some seconds to carry out again. */
export const minLogBytesBeforeBase = 64 * 1024 * 1024;

/** So many times the size of the database is a log before a copy of all of it is worth its disk (docs/decisions/0011). */
export const logPerDatabase = 2;

/**
 * A base is made when the log since the last one has twice the size of the database, before compression: what is loaded
 * into a new store makes none, and a restore carries out again no more than what made the store about twice over.
 */
export function isBaseDue({ bases, logs }: Archive, databaseBytes: number): boolean {
  const newest = bases.at(-1);
  if (newest === undefined) return true;
  const since = logs.reduce((sum, { last, rawBytes }) => (last > newest.sequence ? sum + rawBytes : sum), 0);
  return since > Math.max(minLogBytesBeforeBase, databaseBytes * logPerDatabase);
}
