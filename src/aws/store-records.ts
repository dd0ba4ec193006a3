/** The data stores that requests name: their records in the control table, kept for a while. */
import { conflict, notFound } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatastoreRecord, DatastoreRecords, DatastoreStatus } from '../operations/datastore/datastore-record.ts';

/** A store that is deleted goes on being served by a process for so long at most. */
export const recordLifeMs = 60_000;
/** Beyond it all are forgotten and read again: far more stores than one process meets. */
export const maxKnownStores = 1000;

const idPattern = /^[0-9a-f]{32}$/;

/** A change of settings, also one that failed, leaves a store as it was. */
const serving: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

export interface KnownStoresOptions<Opened> {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Makes what is kept with the record: once per store and process. */
  readonly open: (record: DatastoreRecord) => Opened;
}

/**
 * @returns what was opened for the store of an id
 * @throws FhirError 404 when there is no such store, 409 while it is being made or when that failed
 */
export function knownStores<Opened>({ records, clock, open }: KnownStoresOptions<Opened>): (datastoreId: string) => Promise<Opened> {
  const known = new Map<string, { readonly opened: Opened; readAt: number }>();
  return async (datastoreId) => {
    const kept = known.get(datastoreId);
    if (kept !== undefined && clock.now() - kept.readAt < recordLifeMs) return kept.opened;
    known.delete(datastoreId);
    const readAt = clock.now();
    const record = idPattern.test(datastoreId) ? await records.read(datastoreId) : undefined;
    requireServing(record);
    // Its secret never changes: what was opened stays good.
    const opened = kept?.opened ?? open(record);
    if (known.size >= maxKnownStores) known.clear();
    known.set(datastoreId, { opened, readAt });
    return opened;
  };
}

function requireServing(record: DatastoreRecord | undefined): asserts record is DatastoreRecord {
  if (record === undefined || record.status === 'DELETING' || record.status === 'DELETED') {
    throw notFound('There is no such data store. Compare the id in the path with the id that was told when it was made.');
  }
  if (serving.has(record.status)) return;
  throw conflict(
    record.status === 'CREATING'
      ? 'The data store is being made. Wait until it is ACTIVE.'
      : 'The data store could not be made. DescribeFHIRDatastore tells why; delete it and make another.',
  );
}
