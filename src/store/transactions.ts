/**
 * The commit protocol of a transaction of any size to `maxTransactionWrites`: the record, the entry sets, an intent
 * on each member in key order, one flip of the record that decides for all, and the application of the intents.
 * See docs/store.md.
 */
import { conflict, unprocessable } from '../fhir/outcome.ts';
import { TableUnavailable, type Item } from '../ports/ordered-table.ts';
import { bundleRecordItem, readBundleRecord, type BundleMember, type BundleRecord } from './bundle-record.ts';
import type { TransactedMember, TransactOptions, Write, WriteResult } from './data-store.ts';
import { intentKey, resourcePartition } from './keys.ts';
import { contended, permits } from './next-version.ts';
import { underRules } from './rules-source.ts';
import { settledPut } from './settled-put.ts';
import { commitWindowMs, latestCommitMs, nextStamp, type StoreContext } from './store-context.ts';
import { abort, applyIntent, clearTheWay, dropRecord, inOrder, settle } from './transaction-settlement.ts';
import { currentItem, currentOfItem, intentItem, resourceVersion, type Current } from './version-item.ts';
import { versionReader, type ResourceKey, type View } from './version-reader.ts';
import { prepareVersion, type PreparedVersion } from './prepared-version.ts';
import { writeKey } from './writer.ts';

/** Google's limit and ours: a record of that many members still fits an item. */
export const maxTransactionWrites = 4500;

/** How often a transaction steps back for others before it answers 409. */
const maxTransactionAttempts = 12;
const firstStepBackMs = 10;

/** A job is repeated this often at most; each time its last attempt had died. */
const maxJobAttempts = 1000;

interface Member {
  readonly key: ResourceKey;
  readonly write: Write;
  readonly view: View | undefined;
  readonly prepared: PreparedVersion;
  /** The rev under which this member's intent stands. */
  readonly rev: string;
  readonly entry: number | undefined;
}

/** @throws FhirError 409, 412, 422; TableUnavailable when the outcome is unknown. */
export async function transact(context: StoreContext, writes: readonly Write[], options: TransactOptions): Promise<readonly WriteResult[]> {
  if (writes.length > maxTransactionWrites) {
    throw unprocessable(`A transaction may have ${maxTransactionWrites} entries that write; this one has ${writes.length}. Split it.`, 'Bundle.entry');
  }
  if (options.transactionId !== undefined && writes.some((write) => write.interaction === 'create' && write.id === undefined)) {
    throw new Error('a transaction that may be repeated names the ids of what it creates');
  }
  const keys = writes.map((write) => writeKey(write, () => context.ids.uuid()));
  refuseDuplicates(keys);
  for (let attempt = 0; attempt < maxTransactionAttempts; attempt += 1) {
    if (attempt > 0) await context.clock.sleep(firstStepBackMs * attempt);
    const turn = await takeTurn(context, options.transactionId);
    if (turn.committed !== undefined) return committedResults(context, turn.committed, keys);
    const views = await versionReader(context.resources).views(keys);
    if (!(await clearAll(context, keys, views))) continue;
    const members = await underRules(context, async (ruled) => {
      const prepared = await prepareMembers(ruled, writes, { keys, views, writeId: turn.writeId, entries: options.entries ?? [] });
      return prepared.length === 0 || (await commit(ruled, prepared, turn)) ? prepared : undefined;
    });
    if (members !== undefined) return results(keys, members);
  }
  throw contended();
}

interface Turn {
  readonly bundleId: string;
  readonly writeId: string;
  readonly kept: boolean;
  /** A former attempt of the same transaction id, already committed. */
  readonly committed?: BundleRecord;
}

/** Finds the first attempt of a transaction id that is not decided; one that is pending has died and is aborted. */
async function takeTurn(context: StoreContext, transactionId: string | undefined): Promise<Turn> {
  const writeId = context.ids.writeId(context.clock.now());
  if (transactionId === undefined) return { bundleId: writeId, writeId, kept: false };
  for (let number = 0; number < maxJobAttempts; number += 1) {
    const bundleId = attemptId(transactionId, number);
    let record = await readBundleRecord(context.resources, bundleId);
    if (record?.state === 'pending') record = await abort(context, record);
    if (record === undefined) return { bundleId, writeId, kept: true };
    await settle(context, record);
    if (record.state === 'committed') return { bundleId, writeId, kept: true, committed: record };
  }
  throw conflict('This transaction was begun too often without coming to an end. Submit it again.');
}

