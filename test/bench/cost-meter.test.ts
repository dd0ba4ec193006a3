/** The cost meter counts what DynamoDB charges; see bench/cost-meter.ts for the rules and their pages. */
import { describe, expect, test } from '@jest/globals';
import { costMeter } from '../../bench/cost-meter.ts';
import type { Batch, Condition, Item, Key, OrderedTable, Query } from '../../src/ports/ordered-table.ts';
import { itemBytes } from '../../src/ports/table-limits.ts';

/** The least table that can be charged: one map, keys in order, conditions on one attribute. */
class MapTable implements OrderedTable {
  private readonly items = new Map<string, Item>();
  private name = ({ pk, sk }: Key) => `${pk} ${sk}`;

  async get(key: Key) {
    return this.items.get(this.name(key));
  }
  async batchGet(keys: readonly Key[]) {
    return keys.map((key) => this.items.get(this.name(key)));
  }
  async query({ pk, limit }: Query) {
    return { items: [...this.items.values()].filter((item) => item.pk === pk).slice(0, limit) };
  }
  async scan() {
    return { items: [...this.items.values()] };
  }
  async put(item: Item, condition?: Condition) {
    if (!this.holds(item, condition)) return { written: false as const, found: await this.get(item) };
    this.items.set(this.name(item), item);
    return { written: true as const };
  }
  async delete(key: Key, condition?: Condition) {
    if (!this.holds(key, condition)) return { written: false as const, found: await this.get(key) };
    this.items.delete(this.name(key));
    return { written: true as const };
  }
  async batchWrite({ puts = [], deletes = [] }: Batch) {
    for (const item of puts) await this.put(item);
    for (const key of deletes) await this.delete(key);
  }
  private holds(key: Key, condition?: Condition): boolean {
    if (!condition) return true;
    const value = this.items.get(this.name(key))?.attributes?.[condition.attribute];
    return 'absent' in condition ? value === undefined : value === condition.equals;
  }
}

function item(sk: string, bodyBytes: number): Item {
  return { pk: 'p', sk, attributes: { rev: 'a' }, body: new Uint8Array(bodyBytes) };
}

async function metered(...items: Item[]) {
  const meter = costMeter();
  const table = meter.wrap('resources', new MapTable());
  for (const each of items) await table.put(each);
  return { meter, table };
}

const strong = { strong: true };
const eventual = { strong: false };

describe('item size', () => {
  test('is names and values in UTF-8 bytes', () => {
    expect(itemBytes({ pk: 'é', sk: 'b' })).toBe(2 + 2 + 2 + 1);
    expect(itemBytes({ pk: 'a', sk: 'b', body: new Uint8Array(10) })).toBe(6 + 4 + 10);
  });

  test('counts a number by pairs of significant digits and one byte', () => {
    const size = (n: number) => itemBytes({ pk: 'a', sk: 'b', attributes: { n } }) - 6 - 2;
    expect([0, 1, 12, 123, 1200, -12, 1763821562123].map(size)).toEqual([1, 2, 2, 3, 2, 3, 8]);
  });
});

describe('read units', () => {
  test('are one per 4 KB for a strong read and half for an eventual one', async () => {
    const { meter, table } = await metered(item('small', 100), item('large', 5000));
    expect((await meter.measure(() => table.get({ pk: 'p', sk: 'small' }, strong))).readUnits).toBe(1);
    expect((await meter.measure(() => table.get({ pk: 'p', sk: 'small' }, eventual))).readUnits).toBe(0.5);
    expect((await meter.measure(() => table.get({ pk: 'p', sk: 'large' }, strong))).readUnits).toBe(2);
  });

  test('are charged for an item that is not there', async () => {
    const { meter, table } = await metered();
    expect((await meter.measure(() => table.get({ pk: 'p', sk: 'none' }, strong))).readUnits).toBe(1);
    expect((await meter.measure(() => table.query({ pk: 'p', limit: 10, strong: false }))).readUnits).toBe(0.5);
  });

  test('round up each item of a batch, and a query once for its page', async () => {
    const { meter, table } = await metered(item('a', 100), item('b', 100), item('c', 100));
    const keys = ['a', 'b', 'c', 'none'].map((sk) => ({ pk: 'p', sk }));
    expect((await meter.measure(() => table.batchGet(keys, strong))).readUnits).toBe(4);
    const page = await meter.measure(() => table.query({ pk: 'p', limit: 10, strong: true }));
    expect([page.readUnits, page.itemsRead]).toEqual([1, 3]);
    expect((await meter.measure(() => table.scan({ segment: 0, segments: 1, limit: 10 }))).readUnits).toBe(0.5);
  });
});

