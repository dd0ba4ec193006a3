/**
 * The commit protocol of a single version: entries, then the past version, then `@` on condition that nobody came
 * between, then the clean-up of what was replaced. No locks, no table transactions. See docs/store.md.
 */
import { TableUnavailable, type Item, type Key } from '../ports/ordered-table.ts';
import type { Write, WriteOptions, WriteResult } from './data-store.ts';
import { resourcePartition, versionKey, versionKeyPrefix } from './keys.ts';
import { contended, isDeleted, permits } from './next-version.ts';
import { prepareVersion, replacedEntries, type PreparedVersion } from './prepared-version.ts';
import { underRules } from './rules-source.ts';
import { settledPut } from './settled-put.ts';
import { latestCommitMs, maxContendedAttempts, nextStamp, type StoreContext } from './store-context.ts';
import { clearTheWay } from './transaction-settlement.ts';
import {
  currentItem, currentOfItem, pastVersionItem, resourceVersion, versionOfItem, type StoredVersion,
} from './version-item.ts';
import { versionReader, type ResourceKey, type View } from './version-reader.ts';

/** Contending writers step back by a random part of this, so that each round has fewer of them. */
const maxBackOffMs = 25;

export function writeKey(write: Write, newId: () => string): ResourceKey {
  if (write.interaction === 'delete') return { type: write.type, id: write.id };
  if (write.interaction === 'update') return { type: write.resource.resourceType, id: write.resource.id };
  return { type: write.resource.resourceType, id: write.id ?? newId() };
}

/** @throws FhirError 409, 412, 422; TableUnavailable when the outcome is unknown. */
export async function writeOne(context: StoreContext, write: Write, options: WriteOptions): Promise<WriteResult> {
  const key = writeKey(write, () => context.ids.uuid());
  // A new id of ours cannot exist yet: the condition on the put is all the reading a create needs.
  let mayExist = write.interaction !== 'create' || options.origin !== undefined;
  for (let attempt = 0; attempt < maxContendedAttempts; attempt += 1) {
    if (attempt > 0) await context.clock.sleep(backOffMs(context, attempt));
    const view = mayExist ? await versionReader(context.resources).view(key) : undefined;
    mayExist = true;
    const earlier = options.origin === undefined ? undefined : await findOrigin(context, view, options.origin);
    if (earlier !== undefined) return repeatedResult(context, key, earlier);
    if (!permits(write, view?.version)) return { ...key, created: false };
    if (view?.current.intent !== undefined && !(await clearTheWay(context, key, view))) continue;
    const result = await underRules(context, (ruled) => attemptCommit(ruled, write, { key, view, origin: options.origin }));
    if (result !== undefined) return result;
  }
  throw contended();
}

export function backOffMs(context: StoreContext, attempt: number): number {
  // The rev is random; its tail serves as the jitter that `src/store` may not draw itself.
  const spread = context.ids.rev().charCodeAt(0) % 16;
  return Math.min(maxBackOffMs, attempt * 2) * (spread / 16);
}

/** What an attempt to write is made on. */
export interface Attempt {
  readonly key: ResourceKey;
  readonly view: View | undefined;
  readonly origin?: string;
  /** As in `VersionBase`. */
  readonly firstVersionId?: number | undefined;
}

/** @returns `undefined` when another writer came between; then nothing of the attempt is left. */
export async function attemptCommit(context: StoreContext, write: Write, { key, view, origin, firstVersionId }: Attempt): Promise<WriteResult | undefined> {
  const { resources, index, clock, ids } = context;
  const found = view?.version;
  const prepared = await prepareVersion(context, write, { key, found, stamp: nextStamp(clock, found?.lastUpdated), origin, firstVersionId });
  const { version, entries } = prepared;
  await Promise.all([
    index.batchWrite({ puts: entries }),
    found === undefined ? undefined : resources.batchWrite({ puts: [pastVersionItem(found)] }),
  ]);
  if (clock.now() - version.lastUpdated > latestCommitMs) {
    await index.batchWrite({ deletes: entries });
    return undefined;
  }
  const item = currentItem(key.type, key.id, { rev: ids.rev(), version });
  const outcome = await settledPut(context, item, { condition: revCondition(view), until: version.lastUpdated + latestCommitMs });
  if (!outcome.written && !(await hasLanded(context, version, outcome.found))) {
    await index.batchWrite({ deletes: entries });
    return undefined;
  }
  if (found !== undefined) await removeReplaced(context, found);
  return resultOf(version, prepared);
}

/** The write has happened: entries that cannot be removed now are for the clean-up, and no reason to answer a failure. */
async function removeReplaced(context: StoreContext, version: StoredVersion): Promise<void> {
  let deletes: readonly Key[] = [];
  try {
    deletes = await replacedEntries(context, version);
    await context.index.batchWrite({ deletes });
  } catch (fault) {
    if (!(fault instanceof TableUnavailable)) throw fault;
    deletes.forEach(context.reportStale);
  }
}

function revCondition(view: View | undefined) {
  return view === undefined ? ({ attribute: 'rev', absent: true } as const) : ({ attribute: 'rev', equals: view.current.rev } as const);
}

/** After a failed condition: the put may be our own of an earlier attempt, still current or already past. */
export async function hasLanded(context: StoreContext, version: StoredVersion, found: Item | undefined): Promise<boolean> {
  const current = found === undefined ? undefined : currentOfItem(found).version;
  if (current === undefined || current.versionId < version.versionId) return false;
  if (current.versionId === version.versionId) return current.writeId === version.writeId;
  const pk = resourcePartition(version.type, version.id);
  const past = await context.resources.get({ pk, sk: versionKey(version.versionId) }, { strong: true });
  return past?.attributes?.write === version.writeId;
}

/** How far back a repeated job step looks for its own write; others may have written since. */
const originSearchLimit = 1000;

async function findOrigin(context: StoreContext, view: View | undefined, origin: string): Promise<StoredVersion | undefined> {
  // A committed intent that is not applied yet leaves its base under `@`, not among the past versions.
  const head = [view?.version, view?.current.version].find((version) => version?.origin === origin);
  if (view?.version === undefined || head !== undefined) return head;
  const pk = resourcePartition(view.version.type, view.version.id);
  const past = await context.resources.query({
    pk, from: versionKeyPrefix, descending: true, limit: originSearchLimit, strong: true,
  });
  const item = past.items.find(({ attributes }) => attributes?.origin === origin);
  return item === undefined ? undefined : versionOfItem(item);
}

async function repeatedResult(context: StoreContext, key: ResourceKey, version: StoredVersion): Promise<WriteResult> {
  const before = version.versionId === 1 ? undefined : await versionReader(context.resources).version(key, version.versionId - 1);
  return { ...key, created: before === undefined || isDeleted(before), version: await resourceVersion(context.objects, version) };
}

function resultOf({ type, id, versionId, lastUpdated, interaction, content }: StoredVersion, { creates, json }: PreparedVersion): WriteResult {
  const held = { ...(json === undefined ? {} : { json }), ...(content === undefined ? {} : { content }) };
  return { type, id, created: creates, version: { type, id, versionId, lastUpdated, interaction, ...held } };
}
