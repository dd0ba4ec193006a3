/** Counts what one request reads from a table, for a search that is to explain itself. */
import type { OrderedTable } from '../ports/ordered-table.ts';
import { readUnits } from './request-units.ts';

export interface ReadCost {
  /** As DynamoDB would charge them. */
  units: number;
  /** Items found. */
  items: number;
}

/** @returns the table, every read of which is counted in `cost` when it is answered */
export function meteredReads(table: OrderedTable): { readonly table: OrderedTable; readonly cost: ReadCost } {
  const cost: ReadCost = { units: 0, items: 0 };
  const charge = (items: Parameters<typeof readUnits>[0], strong: boolean): void => {
    cost.units += readUnits(items, strong);
    cost.items += items.length;
  };
  const metered: OrderedTable = {
    async get(key, options) {
      const item = await table.get(key, options);
      charge(item === undefined ? [] : [item], options.strong);
      return item;
    },
    async batchGet(keys, { strong }) {
      // Bodies that are known already are charged as well.
      const items = await table.batchGet(keys, { strong });
      for (const item of items) charge(item === undefined ? [] : [item], strong);
      return items;
    },
    async query(query) {
      const page = await table.query(query);
      charge(page.items, query.strong);
      return page;
    },
    async scan(scan) {
      const page = await table.scan(scan);
      charge(page.items, scan.strong ?? false);
      return page;
    },
    put: (item, condition) => table.put(item, condition),
    delete: (key, condition) => table.delete(key, condition),
    batchWrite: (batch) => table.batchWrite(batch),
  };
  return { table: metered, cost };
}
