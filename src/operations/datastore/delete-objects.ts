/** Step: the store's objects are gone. A run of the step removes what it can in its time; the workflow repeats it. */
import type { Clock } from '../../ports/clock.ts';
import type { ObjectRemoval } from '../../ports/object-removal.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

/** Leaves a function of 15 minutes the time to end the request that it is at. */
export const removalSliceMs = 10 * 60 * 1000;
/** Over two days of removal, some billion objects; the workflow's history has room for as many steps. */
export const maxRemovalSlices = 300;

export interface DeleteObjectsDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly objects: ObjectRemoval;
  readonly clock: Clock;
}

export function deleteObjects({ records, objects, clock }: DeleteObjectsDependencies): Step<Progress> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    const until = clock.now() + removalSliceMs;
    let removed: number;
    do removed = await objects.removeSome(id);
    while (removed > 0 && clock.now() < until);
    return look(run.objects, { done: removed === 0, maxLooks: maxRemovalSlices });
  };
}
