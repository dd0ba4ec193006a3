/**
 * Clean-up of what crashed writers and lost transactions leave: it only ever removes what can never become current.
 *
 * Searches report entries that led nowhere; `run` looks at those. `sweep` looks at everything, for what no search met.
 */
import type { Item, Key } from '../ports/ordered-table.ts';
import { bundleRecordOfItem, readBundleRecord, type BundleRecord } from './bundle-record.ts';
import { bundleShards, currentKey, entryTarget, intentKeyPrefix } from './keys.ts';
import { removeAbandonedObjects } from './placed-objects.ts';
import { abandonedAfterMs, type StaleEntry, type StoreContext } from './store-context.ts';
import { abort, clearTheWay, dropRecord, releaseLost, settle } from './transaction-settlement.ts';
import { versionOfItem } from './version-item.ts';
import { versionReader } from './version-reader.ts';
import { writeIdTime } from './write-id.ts';

export interface Cleaner {
  /** Remembers an entry to look at later; beyond `maxReported` it is left to the next sweep. */
  readonly report: (entry: StaleEntry) => void;
  /** Looks at what was reported. @returns how many entries were removed. */
  run(): Promise<number>;
  /** Looks at these entries. @returns how many were removed. */
  remove(entries: readonly StaleEntry[]): Promise<number>;
  /** Settles one transaction that is decided; whoever coordinated it may be at it as well. */
  settleTransaction(bundleId: string): Promise<void>;
  /** Decides expired transactions, settles decided ones, drops their records once nobody can ask for them. */
  settleTransactions(): Promise<void>;
  /** The same, and aborts what is pending: for a process that is alone with its store and has just begun. */
  settleAfterCrash(): Promise<void>;
  /** The same where the store is what another one was at a moment: whoever could ask for a record asks that one, so all go. */
  settleAfterRestore(): Promise<void>;
  /** Looks at every entry and every intent of the store, and at its objects. @returns how many items and objects were removed. */
  sweep(): Promise<number>;
  /** The same in parts, for where time is cut: each begins where the one before ended, and does one page at least. */
  sweepSlice(slice: SweepSlice): Promise<SweptSlice>;
}

export interface SweepSlice {
  /** The `next` of the slice before; absent for the first. */
  readonly from?: SweepPosition;
  /** Which part of the store the first slice begins; all of it when absent. */
  readonly part?: SweepPart;
  /** When no further page is to be begun, milliseconds since the epoch. */
  readonly until: number;
}

/** One of so many parts of each table, from 0, as a scan's segments are. */
export interface SweepPart {
  readonly segment: number;
  readonly segments: number;
}

export interface SweepPosition {
  readonly table: 'index' | 'resources';
  /** Absent: the whole table. */
  readonly part?: SweepPart;
  /** Absent: the table's beginning. */
  readonly after?: Key;
}

export interface SweptSlice {
  readonly removed: number;
  /** Absent when all has been looked at. */
  readonly next?: SweepPosition;
}

/** About 2 MB of keys. */
const maxReported = 10_000;
const rows = 500;

export function cleaner(contextOf: () => StoreContext): Cleaner {
  const reported = new Map<string, StaleEntry>();
  return {
    report(entry) {
      if (reported.size < maxReported) reported.set(`${entry.pk} ${entry.sk}`, { pk: entry.pk, sk: entry.sk });
    },
    async run() {
      const entries = [...reported.values()];
      reported.clear();
      return removeAbandoned(contextOf(), entries);
    },
    remove: (entries) => removeAbandoned(contextOf(), entries),
    async settleTransaction(bundleId) {
      const context = contextOf();
      const record = await readBundleRecord(context.resources, bundleId);
      if (record !== undefined) await settleRecord(context, record, whileServing(context));
    },
    settleTransactions: () => settleTransactions(contextOf(), whileServing(contextOf())),
    settleAfterCrash: () => settleTransactions(contextOf(), { ...whileServing(contextOf()), isDead: () => true }),
    settleAfterRestore: () => settleTransactions(contextOf(), { isDead: () => true, isOver: () => true }),
    async sweep() {
      let removed = 0;
      let from: SweepPosition | undefined;
      do {
        const slice = await sweepSlice(contextOf(), { from, until: Infinity });
        removed += slice.removed;
        from = slice.next;
      } while (from !== undefined);
      return removed;
    },
    sweepSlice: (slice) => sweepSlice(contextOf(), slice),
  };
}

interface Settling {
  /** Whether nobody is going to decide the pending one any more. */
  readonly isDead: (pending: BundleRecord) => boolean;
  /** Whether nobody is going to ask for the settled one any more. */
  readonly isOver: (settled: BundleRecord) => boolean;
}

