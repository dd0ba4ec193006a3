/**
 * The whole lake anew from the store: when it is switched on, after a restore, and when its columns have changed. Any
 * step may be cut off and done again.
 *
 * **marking** says of what is there that it is to be replaced. **reading**, in parts side by side, takes all versions out of
 * the store as they lie, into files that no manifest names. **turning** makes a compaction of them for each table, together
 * with what increments have brought meanwhile, for of a resource these may have an older version than was read: compaction
 * sorts it out.
 * Publishing that replaces what was there before. Queries see the old lake and its increments until then.
 */
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import type { Key } from '../../ports/ordered-table.ts';
import type { NewFile } from '../../ports/parquet-files.ts';
import type { ScannedVersion } from '../../store/announced-versions.ts';
import { compactSlice, runningCompaction } from './compact.ts';
import type { SliceOutcome } from './compact.ts';
import { partsOf } from './compaction-plan.ts';
import { lakeRow } from './increment.ts';
import type { LakeDependencies } from './lake-dependencies.ts';
import { newFileKey } from './lake-files.ts';
import { changeManifest, listManifests } from './lake-manifest.ts';
import type { LakeManifest } from './lake-manifest.ts';
import { forgetSegments, readLakeState, readSegment, readSegments, writeLakeState, writeSegment } from './lake-state.ts';
import type { LakeState, Rebuilding, RebuiltFile } from './lake-state.ts';
import { retire } from './retired-files.ts';

/** Versions of one slice: their bodies are held as they are stored, some 400 bytes each. */
export const versionsPerSlice = 50_000;
/** Pages of one slice, of 1 MB at most. */
const pagesPerSlice = 64;

/** @param segments parts that are read side by side */
export async function beginRebuild(segments: number, dependencies: LakeDependencies): Promise<Rebuilding> {
  const { ids, columns } = dependencies;
  const seen = await readLakeState(dependencies);
  const rebuilding: Rebuilding = { id: ids.uuid(), segments, phase: 'marking' };
  const written = await writeLakeState(seen, { columns, isWhole: seen?.isWhole ?? false, rebuilding }, dependencies);
  if (!written) throw new Error('The lake is being changed by another.');
  if (seen?.rebuilding !== undefined) await forgetSegments(seen.rebuilding, dependencies);
  return rebuilding;
}

/**
 * What is there by now goes when the rebuilding is published, for it was committed before anything is read. It is not compacted
 * any more, and a compaction that is under way comes to nothing.
 *
 * Another may have marked all tables and be reading while this is still at it: what is published from then on must stay. So a
 * table is marked as it was listed, and only if the rebuilding was still being marked behind that.
 */
async function markTables({ id }: Rebuilding, dependencies: LakeDependencies): Promise<void> {
  for (let attempt = 0; attempt < maxMarkings; attempt += 1) {
    const listed = (await listManifests(dependencies)).filter(({ rebuilding }) => rebuilding?.id !== id);
    const now = (await readLakeState(dependencies))?.rebuilding;
    if (listed.length === 0 || now?.id !== id || now.phase !== 'marking') return;
    for (const { table, revision } of listed) {
      await changeManifest(table, (seen) => {
        if (seen.revision !== revision) return undefined;
        const { compacting: _given, ...manifest } = seen;
        return { ...manifest, rebuilding: { id, replaces: seen.files.map(({ key }) => key) } };
      }, dependencies);
    }
  }
  throw new Error('Tables of the lake change too often to be rebuilt.');
}

/** Each that fails is a round that has published in the moment between. */
const maxMarkings = 20;

/** Whether the lake must be rebuilt before it is right. */
export function isRebuildDue(state: LakeState | undefined, { columns }: Pick<LakeDependencies, 'columns'>): boolean {
  return state === undefined || (state.rebuilding === undefined && !state.isWhole) || state.columns !== columns;
}

/**
 * @returns the rebuilding whose parts are all read, from then on to be turned; `undefined` where there is none, or one that is
 *   read yet
 */