function attemptId(transactionId: string, number: number): string {
  return `${transactionId}.${number}`;
}

/** What the committed transaction of this id wrote; an attempt that was still under way is ended before the answer is no. */
export async function transacted(context: StoreContext, transactionId: string): Promise<readonly TransactedMember[] | undefined> {
  const { committed } = await takeTurn(context, transactionId);
  return committed?.members;
}

/** Drops every record of the transaction id. */
export async function forget(context: StoreContext, transactionId: string): Promise<void> {
  for (let number = 0; number < maxJobAttempts; number += 1) {
    const record = await readBundleRecord(context.resources, attemptId(transactionId, number));
    if (record === undefined) return;
    await settle(context, record);
    await dropRecord(context, record.bundleId);
  }
}

function refuseDuplicates(keys: readonly ResourceKey[]): void {
  const seen = new Set<string>();
  for (const { type, id } of keys) {
    const partition = resourcePartition(type, id);
    if (seen.has(partition)) throw unprocessable('A transaction may name each resource once only.', 'Bundle.entry');
    seen.add(partition);
  }
}

async function clearAll(context: StoreContext, keys: readonly ResourceKey[], views: readonly (View | undefined)[]): Promise<boolean> {
  const claimed = keys.flatMap((key, position) => {
    const view = views[position];
    return view?.current.intent === undefined ? [] : [{ key, view }];
  });
  const cleared = await inOrder(claimed, ({ key, view }) => clearTheWay(context, key, view));
  return cleared.every(Boolean);
}

interface Preparation {
  readonly keys: readonly ResourceKey[];
  readonly views: readonly (View | undefined)[];
  readonly writeId: string;
  readonly entries: readonly number[];
}