/** A coordinator that lost its answers reads the record again, so it stays for as long as one can live. */
function whileServing(context: StoreContext): Settling {
  return {
    isDead: ({ expires }) => expires <= context.clock.now(),
    isOver: ({ kept, writeId }) => !kept && isAbandoned(context, writeId),
  };
}

function isAbandoned({ clock }: StoreContext, writeId: string): boolean {
  return writeIdTime(writeId) + abandonedAfterMs < clock.now();
}

async function removeAbandoned(context: StoreContext, entries: readonly Item[]): Promise<number> {
  const reader = versionReader(context.resources);
  const decisions = await Promise.all(entries.map(async (entry): Promise<readonly Key[]> => {
    const { type, id, writeId } = entryTarget(entry.sk);
    if (!isAbandoned(context, writeId)) return [];
    const versionId = entry.attributes?.version as number | undefined;
    const version = versionId === undefined ? (await reader.view({ type, id }))?.version : await reader.version({ type, id }, versionId);
    return version?.writeId === writeId ? [] : [{ pk: entry.pk, sk: entry.sk }];
  }));
  const deletes = decisions.flat();
  if (deletes.length > 0) await context.index.batchWrite({ deletes });
  return deletes.length;
}

async function settleTransactions(context: StoreContext, settling: Settling): Promise<void> {
  for (let shard = 0; shard < bundleShards; shard += 1) {
    let after: string | undefined;
    do {
      const page = await context.resources.query({ pk: `bundles/${shard}`, limit: rows, after, strong: true });
      for (const item of page.items) await settleRecord(context, bundleRecordOfItem(item), settling);
      after = page.next;
    } while (after !== undefined);
  }
}

async function settleRecord(context: StoreContext, found: BundleRecord, { isDead, isOver }: Settling): Promise<void> {
  if (found.state === 'pending' && !isDead(found)) return;
  const record = found.state === 'pending' ? await abort(context, found) : found;
  await settle(context, record);
  if (isOver(record)) await dropRecord(context, record.bundleId);
}

async function sweepSlice(context: StoreContext, { from, part, until }: SweepSlice): Promise<SweptSlice> {
  let removed = 0;
  if (from === undefined) {
    await settleTransactions(context, whileServing(context));
    removed += await removeAbandonedObjects(context);
  }
  let next: SweepPosition | undefined = from ?? { table: 'index', ...(part === undefined ? {} : { part }) };
  do {
    const page = await sweepPage(context, next);
    removed += page.removed;
    next = page.next;
  } while (next !== undefined && context.clock.now() < until);
  return next === undefined ? { removed } : { removed, next };
}

const wholeTable: SweepPart = { segment: 0, segments: 1 };

async function sweepPage(context: StoreContext, { table, part, after }: SweepPosition): Promise<SweptSlice> {
  const page = await context[table].scan({ ...(part ?? wholeTable), limit: rows, after });
  const parted = part === undefined ? {} : { part };
  const removed = await (table === 'index' ? removeAbandoned : removeLeftovers)(context, page.items);
  if (page.next !== undefined) return { removed, next: { table, ...parted, after: page.next } };
  return table === 'index' ? { removed, next: { table: 'resources', ...parted } } : { removed };
}

/** Intents that came too late for their decided transaction, their bodies, and what a lost claim left under `@`. */
async function removeLeftovers(context: StoreContext, items: readonly Item[]): Promise<number> {
  let removed = 0;
  for (const item of items) if (await removeLeftover(context, item)) removed += 1;
  return removed;
}

async function removeLeftover(context: StoreContext, item: Item): Promise<boolean> {
  if (item.sk.startsWith(intentKeyPrefix)) return removeIntentBody(context, item);
  if (item.sk !== currentKey) return false;
  const { bundle, released, rev } = item.attributes ?? {};
  if (bundle !== undefined) return removeLateIntent(context, item);
  // By now no put is under way that was sent before the claim was seen.
  if (released === undefined || (released as number) + abandonedAfterMs >= context.clock.now()) return false;
  return (await context.resources.delete(item, { attribute: 'rev', equals: rev! })).written;
}

/** Nothing can need the body any more when `@` does not name its transaction and no claim can still come. */
async function removeIntentBody(context: StoreContext, item: Item): Promise<boolean> {
  if (!isAbandoned(context, versionOfItem(item).writeId)) return false;
  const current = await context.resources.get({ pk: item.pk, sk: currentKey }, { strong: true });
  if (current?.attributes?.bundle === item.sk.slice(intentKeyPrefix.length)) return false;
  await context.resources.batchWrite({ deletes: [item] });
  return true;
}

async function removeLateIntent(context: StoreContext, item: Item): Promise<boolean> {
  const [type, id] = item.pk.split('/') as [string, string];
  const view = await versionReader(context.resources).view({ type, id });
  if (view?.current.intent === undefined || !(await clearTheWay(context, { type, id }, view))) return false;
  return releaseLost(context, { type, id }, view);
}
