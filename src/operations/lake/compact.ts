/**
 * Step: makes all layers of a table anew, so that queries find what is current without looking for what replaced it. A slice
 * does one part, may be cut off anywhere, and be done by two at a time; the last part publishes all of them at once.
 *
 * Beginning counts the epoch up: increments that had read the store by then are not published as they are. What they bring
 * later is at least as new as all that is compacted (increment.ts).
 */
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import { isCompactionDue, mergeable, partsOf, takenFiles } from './compaction-plan.ts';
import type { LakeDependencies } from './lake-dependencies.ts';
import { newFileKey } from './lake-files.ts';
import { changeManifest, readManifest } from './lake-manifest.ts';
import type { LakeFile, LakeManifest, RunningCompaction } from './lake-manifest.ts';
import { checkPublishable, publishWithinMs, retire } from './retired-files.ts';

/** `more`: there is something left to do at once. */
export type SliceOutcome = 'more' | 'done';

/** Does the next piece of whatever is to be done about the files of the table. */
export async function compactSlice(table: LakeTable, dependencies: LakeDependencies): Promise<SliceOutcome> {
  const { clock } = dependencies;
  const seen = await readManifest(table.name, dependencies);
  const running = runningCompaction(seen, clock.now());
  if (running !== undefined) return compactPart(table, running, dependencies);
  if (seen.rebuilding === undefined && isCompactionDue(seen, clock.now())) {
    return (await beginCompaction(table, dependencies)) ? 'more' : 'done';
  }
  const merged = mergeable(seen);
  if (merged.length === 0) return 'done';
  await merge(table, merged, dependencies);
  return 'more';
}

/** One that is so old that its files are not published any more has died. */
export function runningCompaction({ compacting }: LakeManifest, now: number): RunningCompaction | undefined {
  return compacting === undefined || now - compacting.begun >= publishWithinMs ? undefined : compacting;
}

/** Of everything that the table has now, in as many parts as its rows need. @returns false when there is nothing to make anew */
export async function beginCompaction({ name }: LakeTable, dependencies: LakeDependencies): Promise<boolean> {
  const { clock, ids } = dependencies;
  const [id, begun] = [ids.uuid(), clock.now()];
  const begunWith = await changeManifest(name, (seen) => {
    const isUnderWay = runningCompaction(seen, begun) !== undefined || seen.rebuilding !== undefined;
    if (isUnderWay || seen.files.length === 0) return undefined;
    const sources = seen.files.map(({ key }) => key);
    const compacting = { id, begun, sources, replaces: sources, parts: partsOf(seen.files), done: [] };
    return { ...seen, epoch: seen.epoch + 1, compacting };
  }, dependencies);
  return begunWith !== undefined;
}

async function compactPart(table: LakeTable, running: RunningCompaction, dependencies: LakeDependencies): Promise<SliceOutcome> {
  const part = firstMissing(running);
  if (part === undefined) return publish(table.name, running, dependencies);
  const { sources, parts, id } = running;
  const [current, past] = [newFileKey(table.name, 'current', dependencies), newFileKey(table.name, 'past', dependencies)];
  const made = await dependencies.parquet.compact({
    table, sources, current, past, ...(parts === 1 ? {} : { part: { bucket: part, buckets: parts } }),
  });
  const files: LakeFile[] = [];
  if (made.current !== undefined) files.push({ ...made.current, layer: 'current' });
  if (made.past !== undefined) files.push({ ...made.past, layer: 'past' });
  // Where another has made the part meanwhile, the sweep removes this one.
  await changeManifest(table.name, (seen) => {
    const { compacting } = seen;
    if (compacting?.id !== id || compacting.done.some((done) => done.part === part)) return undefined;
    return { ...seen, compacting: { ...compacting, done: [...compacting.done, { part, files }] } };
  }, dependencies);
  return 'more';
}

function firstMissing({ parts, done }: RunningCompaction): number | undefined {
  const made = new Set(done.map(({ part }) => part));
  for (let part = 0; part < parts; part += 1) if (!made.has(part)) return part;
  return undefined;
}

async function publish(name: string, running: RunningCompaction, dependencies: LakeDependencies): Promise<SliceOutcome> {
  const { id, sources, replaces } = running;
  const { clock } = dependencies;
  await retire(name, [...new Set([...sources, ...replaces])], dependencies);
  await changeManifest(name, (seen) => {
    if (seen.compacting?.id !== id) return undefined;
    const { compacting, rebuilding: _ended, ...manifest } = seen;
    const made = compacting.done.flatMap(({ files }) => files);
    checkPublishable(made.map(({ key }) => key), clock.now());
    // Another rebuilding that has begun meanwhile has taken the compaction away: this one is ended by it, or there is none.
    const rebuilt = compacting.rebuilding === undefined ? {} : { rebuilt: compacting.rebuilding };
    return replaced({ ...manifest, ...rebuilt, compacted: clock.now() }, { replaces, made });
  }, dependencies);
  return 'done';
}

/** Many small files of recent versions become one; they stay recent, whatever else there is. */
async function merge(table: LakeTable, merged: readonly LakeFile[], dependencies: LakeDependencies): Promise<void> {
  const { parquet, clock } = dependencies;
  const sources = merged.map(({ key }) => key);
  const file = await parquet.merge({ table, sources, key: newFileKey(table.name, 'recent', dependencies) });
  const made: LakeFile[] = file === undefined ? [] : [{ ...file, layer: 'recent' }];
  await retire(table.name, sources, dependencies);
  await changeManifest(table.name, (seen) => {
    const named = new Set(seen.files.map(({ key }) => key));
    const taken = takenFiles(seen);
    // A compaction or a rebuilding that began meanwhile has taken them, or another has merged them.
    if (sources.some((key) => taken.has(key) || !named.has(key))) return undefined;
    checkPublishable(made.map(({ key }) => key), clock.now());
    return replaced(seen, { replaces: sources, made });
  }, dependencies);
}

interface Replacement {
  readonly replaces: readonly string[];
  readonly made: readonly LakeFile[];
}

function replaced(manifest: LakeManifest, { replaces, made }: Replacement): LakeManifest {
  const gone = new Set(replaces);
  return { ...manifest, files: [...made, ...manifest.files.filter(({ key }) => !gone.has(key))] };
}
