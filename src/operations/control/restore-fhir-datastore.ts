/** RestoreFHIRDatastore: a new data store of what another one was at a moment. */
import type { Backups } from '../../ports/backups.ts';
import { restoreDatastore } from '../datastore/restore-datastore.ts';
import { validationError } from './control-error.ts';
import type { ControlDependencies, ControlOperation, InputOf } from './control-operation.ts';
import { requireRoom } from './create-fhir-datastore.ts';
import { datastoreAnswer } from './datastore-properties.ts';
import { checkedTags, createdConfiguration, wishedBackup } from './datastore-wishes.ts';
import { newDatastore } from './new-datastore-id.ts';

export function restoreFhirDatastore(dependencies: ControlDependencies & { readonly backups: Backups }): ControlOperation<'RestoreFHIRDatastore'> {
  return async (input, call) => {
    const point = pointOf(input);
    const configuration = createdConfiguration(input);
    const tags = checkedTags(input.Tags ?? []);
    const { datastoreId, runToken, requestDigest, seen } = await newDatastore('restore', input, dependencies);
    if (seen !== undefined && seen.status !== 'CREATING') return datastoreAnswer(seen, dependencies, call);
    if (seen === undefined) await requireRoom(dependencies);
    const source = input.BackupConfiguration === undefined ? undefined : await dependencies.records.read(input.SourceDatastoreId);
    const backup = wishedBackup(input.BackupConfiguration, source);
    const record = await restoreDatastore({
      sourceId: input.SourceDatastoreId,
      point,
      datastoreId,
      token: runToken,
      settings: { configuration, tags, requestDigest },
      ...(input.DatastoreName === undefined ? {} : { name: input.DatastoreName }),
      ...(backup === undefined ? {} : { backup }),
    }, dependencies);
    return datastoreAnswer(record, dependencies, call);
  };
}

function pointOf({ RestoreConfiguration: { ContinuousBackupRestoreConfiguration: continuous } }: InputOf<'RestoreFHIRDatastore'>): number {
  const { RestorePointTime: point } = continuous ?? {};
  if (point === undefined) throw validationError("The value at 'restoreConfiguration.continuousBackupRestoreConfiguration.restorePointTime' must be given.");
  return Math.round(point * 1000);
}
