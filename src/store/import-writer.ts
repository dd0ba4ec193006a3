/**
 * The writes of a bulk import: upserts by id, each applied once, the last line of a job for an id winning (import-trace.ts).
 *
 * Most resources of most imports are new, and are written many at a time: one read of all their `@`, then a
 * conditional put for each with its entries (creations.ts). What is there already goes the way of any update, one by one.
 */
import { FhirError } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { creations } from './creations.ts';
import type { Importing, ImportJob, ImportOutcome, ImportWrite } from './importing.ts';
import { affirming, importOrigin, lastTrace } from './import-trace.ts';
import type { Trace } from './import-trace.ts';
import { keptVersionId } from './kept-version.ts';
import { resourcePartition, versionKeyPrefix } from './keys.ts';
import { contended, isDeleted, stamped } from './next-version.ts';
import { prepareVersion, type PreparedVersion } from './prepared-version.ts';
import { underRules } from './rules-source.ts';
import { settledPut } from './settled-put.ts';
import { commitWindowMs, maxContendedAttempts, nextStamp, type StoreContext } from './store-context.ts';
import { clearTheWay, inOrder } from './transaction-settlement.ts';
import { currentItem, currentOfItem, versionJson, versionOfItem, type StoredVersion } from './version-item.ts';
import { versionReader, type ResourceKey, type View } from './version-reader.ts';
import { attemptCommit, backOffMs } from './writer.ts';

/** Versions that a resource may have got since an import was submitted; whoever writes more often is a counter. */
const maxExaminedVersions = 1000;

/** Resources that are made ready in one go before others get their turn. */
const preparedAtOnce = 16;

interface Importation {
  readonly job: ImportJob;
  /** As of `Importing.importMany`. */
  readonly ready?: (() => void) | undefined;
  readonly expected: Expectations;
}

/** What is remembered of the last batch. */
interface Expectations {
  /** Nothing was there: what comes next is not looked for before it is put on the condition that it is not. */
  allNew: boolean;
}

export function importingOver(context: StoreContext): Importing {
  const expected = { allNew: false };
  return { importMany: (writes, job, ready) => importMany(context, writes, { job, ready, expected }) };
}

async function importMany(context: StoreContext, writes: readonly ImportWrite[], { job, expected, ready = () => {} }: Importation): Promise<readonly ImportOutcome[]> {
  const outcomes = new Map<ImportWrite, ImportOutcome>();
  const rounds = distinct(writes);
  for (const [number, round] of rounds.entries()) {
    const fresh = await presumablyNew(context, round, expected);
    const isLast = number === rounds.length - 1;
    await underRules(context, (ruled) => createAll(ruled, fresh, { job, outcomes, ready: isLast ? ready : undefined }));
    const rest = round.filter((write) => !outcomes.has(write));
    expected.allNew = rest.length === 0;
    await inOrder(rest, async (write) => outcomes.set(write, await unlessRefused(() => importOne(context, write, job))));
  }
  return writes.map((write) => outcomes.get(write)!);
}

/** Where entries would have to be taken back of what is there already, it is always looked for. */
async function presumablyNew(context: StoreContext, writes: readonly ImportWrite[], { allNew }: Expectations): Promise<readonly ImportWrite[]> {
  if (allNew && context.putWithEntries !== undefined) return writes;
  const views = await versionReader(context.resources).views(writes.map(keyOf));
  return writes.filter((_, position) => views[position] === undefined);
}

function keyOf({ type, id }: ImportWrite): ResourceKey {
  return { type, id };
}

/** In rounds of which none has a resource twice, those of one resource in their order. */
function distinct(writes: readonly ImportWrite[]): readonly (readonly ImportWrite[])[] {
  const rounds: ImportWrite[][] = [];
  const seen = new Map<string, number>();
  for (const write of writes) {
    const { type, id } = keyOf(write);
    const partition = resourcePartition(type, id);
    const round = seen.get(partition) ?? 0;
    seen.set(partition, round + 1);
    (rounds[round] ??= []).push(write);
  }
  return rounds;
}

async function unlessRefused<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | { readonly refused: FhirError }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FhirError) return { refused: error };
    throw error;
  }
}

interface Collected extends Omit<Importation, 'expected'> {
  readonly outcomes: Map<ImportWrite, ImportOutcome>;
}

/** Creates what nobody has made meanwhile; the others are left without an outcome. */
async function createAll(context: StoreContext, writes: readonly ImportWrite[], { job, outcomes, ready }: Collected): Promise<void> {
  const created = creations(context);
  for (const [position, write] of writes.entries()) {
    if (position % preparedAtOnce === 0) await context.letOthers();
    const prepared = await unlessRefused(() => preparedFresh(context, write, job));
    if ('refused' in prepared) {
      outcomes.set(write, prepared);
      continue;
    }
    const outcome = creationOf(prepared);
    created.add(prepared, () => outcomes.set(write, outcome));
  }
  ready?.();
  await created.ended();
}

function creationOf({ version }: PreparedVersion): ImportOutcome {
  return { effect: 'written', created: true, versionId: version.versionId };
}

