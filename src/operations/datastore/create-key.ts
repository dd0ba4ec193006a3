/** Step: the store has one key, under its alias: of its own, renewed every year, or one that its owner offers. */
import type { KeyAdministration } from '../../ports/key-administration.ts';
import { offeredKeyOf } from './datastore-configuration.ts';
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
    const { id, ...settings } = await recordOf(run, records);
    const offered = offeredKeyOf(settings);
    if (offered !== undefined) {
      const arn = await keys.offered(offered);
      await keys.assignAlias(id, arn);
      return { arn };
    }
    const [found] = await keys.find(id);
    const arn = found ?? (await keys.create(id));
    await keys.enableRotation(arn);
    await keys.assignAlias(id, arn);
    return { arn };
  };
}
