/**
 * What an operation costs on DynamoDB, counted on any `OrderedTable`: request units as DynamoDB charges them, and
 * round trips that wait for each other. Both are exact and repeatable, so tests assert budgets with them.
 *
 * Units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * Item sizes: src/ports/table-limits.ts
 *
 * Round trips are counted in lockstep: while measuring, every call takes one unit of time. Calls issued in the same
 * wait are answered together, and only then can the next wait begin; so the number of waits is the depth of the
 * longest chain of calls that need each other's answers. Work on the thread pool between two calls (asynchronous
 * zlib, files) is not seen: a call that comes after such work may be counted one wait late, never one early.
 */
import type {
  Batch, Condition, Item, Key, OrderedTable, Query, QueryPage, ReadOptions, Scan, ScanPage, WriteOutcome,
} from '../src/ports/ordered-table.ts';
import { itemBytes } from '../src/ports/table-limits.ts';
import { readUnits } from '../src/store/request-units.ts';

/** A write is charged one unit for each of these. */
export const writeUnitBytes = 1024;

/** Turns of the event loop without a new call after which a wait is closed: promise chains settle in one. */
const quietTurns = 2;

/** Calls of the port by method, over all tables. */
export type Calls = Record<keyof OrderedTable, number>;

/** What one table was charged. */
export interface TableCost {
  readUnits: number;
  writeUnits: number;
  calls: Calls;
  /** Items written or deleted, failed conditions included. */
  itemsWritten: number;
  /** Items returned by reads. */
  itemsRead: number;
}

export interface Cost extends TableCost {
  /** Waits on the longest chain of calls that need each other's answers. */
  roundTrips: number;
  /** The same by the name given to `wrap`; only tables that were called. */
  tables: Record<string, TableCost>;
}

export interface CostMeter {
  /** The table, counted under `name` while `measure` runs and untouched otherwise. */
  wrap(name: string, table: OrderedTable): OrderedTable;
  /** Runs the action and says what its calls cost. One at a time: throws when another measurement is running. */
  measure<T>(action: () => Promise<T>): Promise<{ result: T } & Cost>;
}

/** A write is charged for the larger of what was there and what comes. */
function writeUnits(before: Item | undefined, after: Item | undefined): number {
  const sizeBytes = Math.max(before ? itemBytes(before) : 0, after ? itemBytes(after) : 0);
  return Math.max(1, Math.ceil(sizeBytes / writeUnitBytes));
}

export function costMeter(): CostMeter {
  let measurement: Measurement | undefined;
  return {
    wrap: (name, table) => new MeteredTable(table, () => measurement?.on(name)),
    async measure(action) {
      if (measurement) throw new Error('The cost meter is already measuring; measure one action at a time.');
      const mine = (measurement = new Measurement());
      try {
        const result = await action();
        return { result, ...mine.cost() };
      } finally {
        measurement = undefined;
      }
    },
  };
}

/** One measurement: the sums so far, and the wait that is open. */
class Measurement {
  private readonly tables: Record<string, TableCost> = {};
  private readonly waits = new Waits();

  on(name: string): { cost: TableCost; waits: Waits } {
    return { cost: (this.tables[name] ??= nothing()), waits: this.waits };
  }

  /** As it stands: what was issued and not awaited is charged, and waits for nobody. */
  cost(): Cost {
    const total = nothing();
    for (const cost of Object.values(this.tables)) add(total, cost);
    return { roundTrips: this.waits.closed, ...total, tables: structuredClone(this.tables) };
  }
}

/** Answers the calls of one wait together, once no further call joins them. */
class Waits {
  closed = 0;
  private open: { joined: number; answered: Promise<void> } | undefined;
  private underWay = 0;

  async answer<T>(call: () => Promise<T>): Promise<T> {
    const wait = (this.open ??= this.begin());
    wait.joined += 1;
    this.underWay += 1;
    try {
      return await call();
    } finally {
      this.underWay -= 1;
      await wait.answered;
    }
  }

  private begin(): { joined: number; answered: Promise<void> } {
    const wait = { joined: 0, answered: Promise.resolve() };
    wait.answered = this.closeWhenQuiet(wait);
    return wait;
  }