function preparedFresh(context: StoreContext, write: ImportWrite, job: ImportJob): Promise<PreparedVersion> {
  const line = { write, job, resource: write.resource() };
  const base = { key: keyOf(write), found: undefined, stamp: nextStamp(context.clock, undefined), ...markedBy(line) };
  return prepareVersion(context, written(line), base);
}

interface Line {
  readonly write: ImportWrite;
  readonly job: ImportJob;
  readonly resource: Resource & { id: string };
}

/** What the job leaves on a version that the line makes. */
function markedBy({ write: { place }, job: { job, keepsVersions }, resource }: Line) {
  return { origin: importOrigin(job, place), firstVersionId: keepsVersions === true ? keptVersionId(resource) : undefined };
}

function written({ write: { content }, resource }: Line) {
  return { interaction: 'update', resource, ...(content === undefined ? {} : { content }) } as const;
}

/** @throws FhirError 409, 422; TableUnavailable when the outcome is unknown */
async function importOne(context: StoreContext, write: ImportWrite, job: ImportJob): Promise<ImportOutcome> {
  const key = keyOf(write);
  const line = { write, job, resource: write.resource() };
  for (let attempt = 0; attempt < maxContendedAttempts; attempt += 1) {
    if (attempt > 0) await context.clock.sleep(backOffMs(context, attempt));
    const view = await versionReader(context.resources).view(key);
    const applied = view?.version === undefined ? undefined : await appliedBefore(context, line, view.version);
    if (applied !== undefined && applied !== 'unchanged') return applied;
    if (view?.current.intent !== undefined && !(await clearTheWay(context, key, view))) continue;
    if (applied === 'unchanged') {
      if (!(await affirm(context, line, view!))) continue;
      return { effect: 'unchanged', created: false, versionId: view!.version!.versionId };
    }
    const basis = { key, view, ...markedBy(line) };
    const result = await underRules(context, (ruled) => attemptCommit(ruled, written(line), basis));
    if (result !== undefined) return { effect: 'written', created: result.created, versionId: result.version!.versionId };
  }
  throw contended();
}

/**
 * Whether the line was applied before, is overtaken by a later one of its job, or changes nothing: then the resource is
 * just so, or was at a moment since the job was submitted and after the lines before it. A line without an effect left no
 * trace if the process died then, and what a user wrote since must not be undone by its repeat.
 */
async function appliedBefore(context: StoreContext, line: Line, current: StoredVersion): Promise<ImportOutcome | 'unchanged' | undefined> {
  const { write, job } = line;
  let [examined, before] = [0, 0];
  for await (const version of sinceSubmission(context, current, job)) {
    const trace = lastTrace(version, job.job);
    if (trace !== undefined && trace.place >= write.place) return tracedOutcome(trace, trace.place === write.place);
    if (await isSame(context, line, version)) return 'unchanged';
    examined += 1;
    // Lines before this one end the search: what was there before them is not what this one would have found.
    before = Math.max(before, trace?.versionId ?? 0);
    if (version.versionId <= before || examined === maxExaminedVersions) return undefined;
  }
  return undefined;
}

function tracedOutcome({ versionId, created: isCreated }: Trace, isOwn: boolean): ImportOutcome {
  return { effect: isOwn ? 'repeated' : 'superseded', created: isOwn && isCreated, versionId };
}

/** The versions that were current at a moment since the job was submitted, newest first. */
async function* sinceSubmission({ resources }: StoreContext, current: StoredVersion, { submitted }: ImportJob): AsyncGenerator<StoredVersion> {
  // Another machine's clock may be behind.
  const since = submitted - commitWindowMs;
  yield current;
  if (current.lastUpdated < since) return;
  const pk = resourcePartition(current.type, current.id);
  for (let after: string | undefined; ; ) {
    const page = await resources.query({ pk, from: versionKeyPrefix, descending: true, limit: 20, strong: true, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) {
      const version = versionOfItem(item);
      // What an attempt laid there that never came to its commit is that of the current one.
      if (version.versionId >= current.versionId) continue;
      yield version;
      if (version.lastUpdated < since) return;
    }
    if (page.next === undefined) return;
    after = page.next;
  }
}

/** Whether the line holds what the version does: the same members in the same order, and the same content of a Binary. */
async function isSame(context: StoreContext, { write: { content }, resource }: Line, version: StoredVersion): Promise<boolean> {
  if (isDeleted(version)) return false;
  if (content?.sha256 !== version.content?.sha256) return false;
  return JSON.stringify(stamped(resource, resource.id, version)) === await versionJson(context.objects, version);
}

/** Says on `@` that the line is at or before this version. @returns false when another writer came between */
async function affirm(context: StoreContext, { write, job }: Line, { current }: View): Promise<boolean> {
  const { type, id } = keyOf(write);
  const affirmed = affirming(current.version!, { job: job.job, place: write.place, at: context.clock.now() });
  const version = { ...current.version!, affirmed };
  const rev = context.ids.rev();
  // No version was made: the change feed has nothing to tell.
  const { announce: _announced, ...item } = currentItem(type, id, { rev, version });
  const outcome = await settledPut(context, item, { condition: { attribute: 'rev', equals: current.rev } });
  return outcome.written || (outcome.found !== undefined && currentOfItem(outcome.found).rev === rev);
}
