/** What every `ChangeFeed` promises about the announced puts of its table, as one suite. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeFeed } from '../../src/ports/change-feed.ts';
import type { OrderedTable } from '../../src/ports/ordered-table.ts';

export interface FeedUnderTest {
  readonly table: OrderedTable;
  readonly feed: ChangeFeed;
  close?(): Promise<void>;
}

/** @param make a fresh table whose changes the consumers `events` and `clean-up` read */
export function changeFeedContract(name: string, make: () => Promise<FeedUnderTest>): void {
  describe(`${name} as a change feed`, () => {
    let made: FeedUnderTest;
    beforeAll(async () => {
      made = await make();
    });
    afterAll(async () => made?.close?.());

    /** Reads and acknowledges all there is. */
    const drain = async (consumer: string) => {
      const changes = await made.feed.read(consumer, 1000);
      if (changes.length > 0) await made.feed.acknowledge(consumer, changes.at(-1)!.sequence);
      return changes;
    };
    const put = (sk: string, version: number, announce: boolean) =>
      made.table.put({ pk: 'Patient/1', sk, attributes: { version }, body: new Uint8Array(10), announce });

    test('announced puts arrive in order, without their bodies; others do not', async () => {
      await put('@', 1, true);
      await put('v1', 1, false);
      await put('@', 2, true);
      await made.table.batchWrite({ puts: [{ pk: 'Patient/2', sk: '@', announce: true }, { pk: 'Patient/3', sk: '@' }] });
      const changes = await drain('events');
      expect(changes.map(({ item }) => item)).toEqual([
        { pk: 'Patient/1', sk: '@', attributes: { version: 1 }, announce: true },
        { pk: 'Patient/1', sk: '@', attributes: { version: 2 }, announce: true },
        { pk: 'Patient/2', sk: '@', announce: true },
      ]);
      expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map(({ sequence }) => sequence).toSorted((a, b) => a - b));
    });

    test('a put whose condition failed is not announced', async () => {
      await drain('events');
      const item = { pk: 'Patient/1', sk: '@', attributes: { version: 9 }, announce: true };
      expect((await made.table.put(item, { attribute: 'version', equals: 7 })).written).toBe(false);
      expect(await made.feed.read('events', 10)).toEqual([]);
    });

    test('what is not acknowledged comes again, in pages of the size asked for', async () => {
      await drain('events');
      for (const version of [1, 2, 3, 4, 5]) await put('@', version, true);
      const first = await made.feed.read('events', 2);
      expect(first.map(({ item }) => item.attributes?.version)).toEqual([1, 2]);
      expect(await made.feed.read('events', 2)).toEqual(first);
      await made.feed.acknowledge('events', first[0]!.sequence);
      expect((await made.feed.read('events', 100)).map(({ item }) => item.attributes?.version)).toEqual([2, 3, 4, 5]);
    });

    test('a watermark never moves back', async () => {
      await drain('events');
      await put('@', 1, true);
      const [change] = await drain('events');
      await made.feed.acknowledge('events', change!.sequence - 1);
      expect(await made.feed.read('events', 10)).toEqual([]);
    });

    test('consumers do not wait for one another', async () => {
      await drain('events');
      await drain('clean-up');
      await put('@', 1, true);
      await put('@', 2, true);
      expect(await drain('events')).toHaveLength(2);
      expect(await made.feed.read('events', 10)).toEqual([]);
      expect(await made.feed.read('clean-up', 10)).toHaveLength(2);
    });

    test('a consumer that is not registered is refused', async () => {
      await expect(made.feed.read('stranger', 1)).rejects.toThrow(RangeError);
      await expect(made.feed.acknowledge('stranger', 1)).rejects.toThrow(RangeError);
    });
  });
}
