/**
 * The next slice of whatever keeps a lake in good order, by whoever does all of it: rebuilding first, then the tables in turn.
 */
import { compactSlice, runningCompaction } from './compact.ts';
import type { SliceOutcome } from './compact.ts';
import { isCompactionDue, mergeable } from './compaction-plan.ts';
import type { LakeDependencies } from './lake-dependencies.ts';
import { layAddresses, listManifests } from './lake-manifest.ts';
import type { LakeManifest, ManifestPorts } from './lake-manifest.ts';
import { readLakeState, readSegments } from './lake-state.ts';
import { rebuildSlice } from './rebuild.ts';
import { sweepTable, tablesWithFiles } from './retired-files.ts';

export async function lakeUpkeep(dependencies: LakeDependencies): Promise<SliceOutcome> {
  if (await rebuildSlice(dependencies) === 'more') return 'more';
  for (const manifest of await listManifests(dependencies)) {
    const table = dependencies.tableNamed(manifest.table);
    if (table === undefined || !isUpkeepDue(manifest, dependencies.clock.now())) continue;
    await compactSlice(table, dependencies);
    return 'more';
  }
  return 'done';
}

/** Whether a table has something to be made of its files. */
export function isUpkeepDue(manifest: LakeManifest, now: number): boolean {
  if (runningCompaction(manifest, now) !== undefined || mergeable(manifest).length > 0) return true;
  return manifest.rebuilding === undefined && isCompactionDue(manifest, now);
}

/**
 * Removes the files that nothing names any more, of all tables, and lays down what a crash kept from being laid down.
 * @returns how many
 */
export async function sweepLake(ports: ManifestPorts & Pick<LakeDependencies, 'ids'>): Promise<number> {
  const rebuilding = (await readLakeState(ports))?.rebuilding;
  // Those that are written while this looks are younger than what it removes.
  const segments = rebuilding === undefined ? [] : await readSegments(rebuilding, ports);
  const rebuilt = new Set(segments.flatMap(({ files }) => files.map(({ key }) => key)));
  const manifests = await listManifests(ports);
  let removed = 0;
  for (const table of new Set([...manifests.map((manifest) => manifest.table), ...await tablesWithFiles(ports)])) {
    removed += await sweepTable(table, ports, rebuilt);
  }
  for (const manifest of manifests) await layAddresses(manifest, ports);
  return removed;
}