describe('write units', () => {
  test('are one per 1 KB of the larger of the old and the new item', async () => {
    const { meter, table } = await metered(item('a', 3000));
    expect((await meter.measure(() => table.put(item('b', 1500)))).writeUnits).toBe(2);
    expect((await meter.measure(() => table.put(item('a', 10)))).writeUnits).toBe(3);
    expect((await meter.measure(() => table.delete({ pk: 'p', sk: 'b' }))).writeUnits).toBe(2);
    expect((await meter.measure(() => table.delete({ pk: 'p', sk: 'none' }))).writeUnits).toBe(1);
  });

  test('are charged for a failed condition by the item that was there', async () => {
    const { meter, table } = await metered(item('a', 3000));
    const put = await meter.measure(() => table.put(item('a', 10), { attribute: 'rev', absent: true }));
    expect([put.result.written, put.writeUnits]).toEqual([false, 3]);
    const missing = await meter.measure(() => table.put(item('b', 5000), { attribute: 'rev', equals: 'x' }));
    expect([missing.result.written, missing.writeUnits]).toEqual([false, 1]);
  });

  test('are charged per item of a batch', async () => {
    const { meter, table } = await metered(item('old', 1500));
    const cost = await meter.measure(() =>
      table.batchWrite({ puts: [item('a', 1500), item('b', 10)], deletes: [{ pk: 'p', sk: 'old' }, { pk: 'p', sk: 'none' }] }),
    );
    expect([cost.writeUnits, cost.itemsWritten, cost.calls.batchWrite]).toEqual([2 + 1 + 2 + 1, 4, 1]);
  });
});

describe('round trips', () => {
  test('count calls that wait for each other', async () => {
    const { meter, table } = await metered();
    const cost = await meter.measure(async () => {
      await table.put(item('a', 1));
      await table.get({ pk: 'p', sk: 'a' }, strong);
    });
    expect(cost.roundTrips).toBe(2);
  });

  test('count calls issued in the same wait once', async () => {
    const { meter, table } = await metered();
    const cost = await meter.measure(() => Promise.all(['a', 'b', 'c'].map((sk) => table.put(item(sk, 1)))));
    expect([cost.roundTrips, cost.calls.put]).toEqual([1, 3]);
  });

  test('are the longest of several chains that run side by side', async () => {
    const { meter, table } = await metered();
    const chain = async (length: number) => {
      for (let index = 0; index < length; index += 1) await table.get({ pk: 'p', sk: 'a' }, strong);
    };
    expect((await meter.measure(() => Promise.all([chain(2), chain(4), chain(1)]))).roundTrips).toBe(4);
  });

  test('do not count what the action does not await, though it is charged', async () => {
    const { meter, table } = await metered();
    const cost = await meter.measure(async () => {
      await table.get({ pk: 'p', sk: 'a' }, strong);
      void table.put(item('later', 1));
    });
    expect([cost.roundTrips, cost.calls.put]).toEqual([1, 1]);
  });

  test('are shared by all tables of a meter, and costs are told apart', async () => {
    const meter = costMeter();
    const [resources, index] = [meter.wrap('resources', new MapTable()), meter.wrap('index', new MapTable())];
    const cost = await meter.measure(() => Promise.all([resources.put(item('a', 1)), index.put(item('b', 1500))]));
    expect([cost.roundTrips, cost.tables.resources?.writeUnits, cost.tables.index?.writeUnits]).toEqual([1, 1, 2]);
  });
});

test('A failing action ends the measurement, and the next one begins at nothing', async () => {
  const { meter, table } = await metered();
  await expect(meter.measure(() => Promise.reject(new Error('as intended')))).rejects.toThrow('as intended');
  expect((await meter.measure(() => table.put(item('a', 1)))).writeUnits).toBe(1);
});

test('Calls outside a measurement are passed on and not counted', async () => {
  const { meter, table } = await metered(item('a', 1));
  expect(await table.get({ pk: 'p', sk: 'a' }, strong)).toEqual(item('a', 1));
  expect((await meter.measure(async () => 1)).calls.get).toBe(0);
});

test('Two measurements at once are refused', async () => {
  const { meter } = await metered();
  const first = meter.measure(() => new Promise((resolve) => setImmediate(resolve)));
  await expect(meter.measure(async () => 1)).rejects.toThrow('one action at a time');
  await first;
});
