/** Whether there is something to do about the files of a table: by its manifest alone, for schedules to ask. */
import { runningCompaction } from './compact.ts';
import { isCompactionDue, mergeable } from './compaction-plan.ts';
import type { LakeManifest } from './lake-manifest.ts';

export function isWorkLeft(manifest: LakeManifest, now: number): boolean {
  return runningCompaction(manifest, now) !== undefined || isCompactionDue(manifest, now) || mergeable(manifest).length > 0;
}
