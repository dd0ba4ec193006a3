/** When files of a table are made into fewer, and which: rules of the manifest alone. */
import type { Layer } from '../../fhir/lake/lake-table.ts';
import { namedAt } from './lake-files.ts';
import type { LakeFile, LakeManifest } from './lake-manifest.ts';

/** A query holds the recent rows against the current ones: with so many it takes a second longer, and no more. */
export const recentRowsAtLeast = 50_000;
/** Making all layers anew costs a read and a write of every row: it waits until a quarter of them is new. */
export const recentShare = 1 / 4;
/** What is recent becomes current within a day, however little it is. */
export const longestRecentMs = 24 * 60 * 60 * 1000;
/** Rows that one part of a compaction holds: some 2 GB of JSON, a few hundred megabytes as columns. */
export const rowsPerPart = 1_000_000;
/** A query opens every file. Those of about a size are merged when there are so many, so that a row is merged few times. */
export const filesOfASize = 8;
/** A size is four times the one before; the first takes what rounds of a quiet store bring. */
const firstSizeRows = 1000;
const sizeStep = 4;
/** Base files beyond those that the rows need, as rebuilding in small slices leaves them, are made into fewer. */
const spareBaseFiles = 16;

/** Whether all layers are to be made anew. */
export function isCompactionDue({ files }: LakeManifest, now: number): boolean {
  const recent = files.filter(({ layer }) => layer === 'recent');
  const base = files.filter(({ layer }) => layer !== 'recent');
  if (base.length > spareBaseFiles + 2 * partsOf(files)) return true;
  if (recent.length === 0) return false;
  const oldest = Math.min(...recent.map(({ key }) => namedAt(key) ?? now));
  return now - oldest >= longestRecentMs || rowsOf(recent) >= Math.max(recentRowsAtLeast, recentShare * rowsOf(base));
}

/** Recent files that are to become one, none of them part of a compaction that is under way; none when there are too few. */
export function mergeable(manifest: LakeManifest): readonly LakeFile[] {
  const taken = takenFiles(manifest);
  const sizes = new Map<number, LakeFile[]>();
  for (const file of manifest.files) {
    if (file.layer !== 'recent' || taken.has(file.key)) continue;
    const size = Math.max(0, Math.ceil(Math.log(file.rows / firstSizeRows) / Math.log(sizeStep)));
    sizes.set(size, [...(sizes.get(size) ?? []), file]);
  }
  return [...sizes.values()].find((group) => group.length >= filesOfASize) ?? [];
}

/** Files that something which is under way is going to replace. */
export function takenFiles({ compacting, rebuilding }: LakeManifest): ReadonlySet<string> {
  return new Set([...(compacting?.replaces ?? []), ...(rebuilding?.replaces ?? [])]);
}

export function partsOf(files: readonly LakeFile[]): number {
  return Math.max(1, Math.ceil(rowsOf(files) / rowsPerPart));
}

export function rowsOf(files: readonly LakeFile[], layer?: Layer): number {
  return files.reduce((sum, file) => (layer === undefined || file.layer === layer ? sum + file.rows : sum), 0);
}
