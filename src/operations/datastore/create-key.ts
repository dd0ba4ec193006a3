/** Step: the store has one key of its own, under its alias, renewed every year. */
import type { KeyAdministration } from '../../ports/key-administration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { KeyResult, Step } from './step.ts';

export interface CreateKeyDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly keys: KeyAdministration;
}

/** The alias comes last: where it stands, the key is whole. A key that a cut-off attempt made is found by its tag. */
export function createKey({ records, keys }: CreateKeyDependencies): Step<KeyResult> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    const [found] = await keys.find(id);
    const arn = found ?? (await keys.create(id));
    await keys.enableRotation(arn);
    await keys.assignAlias(id, arn);
    return { arn };
  };
}
