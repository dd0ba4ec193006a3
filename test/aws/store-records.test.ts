/** Data stores by their ids, kept for a while. */
import { describe, expect, test } from '@jest/globals';
import { knownStores, maxKnownStores, recordLifeMs } from '../../src/aws/store-records.ts';
import type { DatastoreRecord, DatastoreStatus } from '../../src/operations/datastore/datastore-record.ts';

const id = '0123456789abcdef0123456789abcdef';

function setting() {
  const time = { now: 0 };
  const table = new Map<string, DatastoreRecord>();
  const reads: string[] = [];
  const opened: string[] = [];
  const add = (status: DatastoreStatus, named = id) =>
    table.set(named, { id: named, name: 'default', status, created: 1, secret: new Uint8Array(32) });
  const find = knownStores({
    records: {
      async read(asked) {
        reads.push(asked);
        return table.get(asked);
      },
    },
    clock: { now: () => time.now },
    open: (record) => {
      opened.push(record.id);
      return { of: record.id };
    },
  });
  return { time, table, reads, opened, add, find };
}

describe('a data store', () => {
  test.each<DatastoreStatus>(['ACTIVE', 'UPDATING', 'UPDATE_FAILED'])('that is %s is served', async (status) => {
    const { add, find } = setting();
    add(status);
    expect(await find(id)).toEqual({ of: id });
  });

  test.each<[DatastoreStatus, number]>([['CREATING', 409], ['CREATE_FAILED', 409], ['DELETING', 404], ['DELETED', 404]])(
    'that is %s is refused with %d', async (status, expected) => {
      const { add, find, opened } = setting();
      add(status);
      await expect(find(id)).rejects.toMatchObject({ status: expected });
      expect(opened).toEqual([]);
    },
  );

  test('that there is not is refused with 404, and looked up only where the id can be one', async () => {
    const { find, reads } = setting();
    await expect(find(id)).rejects.toMatchObject({ status: 404 });
    await expect(find('../other')).rejects.toMatchObject({ status: 404 });
    expect(reads).toEqual([id]);
  });

  test('is looked up and opened once for many requests', async () => {
    const { add, find, reads, opened } = setting();
    add('ACTIVE');
    const first = await find(id);
    expect(await find(id)).toBe(first);
    expect([reads, opened]).toEqual([[id], [id]]);
  });

  test('is looked up again after a while, and stays open', async () => {
    const { add, find, time, reads, opened } = setting();
    add('ACTIVE');
    const first = await find(id);
    time.now += recordLifeMs;
    expect(await find(id)).toBe(first);
    expect([reads, opened]).toEqual([[id, id], [id]]);
  });

  test('that is deleted is served for no longer than its record is kept', async () => {
    const { add, find, time } = setting();
    add('ACTIVE');
    await find(id);
    add('DELETED');
    time.now += recordLifeMs;
    await expect(find(id)).rejects.toMatchObject({ status: 404 });
  });

  test('that becomes ACTIVE is served at once', async () => {
    const { add, find } = setting();
    add('CREATING');
    await expect(find(id)).rejects.toMatchObject({ status: 409 });
    add('ACTIVE');
    expect(await find(id)).toEqual({ of: id });
  });
});

test('a process that meets very many data stores forgets them and looks them up again', async () => {
  const { add, find, reads } = setting();
  for (let number = 0; number <= maxKnownStores; number += 1) {
    const named = number.toString(16).padStart(32, '0');
    add('ACTIVE', named);
    await find(named);
  }
  await find('0'.repeat(32));
  expect(reads).toHaveLength(maxKnownStores + 2);
});
