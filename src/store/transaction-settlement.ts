/**
 * What becomes of a transaction's intents once its record is decided. Anybody may do any of this, at any time and
 * twice: every put of `@` is conditional on its rev.
 */
import type { Item } from '../ports/ordered-table.ts';
import { historyEntry } from './entries.ts';
import { bundleRecordItem, readBundleRecord, type BundleRecord } from './bundle-record.ts';
import { bundleRecordKey, currentKey, intentKey, resourcePartition } from './keys.ts';
import { settledPut } from './settled-put.ts';
import type { StoreContext } from './store-context.ts';
import { currentItem, currentOfItem, pastVersionItem, versionOfItem, type Current, type StoredVersion } from './version-item.ts';
import { versionReader, type ResourceKey, type View } from './version-reader.ts';
import { replacedEntries } from './prepared-version.ts';

/** Members settled side by side: enough to keep a table busy, few enough for one connection pool. */
export const settlementWidth = 64;

/**
 * Runs the step over all, `settlementWidth` at a time, starting them in order.
 *
 * @param rest between the parts of a long run of mere computing, so that others get their turn
 */
export async function inOrder<T, R>(all: readonly T[], step: (one: T) => Promise<R>, rest?: () => Promise<void>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += settlementWidth) {
    if (from > 0) await rest?.();
    results.push(...(await Promise.all(all.slice(from, from + settlementWidth).map(step))));
  }
  return results;
}

/**
 * Deals with the intent that a writer found.
 *
 * @returns true when the intent has lost and the writer may write over it; false when it must look again.
 */
export async function clearTheWay(context: StoreContext, key: ResourceKey, view: View): Promise<boolean> {
  const { record } = view;
  if (record === undefined || record.state === 'aborted') {
    const pk = resourcePartition(key.type, key.id);
    await context.resources.batchWrite({ deletes: [{ pk, sk: intentKey(view.current.intent!.bundleId) }] });
    return true;
  }
  if (record.state === 'committed') await applyMember(context, key, record);
  else if (record.expires <= context.clock.now()) await abort(context, record);
  return false;
}

/** @returns the state that the record has in the end: another may have decided first. */
export async function abort(context: StoreContext, record: BundleRecord): Promise<BundleRecord> {
  const aborted = { ...record, state: 'aborted' as const };
  const outcome = await settledPut(context, bundleRecordItem(aborted), { condition: { attribute: 'state', equals: 'pending' } });
  if (outcome.written) return aborted;
  return (await readBundleRecord(context.resources, record.bundleId)) ?? aborted;
}

/** Makes every intent of a decided record its member's version, or takes it away. */
export async function settle(context: StoreContext, record: BundleRecord): Promise<void> {
  await inOrder(record.members, (member) =>
    record.state === 'committed' ? applyMember(context, member, record) : releaseMember(context, member, record),
  );
}

/** The record of a settled transaction goes; what still names it reads as it did before. */
export async function dropRecord(context: StoreContext, bundleId: string): Promise<void> {
  await context.resources.batchWrite({ deletes: [bundleRecordKey(bundleId)] });
}

/** Past version, new `@`, then the clean-up of intent and replaced entries. */
export async function applyMember(context: StoreContext, key: ResourceKey, { bundleId }: BundleRecord): Promise<void> {
  const found = await intentOn(context, key, bundleId);
  if (found === undefined) return;
  const pk = resourcePartition(key.type, key.id);
  const intended = await context.resources.get({ pk, sk: intentKey(bundleId) }, { strong: true });
  // Without its intent item the member was applied since `@` was read.
  if (intended !== undefined) await applyIntent(context, key, { current: found, version: versionOfItem(intended), bundleId });
}

export interface Application {
  /** `@` with the intent on it. */
  readonly current: Current;
  /** What the intent makes of it. */
  readonly version: StoredVersion;
  readonly bundleId: string;
}

export async function applyIntent(context: StoreContext, key: ResourceKey, { current, version, bundleId }: Application): Promise<void> {
  const { resources, ids, index } = context;
  const base = current.version;
  if (base !== undefined) await resources.batchWrite({ puts: [pastVersionItem(base)] });
  const item = currentItem(key.type, key.id, { rev: ids.rev(), version });
  await settledPut(context, item, { condition: { attribute: 'rev', equals: current.rev } });
  // Whether this put or another's was first: the version is current or past now, and its base replaced.
  const pk = resourcePartition(key.type, key.id);
  const replaced = base === undefined ? [] : await replacedEntries(context, base);
  await Promise.all([
    resources.batchWrite({ deletes: [{ pk, sk: intentKey(bundleId) }] }),
    replaced.length === 0 ? undefined : index.batchWrite({ deletes: replaced }),
  ]);
}

/** Puts back what stood before the intent. */
async function releaseMember(context: StoreContext, key: ResourceKey, { bundleId }: BundleRecord): Promise<void> {
  const { resources, index } = context;
  const pk = resourcePartition(key.type, key.id);
  const intended: Item | undefined = await resources.get({ pk, sk: intentKey(bundleId) }, { strong: true });
  const current = await intentOn(context, key, bundleId);
  if (current !== undefined) await releaseLost(context, key, { current });
  if (intended === undefined) return;
  const version = versionOfItem(intended);
  // A repeated put may have revived the record of a transaction that had been committed, applied and forgotten.
  const standing = await versionReader(resources).version(key, version.versionId);
  if (standing?.writeId !== version.writeId) {
    await index.batchWrite({ deletes: [...(await replacedEntries(context, version)), historyEntry(version, context.rules)] });
  }
  await resources.batchWrite({ deletes: [{ pk, sk: intentKey(bundleId) }] });
}

async function intentOn(context: StoreContext, { type, id }: ResourceKey, bundleId: string): Promise<Current | undefined> {
  const item = await context.resources.get({ pk: resourcePartition(type, id), sk: currentKey }, { strong: true });
  const current = item === undefined ? undefined : currentOfItem(item);
  return current?.intent?.bundleId === bundleId ? current : undefined;
}

/** Takes an intent off `@` whose transaction has lost. @returns whether it was still there. */
export async function releaseLost(context: StoreContext, { type, id }: ResourceKey, { current }: View): Promise<boolean> {
  const { clock, ids } = context;
  const { version } = current;
  // Were `@` deleted, a put on condition that it is absent, thought lost because of the claim, could still land.
  const base: Current = { rev: ids.rev(), ...(version === undefined ? { released: clock.now() } : { version }) };
  const outcome = await settledPut(context, currentItem(type, id, base), { condition: { attribute: 'rev', equals: current.rev } });
  return outcome.written;
}
