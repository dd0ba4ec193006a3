/**
 * The functions of lakes: the steps of their workflow (lib/analytics/definition.ts), each a stretch of what
 * src/operations/lake does in slices. Any may be cut off, done again, and be done by two at a time.
 */
import { systemClock } from '../machine/system-clock.ts';
import { analyticsWish } from '../operations/datastore/analytics-wish.ts';
import { compactSlice } from '../operations/lake/compact.ts';
import { listManifests } from '../operations/lake/lake-manifest.ts';
import { isUpkeepDue, sweepLake } from '../operations/lake/lake-upkeep.ts';
import { readLakeState } from '../operations/lake/lake-state.ts';
import { beginRebuild, isRebuildDue, readRebuilding, readSlice, rebuildSlice, turnTables } from '../operations/lake/rebuild.ts';
import { emptyTables } from '../operations/lake/stop-following.ts';
import { controlRecords, servedStores } from './control-table.ts';
import { lakeDependencies } from './lake-ports.ts';
import type { LakePorts } from './lake-ports.ts';
import { reportedStep } from './reported-step.ts';

/** What a run of the workflow begins with. */
export interface LakeRun {
  readonly datastoreId: string;
}

export interface LakeSegmentRun extends LakeRun {
  readonly segment: number;
}

export interface LakeTableRun extends LakeRun {
  readonly table: string;
}

export interface LakePlan {
  /** Parts of the store to be read; none where the lake is whole. */
  readonly segments: readonly number[];
  /** Tables with files that are to be made into fewer. */
  readonly tables: readonly string[];
}

interface Progress {
  readonly done: boolean;
}

interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** As Lambda calls it. */
export type LakeStep<Run, Result> = (run: Run, invocation: Invocation) => Promise<Result>;

/** Parts in which a store is read side by side. */
export const lakeSegments = 8;

/** No slice is begun after it: one reads and writes a million rows at most, which takes some two minutes. */
const marginMs = 5 * 60 * 1000;

/** What is to be done; files that nothing names any more are removed meanwhile. */
export function servePlanLake(): LakeStep<LakeRun, LakePlan> {
  const records = controlRecords();
  return onLake(async ({ datastoreId }, dependencies) => {
    // Read anew: the lake may have been switched off since the run was begun, and is not to be made again by it.
    const record = await records.read(datastoreId);
    const wish = record && analyticsWish(record);
    if (wish !== 'ENABLED') {
      if (wish === 'DISABLED') await emptyTables(dependencies);
      await sweepLake(dependencies);
      return { segments: [], tables: [] };
    }
    if (isRebuildDue(await readLakeState(dependencies), dependencies)) {
      await beginRebuild(lakeSegments, dependencies);
      // Marks what there is; reading is for the children.
      await rebuildSlice(dependencies);
    }
    const rebuilding = (await readLakeState(dependencies))?.rebuilding;
    if (rebuilding !== undefined) return { segments: Array.from({ length: rebuilding.segments }, (_none, segment) => segment), tables: [] };
    await sweepLake(dependencies);
    const now = systemClock.now();
    const due = (await listManifests(dependencies)).filter((manifest) => isUpkeepDue(manifest, now));
    return { segments: [], tables: due.map(({ table }) => table) };
  }, { segments: [], tables: [] });
}

export function serveReadLake(): LakeStep<LakeSegmentRun, Progress> {
  return onLake(async ({ segment }, dependencies, isTimeLeft) => {
    do {
      const rebuilding = (await readLakeState(dependencies))?.rebuilding;
      if (rebuilding === undefined || rebuilding.phase !== 'reading') return { done: true };
      if ((await readSlice(rebuilding, segment, dependencies)) === 'done') return { done: true };
    } while (isTimeLeft());
    return { done: false };
  }, { done: true });
}

/** All parts are read: which tables are to be made of them. */
export function serveTurnLake(): LakeStep<LakeRun, LakePlan> {
  return onLake(async (_run, dependencies) => {
    // Where another run has begun anew meanwhile, that one reads: this one may not, and need not.
    const rebuilding = await readRebuilding(dependencies);
    if (rebuilding === undefined) return { segments: [], tables: [] };
    await turnTables(rebuilding, dependencies);
    const tables = (await listManifests(dependencies)).filter(({ compacting }) => compacting?.rebuilding === rebuilding.id);
    return { segments: [], tables: tables.map(({ table }) => table) };
  }, { segments: [], tables: [] });
}

export function serveCompactLake(): LakeStep<LakeTableRun, Progress> {
  return onLake(async ({ table: name }, dependencies, isTimeLeft) => {
    const table = dependencies.tableNamed(name);
    if (table === undefined) return { done: true };
    do if ((await compactSlice(table, dependencies)) === 'done') return { done: true }; while (isTimeLeft());
    return { done: false };
  }, { done: true });
}

/** Whatever a rebuilding that is read has left: mostly to say that it is done. One that is read yet is another run's. */
export function serveFinishLake(): LakeStep<LakeRun, Progress> {
  return onLake(async (_run, dependencies, isTimeLeft) => {
    while ((await readLakeState(dependencies))?.rebuilding?.phase === 'turning' && (await rebuildSlice(dependencies)) === 'more') {
      if (!isTimeLeft()) return { done: false };
    }
    return { done: true };
  }, { done: true });
}

async function closing<Result>(dependencies: LakePorts, work: (dependencies: LakePorts) => Promise<Result>): Promise<Result> {
  try {
    return await work(dependencies);
  } finally {
    await dependencies.close();
  }
}

type Work<Run, Result> = (run: Run, dependencies: LakePorts, isTimeLeft: () => boolean) => Promise<Result>;

/** @param unless what a step answers where the data store is gone, and its lake with it */
function onLake<Run extends LakeRun, Result>(work: Work<Run, Result>, unless: Result): LakeStep<Run, Result> {
  const dependenciesOf = servedStores(lakeDependencies);
  return async (run, invocation) => {
    const until = systemClock.now() + invocation.getRemainingTimeInMillis() - marginMs;
    return reportedStep(unless, async () => closing(await dependenciesOf(run.datastoreId), (dependencies) => work(run, dependencies, () => systemClock.now() < until)));
  };
}
