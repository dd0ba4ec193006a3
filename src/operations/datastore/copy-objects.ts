/**
 * Step: the store has a copy of every object that its versions name. Objects are never written again, so the source has them
 * as they were; copies belong to this store alone, under its key, whatever becomes of the source.
 */
import type { Clock } from '../../ports/clock.ts';
import type { ObjectCopies } from '../../ports/object-copies.ts';
import type { Item, Key, OrderedTable } from '../../ports/ordered-table.ts';
import { objectsOfVersion } from '../../store/version-objects.ts';
import type { DatastoreRecord, DatastoreRecords } from './datastore-record.ts';
import { maxSlices, restoreProgress, stepSliceMs } from './restore-progress.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

export interface CopyObjectsDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly tablesOf: (record: DatastoreRecord) => { readonly resources: OrderedTable; readonly jobs: OrderedTable };
  readonly copies: ObjectCopies;
  readonly clock: Clock;
}

/** Items read at a time; a page has 1 MB at most. */
const rows = 500;
/** Copies under way at once: one costs S3 some 50 ms. */
const copiesAtOnce = 16;

interface Position {
  /** Absent at the beginning. */
  readonly after?: Key;
  readonly done?: true;
}

export function copyObjects({ records, tablesOf, copies, clock }: CopyObjectsDependencies): Step<Progress> {
  return async (run) => {
    const record = await recordOf(run, records);
    const stores = { from: record.restored!.sourceId, to: record.id };
    const { resources, jobs } = tablesOf(record);
    const progress = restoreProgress<Position>(jobs, 'copy-objects');
    const until = clock.now() + stepSliceMs;
    let position = (await progress.read()) ?? {};
    while (position.done === undefined && clock.now() < until) {
      const page = await resources.scan({ segment: 0, segments: 1, limit: rows, strong: true, ...(position.after && { after: position.after }) });
      const named = page.items.flatMap(wantedOf);
      for (let from = 0; from < named.length; from += copiesAtOnce) {
        await Promise.all(named.slice(from, from + copiesAtOnce).map((wanted) => copyOne(wanted, copies, stores)));
      }
      position = page.next === undefined ? { done: true } : { after: page.next };
      // Every item is looked at, but only now and then is there an object.
      if (named.length > 0 || position.done) await progress.note(position);
    }
    return look(run.objects, { done: position.done === true, maxLooks: maxSlices });
  };
}

interface Wanted {
  readonly key: string;
  /** An intent may have come to nothing, and the clean-up has removed its object since. */
  readonly certain: boolean;
}

function wantedOf(item: Item): readonly Wanted[] {
  const { keys, certain } = objectsOfVersion(item);
  return keys.map((key) => ({ key, certain }));
}

async function copyOne({ key, certain }: Wanted, copies: ObjectCopies, stores: { readonly from: string; readonly to: string }): Promise<void> {
  if ((await copies.copy(key, stores)) || !certain) return;
  throw new Error('An object that a version names is missing in the data store to restore from.');
}
