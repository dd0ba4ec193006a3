/** Step: the store's place in the object store can be reached. There is nothing to make: a prefix is only a name. */
import type { ObjectStore } from '../../ports/object-store.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';

export interface CheckObjectsDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly objectsOf: (datastoreId: string) => Pick<ObjectStore, 'list'>;
}

export function checkObjects({ records, objectsOf }: CheckObjectsDependencies): Step<void> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    await objectsOf(id).list({ prefix: '', limit: 1 });
  };
}
