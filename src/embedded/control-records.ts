/**
 * What the platform knows of its data stores, in the control table: one item a store. Everything else of a store
 * lies in its own folder.
 */
import type { Attributes, Item, OrderedTable } from '../ports/ordered-table.ts';

/** The synthetic population that a store begins with. */
export interface Population {
  readonly patients: number;
  readonly seed: number;
}

export interface DataStoreRecord {
  /** 32 hexadecimal digits, as HealthLake's. */
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Keys the store's index partitions and seals its cursors; made once. */
  readonly secret: Uint8Array;
  /** Present until the store has all of it. */
  readonly preloading?: Population;
}

const partition = 'datastores';
/** A page of the listing; stores beyond it come with the next. */
const pageSize = 100;

export interface ControlRecords {
  /** In the order they were made. */
  list(): Promise<readonly DataStoreRecord[]>;
  save(record: DataStoreRecord): Promise<void>;
}

export function controlRecords(table: OrderedTable): ControlRecords {
  return {
    async list() {
      const records: DataStoreRecord[] = [];
      let after: string | undefined;
      do {
        const page = await table.query({ pk: partition, limit: pageSize, strong: true, ...(after === undefined ? {} : { after }) });
        records.push(...page.items.map(recordOf));
        after = page.next;
      } while (after !== undefined);
      return records.sort((one, other) => one.created - other.created || (one.id < other.id ? -1 : 1));
    },
    async save(record) {
      await table.put(itemOf(record));
    },
  };
}

function itemOf({ id, name, created, secret, preloading }: DataStoreRecord): Item {
  const attributes: Attributes = { name, created, ...(preloading ? { patients: preloading.patients, seed: preloading.seed } : undefined) };
  return { pk: partition, sk: id, attributes, body: secret };
}

function recordOf({ sk, attributes = {}, body }: Item): DataStoreRecord {
  if (body === undefined) throw new Error('The control table has a data store without a secret.');
  const { name, created, patients, seed } = attributes;
  const preloading = patients === undefined ? {} : { preloading: { patients: Number(patients), seed: Number(seed) } };
  return { id: sk, name: String(name), created: Number(created), secret: body, ...preloading };
}