export async function readRebuilding(dependencies: LakeDependencies): Promise<Rebuilding | undefined> {
  for (;;) {
    const state = await readLakeState(dependencies);
    const rebuilding = state?.rebuilding;
    if (rebuilding?.phase === 'turning') return rebuilding;
    if (rebuilding?.phase !== 'reading') return undefined;
    if (!(await readSegments(rebuilding, dependencies)).every(({ isDone }) => isDone)) return undefined;
    await writeLakeState(state, { ...state!, rebuilding: { ...rebuilding, phase: 'turning' } }, dependencies);
  }
}

/** One slice of a part. */
export async function readSlice(rebuilding: Rebuilding, segment: number, dependencies: LakeDependencies): Promise<SliceOutcome> {
  const seen = await readSegment(rebuilding, segment, dependencies);
  if (seen.isDone) return 'done';
  const part = { segment, segments: rebuilding.segments, ...(seen.after && { after: seen.after }) };
  const { versions, after } = await scanned(part, dependencies);
  const wanted: LayerFile[] = [];
  for (const [type, found] of Map.groupBy(versions, (version) => version.type)) {
    const table = dependencies.tableOf(type);
    if (table !== undefined) wanted.push(...await layersOf(table, found, dependencies));
  }
  const made = await dependencies.parquet.writeAll(wanted);
  const files = wanted.flatMap(({ layer, table }, position): RebuiltFile[] => {
    const file = made[position];
    return file === undefined ? [] : [{ ...file, layer, table: table.name }];
  });
  const next = { isDone: after === undefined, files: [...seen.files, ...files], ...(after && { after }) };
  // Where another has gone on meanwhile, its files count, and the sweep removes these.
  await writeSegment({ rebuilding, segment }, [seen, next], dependencies);
  return next.isDone ? 'done' : 'more';
}

async function scanned(
  { after: first, ...part }: { readonly segment: number; readonly segments: number; readonly after?: Key },
  { versions, letOthers }: LakeDependencies,
): Promise<{ readonly versions: readonly ScannedVersion[]; readonly after?: Key }> {
  const found: ScannedVersion[] = [];
  let after = first;
  for (let pages = 0; pages < pagesPerSlice && found.length < versionsPerSlice; pages += 1) {
    await letOthers?.();
    const page = await versions.scan({ ...part, ...(after && { after }) });
    found.push(...page.versions);
    after = page.next;
    if (after === undefined) return { versions: found };
  }
  return { versions: found, ...(after && { after }) };
}

type LayerFile = NewFile & { readonly layer: 'current' | 'past' };

async function layersOf(
  table: LakeTable, versions: readonly ScannedVersion[], dependencies: LakeDependencies,
): Promise<readonly LayerFile[]> {
  const files: LayerFile[] = [];
  for (const layer of ['current', 'past'] as const) {
    const found = versions.filter(({ isCurrent, isDeleted }) => (isCurrent && !isDeleted) === (layer === 'current'));
    if (found.length === 0) continue;
    // One in the middle stands for all.
    const expectedBytes = found.length * ((await found[found.length >> 1]!.bytes())?.length ?? 0);
    const key = newFileKey(table.name, layer, dependencies);
    files.push({ table, layer, rows: rowsOf(found, layer, dependencies), expectedBytes, key });
  }
  return files;
}

/** Versions between two turns of others: each is unpacked, some twenty microseconds. */
const versionsPerTurn = 100;

async function* rowsOf(versions: readonly ScannedVersion[], layer: 'current' | 'past', { letOthers }: LakeDependencies) {
  for (const [position, version] of versions.entries()) {
    if (position % versionsPerTurn === 0) await letOthers?.();
    yield lakeRow(version, layer);
  }
}

/**
 * When all parts are read: every table becomes a compaction of what was read and what increments have brought since. Where these
 * have brought nothing, what was read is published as it is: each resource was met once.
 */
