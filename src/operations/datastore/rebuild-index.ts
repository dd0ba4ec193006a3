/**
 * Step: the index has every entry of every version that the store holds. It begins empty, for an index restored by itself
 * would be of another instant than the resources; nobody searches before the store is ACTIVE.
 */
import type { Clock } from '../../ports/clock.ts';
import type { OrderedTable } from '../../ports/ordered-table.ts';
import type { Reindexing, ReindexPosition } from '../../store/reindex.ts';
import type { DatastoreRecord, DatastoreRecords } from './datastore-record.ts';
import { maxSlices, notedSliceMs, restoreProgress, stepSliceMs } from './restore-progress.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

export interface RebuildIndexDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly storeOf: (record: DatastoreRecord) => { readonly reindexing: Pick<Reindexing, 'advance' | 'rebuilding'>; readonly jobs: OrderedTable };
  readonly clock: Clock;
}

export function rebuildIndex({ records, storeOf, clock }: RebuildIndexDependencies): Step<Progress> {
  return async (run) => {
    const { reindexing, jobs } = storeOf(await recordOf(run, records));
    const progress = restoreProgress<ReindexPosition>(jobs, 'rebuild-index');
    const until = clock.now() + stepSliceMs;
    let position = (await progress.read()) ?? reindexing.rebuilding();
    while (position.phase !== 'done' && clock.now() < until) {
      position = await reindexing.advance(position, Math.min(until, clock.now() + notedSliceMs));
      await progress.note(position);
    }
    return look(run.index, { done: position.phase === 'done', maxLooks: maxSlices });
  };
}