/** Members in the order of their keys, all of one stamp; writes that change nothing are left out. */
async function prepareMembers(
  context: StoreContext,
  writes: readonly Write[],
  { keys, views, writeId, entries }: Preparation,
): Promise<readonly Member[]> {
  const effective = writes.flatMap((write, position) =>
    permits(write, views[position]?.version) ? [{ write, key: keys[position]!, view: views[position], entry: entries[position] }] : [],
  );
  const stamp = effective.reduce((latest, { view }) => Math.max(latest, nextStamp(context.clock, view?.version?.lastUpdated)), 0);
  const members = await inOrder(effective, async ({ write, key, view, entry }) => ({
    key,
    entry,
    write,
    view,
    rev: context.ids.rev(),
    prepared: await prepareVersion(context, write, { key, found: view?.version, stamp, writeId }),
  }), () => context.clock.sleep(0));
  const order = (member: Member): string => resourcePartition(member.key.type, member.key.id);
  return members.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** @returns false when another writer came between or time ran out; then nothing of the attempt is left. */
async function commit(context: StoreContext, members: readonly Member[], turn: Turn): Promise<boolean> {
  const { resources, index, clock } = context;
  const stamp = members[0]!.prepared.version.lastUpdated;
  const record: BundleRecord = {
    ...turn,
    state: 'pending',
    stamp,
    expires: stamp + commitWindowMs,
    members: members.map(({ key, entry, prepared: { version, creates } }) => ({
      ...key, versionId: version.versionId, interaction: version.interaction, created: creates, ...(entry === undefined ? {} : { entry }),
    })),
  };
  const begun = await settledPut(context, bundleRecordItem(record), { condition: { attribute: 'state', absent: true } });
  if (!begun.written && begun.found?.attributes?.write !== record.writeId) return false;
  await Promise.all([
    index.batchWrite({ puts: members.flatMap(({ prepared }) => prepared.entries) }),
    resources.batchWrite({ puts: members.map((member) => intentItem(intentPlace(member, record), member.prepared.version)) }),
  ]);
  const claims = await inOrder(members, (member) => claim(context, member, record));
  const inTime = clock.now() - stamp <= latestCommitMs;
  const decided = claims.every(Boolean) && inTime ? await flip(context, record) : await abort(context, record);
  const committed = decided.state === 'committed';
  await (committed ? apply(context, members, record) : withdraw(context, members, decided));
  return committed;
}

/** From here on the transaction has happened: what cannot be applied now, the schedule applies later. */
async function apply(context: StoreContext, members: readonly Member[], record: BundleRecord): Promise<void> {
  try {
    await inOrder(members, ({ key, view, rev, prepared: { version } }) =>
      applyIntent(context, key, { current: { rev, version: view?.current.version }, version, bundleId: record.bundleId }),
    );
    if (!record.kept) await dropRecord(context, record.bundleId);
  } catch (fault) {
    if (!(fault instanceof TableUnavailable)) throw fault;
  }
}

async function withdraw(context: StoreContext, members: readonly Member[], record: BundleRecord): Promise<void> {
  await settle(context, record);
  await context.index.batchWrite({ deletes: members.flatMap(({ prepared }) => prepared.entries) });
  if (!record.kept) await dropRecord(context, record.bundleId);
}

function intentPlace({ key }: Member, { bundleId }: BundleRecord) {
  return { pk: resourcePartition(key.type, key.id), sk: intentKey(bundleId) };
}

/** Puts the intent on `@`, if it still is what the member was prepared on. */
async function claim(context: StoreContext, { key, view, rev }: Member, { bundleId }: BundleRecord): Promise<boolean> {
  const claimed: Current = { rev, version: view?.current.version, intent: { bundleId } };
  const condition = view === undefined ? ({ attribute: 'rev', absent: true } as const) : ({ attribute: 'rev', equals: view.current.rev } as const);
  const outcome = await settledPut(context, currentItem(key.type, key.id, claimed), { condition });
  return outcome.written || isOurs(outcome.found, rev);
}

function isOurs(found: Item | undefined, rev: string): boolean {
  return found !== undefined && currentOfItem(found).rev === rev;
}

/** The one put that decides. Its answer may be lost, so the record is read again before a defeat is believed. */
async function flip(context: StoreContext, record: BundleRecord): Promise<BundleRecord> {
  const committed = { ...record, state: 'committed' as const };
  try {
    const outcome = await settledPut(context, bundleRecordItem(committed), {
      condition: { attribute: 'state', equals: 'pending' }, until: record.stamp + latestCommitMs,
    });
    if (outcome.written) return committed;
  } catch (fault) {
    if (!(fault instanceof TableUnavailable)) throw fault;
    // It may land at any time; only the abort's own condition can tell which of the two was first.
    return abort(context, record);
  }
  return (await readBundleRecord(context.resources, record.bundleId)) ?? { ...record, state: 'aborted' };
}

function results(keys: readonly ResourceKey[], members: readonly Member[]): readonly WriteResult[] {
  const made = new Map(members.map((member) => [resourcePartition(member.key.type, member.key.id), member]));
  return keys.map((key) => {
    const member = made.get(resourcePartition(key.type, key.id));
    if (member === undefined) return { ...key, created: false };
    const { versionId, lastUpdated, interaction } = member.prepared.version;
    const { json, creates } = member.prepared;
    return { ...key, created: creates, version: { ...key, versionId, lastUpdated, interaction, ...(json === undefined ? {} : { json }) } };
  });
}

async function committedResults(context: StoreContext, record: BundleRecord, keys: readonly ResourceKey[]): Promise<readonly WriteResult[]> {
  const members = new Map(record.members.map((member) => [resourcePartition(member.type, member.id), member]));
  const reader = versionReader(context.resources);
  return inOrder(keys, async (key) => {
    const member: BundleMember | undefined = members.get(resourcePartition(key.type, key.id));
    if (member === undefined) return { ...key, created: false };
    const version = await reader.version(key, member.versionId);
    if (version === undefined) throw new Error('a committed version is missing');
    return { ...key, created: member.created, version: await resourceVersion(context.objects, version) };
  });
}
