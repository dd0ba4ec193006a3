/** The data stores that requests name: their records in the control table, kept for a while. */
import type { Clock } from '../ports/clock.ts';
import type { DatastoreRecord, DatastoreRecords } from '../operations/datastore/datastore-record.ts';
import { isServing, notServing } from '../operations/datastore/serving.ts';

/** A store that is deleted goes on being served by a process for so long at most. */
export const recordLifeMs = 60_000;
/** Beyond it all are forgotten and read again: far more stores than one process meets. */
export const maxKnownStores = 1000;

const idPattern = /^[0-9a-f]{32}$/;

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
  if (record === undefined || !isServing(record.status)) throw notServing(record?.status);
}
