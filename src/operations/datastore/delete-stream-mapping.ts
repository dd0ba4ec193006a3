/** Step: nothing reads the store's stream any more. */
import type { StreamMappings } from '../../ports/stream-mappings.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

export interface DeleteStreamMappingDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly mappings: Pick<StreamMappings, 'find' | 'delete'>;
}

/** A mapping that is just being altered cannot be deleted until it is done: with the pause of 5 s, a quarter of an hour. */
export const maxMappingRemovalLooks = 180;

export function deleteStreamMapping({ records, mappings }: DeleteStreamMappingDependencies): Step<Progress> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    const found = await mappings.find(id);
    const ready = found.filter(({ state }) => state === 'enabled' || state === 'disabled');
    await Promise.all(ready.map((mapping) => mappings.delete(mapping.id)));
    return look(run.mapping, { done: found.length === 0, maxLooks: maxMappingRemovalLooks });
  };
}
