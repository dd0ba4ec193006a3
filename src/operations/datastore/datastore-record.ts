/**
 * What the platform knows of its data stores, in the control table: one item a store. Everything else of a store lies
 * in tables and objects of its own. States are HealthLake's
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DatastoreProperties.html).
 */
import type { Attributes, Item, Key, OrderedTable } from '../../ports/ordered-table.ts';
import { settingsAttributes, settingsOf } from './datastore-configuration.ts';
import type { DatastoreSettings } from './datastore-configuration.ts';

export type DatastoreStatus = 'CREATING' | 'ACTIVE' | 'DELETING' | 'DELETED' | 'CREATE_FAILED' | 'UPDATING' | 'UPDATE_FAILED';

/** The synthetic population that a store begins with. */
export interface Population {
  readonly patients: number;
  readonly seed: number;
}

/** HealthLake's reason for a status that ends in `_FAILED`. */
export interface ErrorCause {
  /** At most {@link maxErrorMessageLength} characters. */
  readonly message: string;
  readonly category: 'RETRYABLE_ERROR' | 'NON_RETRYABLE_ERROR';
}

/** What each table of the store serves at once, before DynamoDB has met any load: units a second. */
export interface WarmThroughput {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** The most that each table of the store serves, units a second; what is absent has no bound. */
export interface ThroughputLimit {
  readonly readUnits?: number;
  readonly writeUnits?: number;
}

/** HealthLake's BackupConfiguration: how far back the store can be restored. */
export interface BackupConfiguration {
  readonly status: 'ENABLED' | 'DISABLED';
  /** 1 to {@link maxRetentionDays}. */
  readonly retentionDays: number;
}

/** HealthLake's bound. */
export const maxRetentionDays = 30;

/** Of a store of which nobody has spoken: a mistake is found within the week that it is made in. */
export const defaultBackup: BackupConfiguration = { status: 'ENABLED', retentionDays: 7 };

/** The moment of another store that this one was made from. */
export interface RestoredFrom {
  readonly sourceId: string;
  /** Milliseconds since the epoch. */
  readonly point: number;
}

/** A change of status that an event is to tell of (src/operations/events/announced-records.ts). */
export interface StatusChange {
  readonly status: DatastoreStatus;
  /** When it came about, in milliseconds since the epoch. */
  readonly time: number;
}

export interface DatastoreRecord extends DatastoreSettings {
  /** 32 hexadecimal digits, as HealthLake's. */
  readonly id: string;
  readonly name: string;
  readonly status: DatastoreStatus;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Keys the store's index partitions and seals its cursors; made once. */
  readonly secret: Uint8Array;
  /** Present until the store has all of it. */
  readonly preloading?: Population;
  /** The run of the workflow that brings, or brought, the store to its status. */
  readonly run?: string;
  readonly errorCause?: ErrorCause;
  readonly warmThroughput?: WarmThroughput;
  /** Absent: nobody has spoken of it, and the tables stay as they are. */
  readonly throughputLimit?: ThroughputLimit;
  /** `Type.parameter` of the families that the store is without (src/store/omitted-families.ts). Never changes. */
  readonly omitted?: readonly string[];
  /** Absent: the runtime's default (docs/backup.md). */
  readonly backup?: BackupConfiguration;
  /** Absent for a store that began empty or with a population. */
  readonly restored?: RestoredFrom;
  /** When it came to be DELETED, in milliseconds since the epoch. */
  readonly deleted?: number;
  /** Where the interface was when it was asked for the store, as `https://host/stage`; absent, nobody asked there. */
  readonly endpoint?: string;
  /** Oldest first; absent when all is told. */
  readonly untold?: readonly StatusChange[];
  /** Counts the changes of this record, for whoever writes on condition that it is as it was read. */
  readonly revision?: number;
}

/** HealthLake's bound. */
export const maxErrorMessageLength = 4096;
/** A store that was deleted is told of for so long, for whoever waits for its end. */
export const listedAfterDeletionMs = 7 * 24 * 60 * 60 * 1000;
/** A page of the listing; stores beyond it come with the next. */
const pageSize = 100;
const partition = 'datastores';

/** Where the control table has a store's record. */
export function datastoreKey(id: string): Key {
  return { pk: partition, sk: id };
}

export interface DatastoreRecords {
  /** In the order they were made, deleted ones included. */
  list(): Promise<readonly DatastoreRecord[]>;
  read(id: string): Promise<DatastoreRecord | undefined>;
  /**
   * Writes the record in place of the one seen, or of none.
   *
   * @returns false when another has written since; nothing was changed then
   */
  replace(seen: DatastoreRecord | undefined, record: DatastoreRecord): Promise<boolean>;
  /** Removes the record seen, and with it the store's secret; nothing when another has written since. */
  forget(seen: DatastoreRecord): Promise<void>;
}

/** @param control the control table */
export function datastoreRecords(control: OrderedTable): DatastoreRecords {
  return {
    async list() {
      const records: DatastoreRecord[] = [];
      let after: string | undefined;
      do {
        const page = await control.query({ pk: partition, limit: pageSize, strong: true, ...(after === undefined ? {} : { after }) });
        records.push(...page.items.map(datastoreOfItem));
        after = page.next;
      } while (after !== undefined);
      return records.sort((one, other) => one.created - other.created || (one.id < other.id ? -1 : 1));
    },
    async read(id) {
      const item = await control.get(datastoreKey(id), { strong: true });
      return item === undefined ? undefined : datastoreOfItem(item);
    },
    async replace(seen, record) {
      const next = itemOf({ ...record, revision: (seen?.revision ?? 0) + 1 });
      const { written } = await control.put(next, conditionOf(seen));
      return written;
    },
    async forget(seen) {
      await control.delete(datastoreKey(seen.id), conditionOf(seen));
    },
  };
}

function conditionOf(seen: DatastoreRecord | undefined) {
  if (seen === undefined) return { attribute: 'created', absent: true } as const;
  if (seen.revision === undefined) return { attribute: 'revision', absent: true } as const;
  return { attribute: 'revision', equals: seen.revision } as const;
}

function itemOf({ id, secret, preloading, errorCause, warmThroughput, throughputLimit, omitted, backup, restored, ...rest }: DatastoreRecord): Item {
  const { configuration, tags, requestDigest, untold, ...plain } = rest;
  const attributes: Record<string, string | number | undefined> = {
    ...plain,
    untold: untold?.map(({ status, time }) => `${status}@${time}`).join(','),
    patients: preloading?.patients,
    seed: preloading?.seed,
    errorMessage: errorCause?.message.slice(0, maxErrorMessageLength),
    errorCategory: errorCause?.category,
    warmReadUnits: warmThroughput?.readUnits,
    warmWriteUnits: warmThroughput?.writeUnits,
    ...limitAttributes(throughputLimit),
    omitted: omitted === undefined || omitted.length === 0 ? undefined : omitted.join(','),
    backupStatus: backup?.status,
    backupDays: backup?.retentionDays,
    restoredFrom: restored?.sourceId,
    restoredTo: restored?.point,
    ...settingsAttributes({ configuration, tags, requestDigest }),
  };
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return { ...datastoreKey(id), attributes: Object.fromEntries(present) as Attributes, body: secret };
}

type Category = ErrorCause['category'];

/** 0 stands for no bound, and no attribute for nothing that was said. */
function limitAttributes(limit: ThroughputLimit | undefined): Record<string, number | undefined> {
  return limit === undefined ? {} : { maxReadUnits: limit.readUnits ?? 0, maxWriteUnits: limit.writeUnits ?? 0 };
}

function limitOf({ maxReadUnits, maxWriteUnits }: Attributes): Pick<DatastoreRecord, 'throughputLimit'> {
  if (maxReadUnits === undefined) return {};
  const units = (name: keyof ThroughputLimit, value: unknown): ThroughputLimit => (Number(value) === 0 ? {} : { [name]: Number(value) });
  return { throughputLimit: { ...units('readUnits', maxReadUnits), ...units('writeUnits', maxWriteUnits) } };
}

function warmth(readUnits: number, writeUnits: number): WarmThroughput {
  return { readUnits, writeUnits };
}

function backupOf({ backupStatus, backupDays, restoredFrom, restoredTo }: Attributes): Pick<DatastoreRecord, 'backup' | 'restored'> {
  const status = backupStatus as BackupConfiguration['status'];
  return {
    ...(backupStatus === undefined ? {} : { backup: { status, retentionDays: Number(backupDays) } }),
    ...(restoredFrom === undefined ? {} : { restored: { sourceId: String(restoredFrom), point: Number(restoredTo) } }),
  };
}

function untoldOf({ endpoint, untold }: Attributes): Pick<DatastoreRecord, 'endpoint' | 'untold'> {
  const change = (text: string): StatusChange => {
    const [status, time] = text.split('@');
    return { status: status as DatastoreStatus, time: Number(time) };
  };
  return {
    ...(endpoint === undefined ? {} : { endpoint: String(endpoint) }),
    ...(untold === undefined ? {} : { untold: String(untold).split(',').map(change) }),
  };
}

/** @throws Error when the item is no data store's */
export function datastoreOfItem({ sk, attributes = {}, body }: Item): DatastoreRecord {
  if (body === undefined) throw new Error('The control table has a data store without a secret.');
  const { name, status = 'ACTIVE', created, run, revision, patients, seed } = attributes;
  const { errorMessage, errorCategory, warmReadUnits, warmWriteUnits, omitted, deleted } = attributes;
  return {
    id: sk,
    name: String(name),
    status: status as DatastoreStatus,
    created: Number(created),
    secret: body,
    ...(run === undefined ? {} : { run: String(run) }),
    ...(revision === undefined ? {} : { revision: Number(revision) }),
    ...(patients === undefined ? {} : { preloading: { patients: Number(patients), seed: Number(seed) } }),
    ...(errorMessage === undefined ? {} : { errorCause: { message: String(errorMessage), category: errorCategory as Category } }),
    ...limitOf(attributes),
    ...(warmReadUnits === undefined ? {} : { warmThroughput: warmth(Number(warmReadUnits), Number(warmWriteUnits)) }),
    ...(omitted === undefined ? {} : { omitted: String(omitted).split(',') }),
    ...backupOf(attributes),
    ...settingsOf(attributes),
    ...(deleted === undefined ? {} : { deleted: Number(deleted) }),
    ...untoldOf(attributes),
  };
}
