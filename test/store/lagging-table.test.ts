import { expect, test } from '@jest/globals';
import { laggingTable } from './lagging-table.ts';
import { memoryTable } from './memory-table.ts';

const weak = { strong: false };

test('the lagging table answers reads that are not strong with the state before the last write of each item', async () => {
  const table = laggingTable(memoryTable());
  const key = { pk: 'p', sk: 'a' };
  await table.put({ ...key, attributes: { n: 1 } });
  expect(await table.get(key, weak)).toBeUndefined();
  await table.put({ ...key, attributes: { n: 2 } });
  await table.put({ ...key, attributes: { n: 3 } }, { attribute: 'n', equals: 9 });
  await table.batchWrite({ puts: [{ pk: 'p', sk: 'b' }] });
  expect((await table.query({ pk: 'p', limit: 9, ...weak })).items).toEqual([{ ...key, attributes: { n: 1 } }]);
  expect((await table.scan({ segment: 0, segments: 1, limit: 9 })).items).toHaveLength(1);
  await table.delete(key);
  expect(await table.batchGet([key], weak)).toEqual([{ ...key, attributes: { n: 2 } }]);
  expect(await table.batchGet([key], { strong: true })).toEqual([undefined]);
});