export async function turnTables(rebuilding: Rebuilding, dependencies: LakeDependencies): Promise<void> {
  const segments = await readSegments(rebuilding, dependencies);
  // Another has begun since, and forgotten what this one has read.
  if (!segments.every(({ isDone }) => isDone)) return;
  const read = Map.groupBy(segments.flatMap(({ files }) => files), ({ table }) => table);
  const known = new Map((await listManifests(dependencies)).map((manifest) => [manifest.table, manifest]));
  for (const table of new Set([...read.keys(), ...known.keys()])) {
    const files = (read.get(table) ?? []).map(({ table: _table, ...file }) => file);
    const old = known.get(table)?.rebuilding?.replaces ?? [];
    if (!isSettled(known.get(table), rebuilding, dependencies)) await retire(table, old, dependencies);
    const [id, begun] = [dependencies.ids.uuid(), dependencies.clock.now()];
    await changeManifest(table, (seen) => {
      if (isSettled(seen, rebuilding, dependencies)) return undefined;
      const { rebuilding: _ended, compacting: _given, ...manifest } = seen;
      const replaced = new Set(seen.rebuilding?.replaces);
      const since = seen.files.filter(({ key }) => !replaced.has(key));
      const epoch = seen.epoch + 1;
      if (since.length === 0) return { ...manifest, epoch, files, compacted: begun, rebuilt: rebuilding.id };
      const sources = [...files, ...since].map(({ key }) => key);
      const replaces = seen.files.map(({ key }) => key);
      const parts = partsOf([...files, ...since]);
      return { ...seen, epoch, compacting: { id, begun, sources, replaces, parts, done: [], rebuilding: rebuilding.id } };
    }, dependencies);
  }
}

/**
 * Whether a table is turned, or is another's: one that a later rebuilding has marked will replace more than what had been marked
 * before, and of that this one has not read all.
 */
function isSettled(manifest: LakeManifest | undefined, { id }: Rebuilding, { clock }: Pick<LakeDependencies, 'clock'>): boolean {
  if (manifest === undefined) return false;
  if (manifest.rebuilding !== undefined && manifest.rebuilding.id !== id) return true;
  return manifest.rebuilt === id || runningCompaction(manifest, clock.now())?.rebuilding === id;
}

/** The next piece of the rebuilding, by whoever does all of it. @returns `done` when the lake is whole */
export async function rebuildSlice(dependencies: LakeDependencies): Promise<SliceOutcome> {
  const state = await readLakeState(dependencies);
  if (state === undefined || isRebuildDue(state, dependencies)) {
    await beginRebuild(1, dependencies);
    return 'more';
  }
  const { rebuilding } = state;
  if (rebuilding === undefined) return 'done';
  const goOn = async (phase: Rebuilding['phase']): Promise<SliceOutcome> => {
    await writeLakeState(state, { ...state, rebuilding: { ...rebuilding, phase } }, dependencies);
    return 'more';
  };
  if (rebuilding.phase === 'marking') {
    await markTables(rebuilding, dependencies);
    return goOn('reading');
  }
  if (rebuilding.phase === 'reading') {
    for (let segment = 0; segment < rebuilding.segments; segment += 1) {
      if (await readSlice(rebuilding, segment, dependencies) === 'more') return 'more';
    }
    return goOn('turning');
  }
  await turnTables(rebuilding, dependencies);
  return finishTables(state, rebuilding, dependencies);
}

/** One part of one table; the lake is whole when none is left. */
async function finishTables(state: LakeState, rebuilding: Rebuilding, dependencies: LakeDependencies): Promise<SliceOutcome> {
  for (const manifest of await listManifests(dependencies)) {
    if (manifest.compacting?.rebuilding !== rebuilding.id) continue;
    await compactSlice(dependencies.tableNamed(manifest.table)!, dependencies);
    return 'more';
  }
  const { rebuilding: _done, ...whole } = state;
  if (!(await writeLakeState(state, { ...whole, isWhole: true }, dependencies))) return 'more';
  await forgetSegments(rebuilding, dependencies);
  return 'done';
}