  private async closeWhenQuiet(wait: { joined: number }): Promise<void> {
    let quiet = 0;
    let seen = 0;
    while (quiet < quietTurns || this.underWay > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = wait.joined === seen ? quiet + 1 : 0;
      seen = wait.joined;
    }
    this.open = undefined;
    this.closed += 1;
  }
}

/** Passes every call on, charging it to the measurement that runs when it is issued. */
class MeteredTable implements OrderedTable {
  private readonly table: OrderedTable;
  private readonly current: () => { cost: TableCost; waits: Waits } | undefined;

  constructor(table: OrderedTable, current: () => { cost: TableCost; waits: Waits } | undefined) {
    this.table = table;
    this.current = current;
  }

  private metered<T>(method: keyof OrderedTable, call: (cost: TableCost) => Promise<T>): Promise<T> {
    const measuring = this.current();
    if (!measuring) return call(nothing());
    measuring.cost.calls[method] += 1;
    return measuring.waits.answer(() => call(measuring.cost));
  }

  get(key: Key, options: ReadOptions): Promise<Item | undefined> {
    return this.metered('get', async (cost) => {
      const item = await this.table.get(key, options);
      chargeRead(cost, item ? [item] : [], options.strong);
      return item;
    });
  }

  batchGet(keys: readonly Key[], options: ReadOptions): Promise<readonly (Item | undefined)[]> {
    return this.metered('batchGet', async (cost) => {
      // Bodies that are known already are charged as well.
      const items = await this.table.batchGet(keys, { strong: options.strong });
      for (const item of items) chargeRead(cost, item ? [item] : [], options.strong);
      return items;
    });
  }

  query(query: Query): Promise<QueryPage> {
    return this.metered('query', async (cost) => {
      const page = await this.table.query(query);
      chargeRead(cost, page.items, query.strong);
      return page;
    });
  }

  scan(scan: Scan): Promise<ScanPage> {
    return this.metered('scan', async (cost) => {
      const page = await this.table.scan(scan);
      chargeRead(cost, page.items, false);
      return page;
    });
  }

  put(item: Item, condition?: Condition): Promise<WriteOutcome> {
    return this.metered('put', async (cost) => {
      const before = this.current() && (await this.table.get(keyOf(item), { strong: true }));
      const outcome = await this.table.put(item, condition);
      if (outcome.written) chargeWrite(cost, before, item);
      else chargeWrite(cost, outcome.found, undefined);
      return outcome;
    });
  }

  delete(key: Key, condition?: Condition): Promise<WriteOutcome> {
    return this.metered('delete', async (cost) => {
      const before = this.current() && (await this.table.get(keyOf(key), { strong: true }));
      const outcome = await this.table.delete(key, condition);
      chargeWrite(cost, outcome.written ? before : outcome.found, undefined);
      return outcome;
    });
  }

  batchWrite(batch: Batch): Promise<void> {
    return this.metered('batchWrite', async (cost) => {
      const puts = batch.puts ?? [];
      const keys = [...puts, ...(batch.deletes ?? [])].map(keyOf);
      const before = this.current() ? await this.table.batchGet(keys, { strong: true }) : [];
      await this.table.batchWrite(batch);
      keys.forEach((_key, index) => chargeWrite(cost, before[index], puts[index]));
    });
  }
}

function keyOf({ pk, sk }: Key): Key {
  return { pk, sk };
}

/** The items of one request or, for a batch, one item of it. */
function chargeRead(cost: TableCost, items: readonly Item[], strong: boolean): void {
  cost.readUnits += readUnits(items, strong);
  cost.itemsRead += items.length;
}

function chargeWrite(cost: TableCost, before: Item | undefined, after: Item | undefined): void {
  cost.writeUnits += writeUnits(before, after);
  cost.itemsWritten += 1;
}

function nothing(): TableCost {
  const calls: Calls = { get: 0, batchGet: 0, query: 0, put: 0, delete: 0, batchWrite: 0, scan: 0 };
  return { readUnits: 0, writeUnits: 0, calls, itemsWritten: 0, itemsRead: 0 };
}

function add(total: TableCost, cost: TableCost): void {
  total.readUnits += cost.readUnits;
  total.writeUnits += cost.writeUnits;
  total.itemsWritten += cost.itemsWritten;
  total.itemsRead += cost.itemsRead;
  for (const method of Object.keys(cost.calls) as (keyof Calls)[]) total.calls[method] += cost.calls[method];
}
