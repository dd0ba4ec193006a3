/** CreateFHIRDatastore (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html). */
import { createDatastore } from '../datastore/create-datastore.ts';
import { quotaExceeded } from './control-error.ts';
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreAnswer } from './datastore-properties.ts';
import { checkedTags, createdConfiguration, requireReadable, wishedBackup } from './datastore-wishes.ts';
import { isForgotten } from './known-datastore.ts';
import { newDatastore } from './new-datastore-id.ts';

export function createFhirDatastore(dependencies: ControlDependencies): ControlOperation<'CreateFHIRDatastore'> {
  return async (input, call) => {
    const configuration = createdConfiguration(input, input.PreloadDataConfig);
    requireReadable(configuration, dependencies);
    const tags = checkedTags(input.Tags ?? []);
    const { datastoreId, runToken, requestDigest, seen } = await newDatastore('create', input, dependencies);
    // One that is being made is sent on: the first request may have been cut off before the workflow was started.
    if (seen !== undefined && seen.status !== 'CREATING') return datastoreAnswer(seen, dependencies, call);
    if (seen === undefined) await requireRoom(dependencies);
    const backup = wishedBackup(input.BackupConfiguration);
    const record = await createDatastore({
      datastoreId,
      name: input.DatastoreName ?? '',
      token: runToken,
      settings: { configuration, tags, requestDigest },
      ...(backup === undefined ? {} : { backup }),
      ...(input.PreloadDataConfig === undefined ? {} : { population: dependencies.population }),
    }, dependencies);
    return datastoreAnswer(record, dependencies, call);
  };
}

/** Counted without a lock: requests at the same moment may make a store more. Takes the chance to forget stores of long ago. */
export async function requireRoom({ records, clock, maxDatastores }: ControlDependencies): Promise<void> {
  const all = await records.list();
  for (const record of all) if (isForgotten(record, clock.now())) await records.forget(record);
  const held = all.filter(({ status }) => status !== 'DELETED').length;
  if (held < maxDatastores) return;
  throw quotaExceeded(`There are ${held} data stores, and ${maxDatastores} is the most. Delete one that is not needed, or have the quota raised.`);
}
