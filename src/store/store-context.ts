/** What every part of one data store works with, and the limits of its protocol. */
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Condition, Item, OrderedTable, WriteOutcome } from '../ports/ordered-table.ts';
import type { ContentCache } from './content-cache.ts';
import type { RulesSource } from './compiled-rules.ts';
import type { EntryRules } from './entry-partitions.ts';

export interface StoreContext {
  readonly resources: OrderedTable;
  readonly index: OrderedTable;
  readonly objects: ObjectStore;
  readonly putWithEntries?: PutWithEntries;
  /** Asked before each body: whether the table `resources` compresses what it is given plain (body.ts), and has the time. */
  readonly tableCompresses: () => boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  /** With parameters of the store's own only within an attempt to write: see `underRules`. */
  readonly rules: EntryRules;
  readonly indexRules: RulesSource;
  readonly contents: ContentCache;
  /** Takes index entries that a search found to lead nowhere. Never waits. */
  readonly reportStale: (entry: StaleEntry) => void;
  /** Asked between pieces of work: resolves when others, who have waited for a while, have had their turn. */
  readonly letOthers: () => Promise<void> | undefined;
}

/**
 * Puts an item of `resources` on a condition and, where it holds, entries of `index` with it: all in one commit or nothing.
 * Absent where the two tables cannot do that.
 */
export type PutWithEntries = (item: Item, condition: Condition, entries: readonly Item[]) => Promise<WriteOutcome>;

export interface StaleEntry {
  readonly pk: string;
  readonly sk: string;
}

/**
 * A version is stamped before it is committed; whoever reads up to `now - commitWindowMs` sees a past to which
 * nothing is added any more.
 */
export const commitWindowMs = 60_000;

/** A commit begun later than this after its stamp starts again, so that its own time-outs still fit the window. */
export const latestCommitMs = 30_000;

/**
 * W: what is older than this can never become current. Longer than any function's life plus the validity of a
 * signed request.
 */
export const abandonedAfterMs = 60 * 60 * 1000;

/** How often a write whose outcome the table could not tell is sent again. */
export const maxAmbiguousAttempts = 5;

/** How often a writer without a precondition steps back for others before it answers 409. */
export const maxContendedAttempts = 40;

/** After this a search or a history answers with what it has and a link to go on. */
export const searchTimeBudgetMs = 10_000;

/** After this what cannot be answered in part, a total or a page in an order that the index does not keep, is refused: a gateway waits 29 s. */
export const wholeTimeBudgetMs = 20_000;

/** A page closes at this size: API Gateway and Lambda carry 6 MB, headroom for the Bundle around it. */
export const maxSearchPageBytes = 4 * 1024 * 1024;

/** A stamp is never behind the clock nor at or before the version it follows. */
export function nextStamp(clock: Clock, previous: number | undefined): number {
  return Math.max(clock.now(), previous === undefined ? 0 : previous + 1);
}
