/**
 * UpdateFHIRDatastore. Name, profiles and identity provider count at once; analytics, NLP and backup are brought about by
 * the workflow, and the store is UPDATING until they are. One update at a time.
 */
import type { DatastoreConfiguration } from '../datastore/datastore-configuration.ts';
import { departed } from '../datastore/datastore-configuration.ts';
import type { DatastoreRecord, DatastoreStatus } from '../datastore/datastore-record.ts';
import { updateDatastore } from '../datastore/update-datastore.ts';
import { conflictError, resourceNotFound } from './control-error.ts';
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreProperties } from './datastore-properties.ts';
import { changedConfiguration, requireReadable, wishedBackup } from './datastore-wishes.ts';
import { knownDatastore } from './known-datastore.ts';

const quiet: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATE_FAILED']);

export function updateFhirDatastore(dependencies: ControlDependencies): ControlOperation<'UpdateFHIRDatastore'> {
  return async (input, call) => {
    const wished = changedConfiguration(input);
    requireReadable(wished, dependencies);
    const seen = await knownDatastore(input.DatastoreId, dependencies);
    if (seen.status === 'DELETED') throw resourceNotFound('The data store is deleted.');
    const configuration = onTheWay(wished, seen);
    const name = input.DatastoreName === undefined ? {} : { name: input.DatastoreName };
    const backup = wishedBackup(input.BackupConfiguration, seen);
    const takesTime = backup !== undefined || configuration.AnalyticsConfiguration !== undefined || configuration.NlpConfiguration !== undefined;
    const record = takesTime
      ? await updateDatastore({ datastoreId: seen.id, token: dependencies.ids.uuid(), ...name, configuration, ...(backup && { backup }) }, dependencies)
      : await changedAtOnce(seen, { ...seen, ...name, configuration: { ...seen.configuration, ...configuration } }, dependencies);
    return { DatastoreProperties: await datastoreProperties(record, dependencies, call) };
  };
}

/** A status that the store has already is no change. */
function onTheWay(wished: DatastoreConfiguration, { configuration: now = {}, status }: DatastoreRecord): DatastoreConfiguration {
  const { AnalyticsConfiguration: analytics, NlpConfiguration: nlp, ...rest } = wished;
  const changes = (wish: { Status: string } | undefined, found: { Status: string } | undefined): wish is { Status: string } =>
    wish !== undefined && (wish.Status !== found?.Status || status === 'UPDATE_FAILED');
  return {
    ...rest,
    ...(changes(analytics, now.AnalyticsConfiguration) ? { AnalyticsConfiguration: { Status: departed(analytics.Status) } } : {}),
    ...(changes(nlp, now.NlpConfiguration) ? { NlpConfiguration: { Status: departed(nlp.Status) } } : {}),
  };
}

async function changedAtOnce(seen: DatastoreRecord, next: DatastoreRecord, { records }: ControlDependencies): Promise<DatastoreRecord> {
  if (!quiet.has(seen.status)) throw conflictError(`The data store is ${seen.status}. Send the request again when that has ended.`);
  if (!(await records.replace(seen, next))) throw conflictError('The data store has just been changed by another request. Send this one again.');
  return next;
}
