/**
 * A table that answers every read not asked to be strong with the previous state of each item, however long ago it
 * was written: DynamoDB allows it and no engine shows it by itself. What `inner` held before it was wrapped is
 * unknown to such reads.
 */
import type { Condition, Item, Key, OrderedTable, WriteOutcome } from '../../src/ports/ordered-table.ts';
import { memoryTable } from './memory-table.ts';

export function laggingTable(inner: OrderedTable): OrderedTable {
  const previous = memoryTable();
  const strong = { strong: true };
  const remember = (key: Key, before: Item | undefined) =>
    before === undefined ? previous.delete({ pk: key.pk, sk: key.sk }) : previous.put(before);
  const write = async (key: Key, run: () => Promise<WriteOutcome>): Promise<WriteOutcome> => {
    const before = await inner.get({ pk: key.pk, sk: key.sk }, strong);
    const outcome = await run();
    if (outcome.written) await remember(key, before);
    return outcome;
  };
  return {
    get: (key, options) => (options.strong ? inner : previous).get(key, options),
    batchGet: (keys, options) => (options.strong ? inner : previous).batchGet(keys, options),
    query: (query) => (query.strong ? inner : previous).query(query),
    scan: (scan) => (scan.strong ? inner : previous).scan(scan),
    put: (item: Item, condition?: Condition) => write(item, () => inner.put(item, condition)),
    delete: (key: Key, condition?: Condition) => write(key, () => inner.delete(key, condition)),
    async batchWrite(batch) {
      const keys = [...(batch.puts ?? []), ...(batch.deletes ?? [])].map(({ pk, sk }) => ({ pk, sk }));
      const before = await inner.batchGet(keys, strong);
      await inner.batchWrite(batch);
      for (const [index, key] of keys.entries()) await remember(key, before[index]);
    },
  };
}
