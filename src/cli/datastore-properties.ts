/** A data store's properties: looked at, waited for, printed. */
import type { Call } from './command.ts';
import type { Control, Json, JsonObject } from './control.ts';
import { Failed } from './failure.ts';
import { cell, propertiesText, tableText } from './table-text.ts';
import { waited } from './waiting.ts';

const settledStatuses: ReadonlySet<Json | undefined> = new Set(['ACTIVE', 'DELETED', 'CREATE_FAILED', 'UPDATE_FAILED']);

/** @throws Failed when there is no such store */
export async function properties(control: Control, datastore: string): Promise<JsonObject> {
  return (await control.call('DescribeFHIRDatastore', { DatastoreId: datastore }))['DatastoreProperties'] as JsonObject;
}

/**
 * Waits for a store to be usable or gone.
 * @throws Failed when it ends otherwise
 */
export async function settled(call: Call, datastore: string, wanted: 'ACTIVE' | 'DELETED'): Promise<JsonObject> {
  const control = await call.control();
  const store = await waited(async () => {
    const now = await (wanted === 'DELETED' ? propertiesOrGone(control, datastore) : properties(control, datastore));
    const status = now['DatastoreStatus'];
    call.progress.say(`The data store is ${cell(status)}`);
    return settledStatuses.has(status) && !(wanted === 'DELETED' && status === 'ACTIVE') ? now : undefined;
  }, call.options);
  if (store['DatastoreStatus'] === wanted) return store;
  const reason = (store['ErrorCause'] as JsonObject | undefined)?.['ErrorMessage'];
  throw new Failed(`The data store is ${cell(store['DatastoreStatus'])}${typeof reason === 'string' ? `: ${reason}` : '.'}`);
}

async function propertiesOrGone(control: Control, datastore: string): Promise<JsonObject> {
  try {
    return await properties(control, datastore);
  } catch (error) {
    const { __type: kind } = ((error as Failed).answer?.body ?? {}) as { __type?: string };
    if (kind?.endsWith('ResourceNotFoundException')) return { DatastoreId: datastore, DatastoreStatus: 'DELETED' };
    throw error;
  }
}

/** Seconds since 1970, as the API has them, for reading. */
export function timeText(seconds: Json | undefined): string {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z') : '';
}

/** One store a line. */
export function storesText(stores: readonly JsonObject[]): string {
  const rows = stores.map((store) => [cell(store['DatastoreId']), cell(store['DatastoreStatus']), timeText(store['CreatedAt']), cell(store['DatastoreName'])]);
  return tableText(['ID', 'STATUS', 'CREATED', 'NAME'], rows);
}

/** One store in full, as far as it says something about itself. */
export function storeText(store: JsonObject): string {
  const within = (name: string, member: string): string => {
    const value = (store[name] as JsonObject | undefined)?.[member];
    return Array.isArray(value) ? value.join(', ') : cell(value);
  };
  const backup = (store['BackupStatusInfo'] as JsonObject | undefined) ?? {};
  return propertiesText([
    ['Id', cell(store['DatastoreId'])],
    ['Name', cell(store['DatastoreName'])],
    ['Status', cell(store['DatastoreStatus'])],
    ['Error', within('ErrorCause', 'ErrorMessage')],
    ['Endpoint', cell(store['DatastoreEndpoint'])],
    ['ARN', cell(store['DatastoreArn'])],
    ['Created', timeText(store['CreatedAt'])],
    ['FHIR version', cell(store['DatastoreTypeVersion'])],
    ['Preloaded', within('PreloadDataConfig', 'PreloadDataType')],
    ['Authorization', within('IdentityProviderConfiguration', 'AuthorizationStrategy')],
    ['Analytics', within('AnalyticsConfiguration', 'Status')],
    ['Notes (NLP)', within('NlpConfiguration', 'Status')],
    ['Default profiles', within('ProfileConfiguration', 'DefaultProfiles')],
    ['Backup', cell((backup['Configuration'] as JsonObject | undefined)?.['Status'])],
    ['Restorable from', timeText(backup['EarliestRestorePoint'])],
    ['Restorable to', timeText(backup['LatestRestorePoint'])],
    ['Deleted for ever', timeText(backup['ScheduledPermanentDeletionTime'])],
  ]);
}
