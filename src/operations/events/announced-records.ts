/**
 * Data stores' records that tell what becomes of their stores. A change of status and the wish to tell of it are one write;
 * the event is published then, and the wish goes when the bus has taken it. What a crash or a bus that is out of reach leaves
 * is published by the next one who reads the record: at least once, never lost, in order for each store but for repetition.
 */
import type { Clock } from '../../ports/clock.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Place } from '../control/control-operation.ts';
import type { DatastoreRecord, DatastoreRecords, StatusChange } from '../datastore/datastore-record.ts';
import { datastoreEvent, isTold } from './datastore-event.ts';

/** Far more than a store goes through while a bus is out of reach; beyond them the oldest are given up. */
export const maxUntold = 32;

export interface Announcing {
  readonly bus: EventBus;
  /** For ARNs. */
  readonly place: Place;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the interface is, as `https://host/stage`, for those who know: a store's record keeps it for events to come. */
  readonly endpoint?: string;
  /** How long a change is left to whoever made it before a reader tells of it; 0 unless given. */
  readonly graceMs?: number;
  /** Told of what could not be published yet: no store fails for it. */
  readonly report: (error: unknown) => void;
}

export function announcedRecords(records: DatastoreRecords, announcing: Announcing): DatastoreRecords {
  /** Stores that are being told of: whoever reads meanwhile would tell the same again. */
  const underway = new Map<string, Promise<unknown>>();
  const announced = async (record: DatastoreRecord): Promise<DatastoreRecord> => {
    if (record.untold === undefined) return record;
    const telling = announce(record, records, announcing).finally(() => underway.delete(record.id));
    underway.set(record.id, telling);
    return telling;
  };
  const isDue = ({ untold: [oldest] = [] }: DatastoreRecord): boolean => oldest !== undefined && announcing.clock.now() - oldest.time >= (announcing.graceMs ?? 0);
  const read = async (id: string): Promise<DatastoreRecord | undefined> => {
    await underway.get(id);
    const record = await records.read(id);
    return record !== undefined && isDue(record) ? announced(record) : record;
  };
  return {
    read,
    async list() {
      const found: DatastoreRecord[] = [];
      for (const record of await records.list()) found.push(isDue(record) ? ((await read(record.id)) ?? record) : record);
      return found;
    },
    async replace(seen, record) {
      const next = withUntold(seen, record, announcing);
      if (!(await records.replace(seen, next))) return false;
      await announced({ ...next, revision: (seen?.revision ?? 0) + 1 });
      return true;
    },
    forget: (seen) => records.forget(seen),
  };
}

function withUntold(seen: DatastoreRecord | undefined, record: DatastoreRecord, { clock, endpoint = record.endpoint ?? seen?.endpoint }: Announcing): DatastoreRecord {
  const change: StatusChange = { status: record.status, time: clock.now() };
  const untold = [...(seen?.untold ?? []), ...(isTold(seen?.status, record.status) ? [change] : [])].slice(-maxUntold);
  const { untold: _carried, ...rest } = record;
  return { ...rest, ...(endpoint === undefined ? {} : { endpoint }), ...(untold.length === 0 ? {} : { untold }) };
}

/** @returns the record as it is then */
async function announce(record: DatastoreRecord, records: DatastoreRecords, { bus, place, report }: Announcing): Promise<DatastoreRecord> {
  const { untold = [], ...told } = record;
  try {
    for (const change of untold) await bus.publish(datastoreEvent(record, change, place));
    if (await records.replace(record, told)) return { ...told, revision: (record.revision ?? 0) + 1 };
    // Somebody wrote meanwhile, and has what was told here among the untold: it is told twice.
    return (await records.read(record.id)) ?? record;
  } catch (error) {
    report(error);
    return record;
  }
}
