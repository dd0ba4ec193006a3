/**
 * Step: what was written to the store becomes queryable. For versions that the change feed has announced, one file for each
 * table, published with the manifest. Announcements may come twice, late, and in any order (docs/sql.md).
 *
 * Of every resource its newest version comes along (`announced-versions.ts`), read when the round reads: so the newest row of a
 * resource among the recent ones is never older than what compaction has put among the current ones. A round that read
 * before a compaction began, and would publish after, could break that: it finds another epoch and reads again.
 */
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import type { LakeRow } from '../../ports/parquet-files.ts';
import type { ExportVersion } from '../../store/export-version.ts';
import type { AnnouncedResource } from '../../store/announced-versions.ts';
import type { LakeDependencies } from './lake-dependencies.ts';
import { newFileKey } from './lake-files.ts';
import { changeManifest, readManifest } from './lake-manifest.ts';
import { checkPublishable } from './retired-files.ts';

/** A committed version, as the feed tells of it. */
export interface AnnouncedVersion {
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
}

export interface IncrementReport {
  readonly rows: number;
  readonly tables: number;
}

/** Resources that are read together: their contents are held at once. */
const resourcesAtOnce = 200;
/** Compactions begin at most once in minutes, so a round that meets this many is not at work any more. */
const maxAttempts = 5;

/** Done again from the beginning when it fails anywhere; what it has published by then is published twice, and read once. */
export async function increment(announced: Iterable<AnnouncedVersion>, dependencies: LakeDependencies): Promise<IncrementReport> {
  let [rows, tables] = [0, 0];
  for (const [type, resources] of byType(announced)) {
    const table = dependencies.tableOf(type);
    if (table === undefined) continue;
    rows += await publishRecent(table, resources, dependencies);
    tables += 1;
  }
  return { rows, tables };
}

async function publishRecent(
  table: LakeTable, resources: readonly AnnouncedResource[], dependencies: LakeDependencies,
): Promise<number> {
  const { parquet, clock } = dependencies;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const { epoch } = await readManifest(table.name, dependencies);
    const file = await parquet.write(table, recentRows(resources, dependencies), newFileKey(table.name, 'recent', dependencies));
    if (file === undefined) return 0;
    const published = await changeManifest(table.name, (seen) => {
      checkPublishable([file.key], clock.now());
      if (seen.epoch !== epoch) return undefined;
      // A put whose answer was lost has named it already.
      if (seen.files.some(({ key }) => key === file.key)) return seen;
      return { ...seen, files: [...seen.files, { ...file, layer: 'recent' }] };
    }, dependencies);
    // Otherwise nobody names the file, and the sweep removes it.
    if (published !== undefined) return file.rows;
  }
  throw new Error('A table of the lake is compacted too often to be added to.');
}

/** Each version once, in the order of the resources. */
async function* recentRows(
  resources: readonly AnnouncedResource[], { versions, letOthers }: LakeDependencies,
): AsyncGenerator<LakeRow> {
  for (let from = 0; from < resources.length; from += resourcesAtOnce) {
    await letOthers?.();
    const announced = await versions.announced(resources.slice(from, from + resourcesAtOnce));
    for (const version of announced) yield await lakeRow(version, 'recent');
  }
}

export async function lakeRow(version: ExportVersion, layer: LakeRow['layer']): Promise<LakeRow> {
  const { id, versionId, lastUpdated } = version;
  const json = await version.bytes();
  return { id, version: versionId, validFrom: lastUpdated, layer, ...(json && { json }) };
}

/** Types and their resources in order, so that equal announcements make equal files, and neighbours share their words. */
function byType(announced: Iterable<AnnouncedVersion>): ReadonlyMap<string, readonly AnnouncedResource[]> {
  const types = new Map<string, Map<string, number[]>>();
  for (const { type, id, versionId } of announced) {
    const resources = types.get(type) ?? types.set(type, new Map()).get(type)!;
    const versionIds = resources.get(id);
    if (versionIds === undefined) resources.set(id, [versionId]);
    else versionIds.push(versionId);
  }
  const entries = [...types].map(([type, resources]) => [
    type,
    [...resources].map(([id, versionIds]) => ({ type, id, versionIds })).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  ] as const);
  return new Map(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
