/** Step: the store's own key is on its way out, and with it all that was ever encrypted with it, backups included. */
import type { KeyAdministration } from '../../ports/key-administration.ts';
import { offeredKeyOf } from './datastore-configuration.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';

export interface DeleteKeyDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly keys: Pick<KeyAdministration, 'find' | 'scheduleDeletion' | 'removeAlias'>;
}

export function deleteKey({ records, keys }: DeleteKeyDependencies): Step<void> {
  return async (run) => {
    const { id, ...settings } = await recordOf(run, records);
    // A key that its owner offers stays; no role here may delete it.
    const own = offeredKeyOf(settings) === undefined;
    for (const arn of own ? await keys.find(id) : []) await keys.scheduleDeletion(arn);
    await keys.removeAlias(id);
  };
}
