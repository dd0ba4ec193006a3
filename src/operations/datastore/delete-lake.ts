/** Step: nobody can ask of the store's lake any more. Its files go with the store's objects. */
import type { LakeCatalog } from '../../ports/lake-catalog.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';

export interface DeleteLakeDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly catalog: Pick<LakeCatalog, 'remove'>;
}

export function deleteLake({ records, catalog }: DeleteLakeDependencies): Step<void> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    await catalog.remove(id);
  };
}
