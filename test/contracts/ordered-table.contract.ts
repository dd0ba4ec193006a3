/** What every `OrderedTable` promises, as one suite; an implementation's test file is a few lines. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ItemTooLarge, maxItemBytes, maxPageBytes, maxPartitionKeyBytes, maxSortKeyBytes } from '../../src/ports/ordered-table.ts';
import type { Item, Key, OrderedTable, Query } from '../../src/ports/ordered-table.ts';

export interface TableUnderTest {
  readonly table: OrderedTable;
  close?(): Promise<void>;
}

const strong = { strong: true };
const bytes = (length: number, fill = 7) => new Uint8Array(length).fill(fill);
const sortKeys = (items: readonly Item[]) => items.map(({ sk }) => sk);

export function orderedTableContract(name: string, make: () => Promise<TableUnderTest>): void {
  describe(`${name} as an ordered table`, () => {
    let made: TableUnderTest;
    let table: OrderedTable;
    let pk: string;
    let partitions = 0;
    beforeAll(async () => {
      made = await make();
      table = made.table;
    });
    afterAll(async () => made?.close?.());
    beforeEach(() => {
      pk = `partition-${++partitions}`;
    });

    const putAll = (sks: readonly string[]) => table.batchWrite({ puts: sks.map((sk) => ({ pk, sk })) });
    const query = (bounds: Partial<Query> = {}) => table.query({ pk, limit: 1000, ...strong, ...bounds });
    const walk = async (bounds: Partial<Query>) => {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await query({ ...bounds, after });
        found.push(...sortKeys(page.items));
        after = page.next;
      } while (after !== undefined);
      return found;
    };

    describe('get and put', () => {
      test('an item comes back as it was put', async () => {
        const item = { pk, sk: 'a', attributes: { rev: 'r1', version: 3, ratio: -0.25, size: 2 ** 53 - 1, empty: '' }, body: bytes(3000) };
        expect(await table.put(item)).toEqual({ written: true });
        expect(await table.get({ pk, sk: 'a' }, strong)).toEqual(item);
      });

      test('an item without attributes and body comes back without them', async () => {
        await table.put({ pk, sk: 'a', attributes: {} });
        expect(await table.get({ pk, sk: 'a' }, strong)).toEqual({ pk, sk: 'a' });
      });

      test('an empty body is a body', async () => {
        await table.put({ pk, sk: 'a', body: bytes(0) });
        expect((await table.get({ pk, sk: 'a' }, strong))?.body?.length).toBe(0);
      });

      test('attribute names may be any words, the names of the fields included', async () => {
        const attributes = { pk: 'p', sk: 's', body: 'b', announce: 'a', 'constructor': 'c', 'a.b-c#': 'd', size: 1 };
        await table.put({ pk, sk: 'a', attributes });
        expect((await table.get({ pk, sk: 'a' }, strong))?.attributes).toEqual(attributes);
      });

      test('a put replaces the whole item, bodies of every size included', async () => {
        for (const size of [5000, 10, 100, 101, 0, 40_000]) {
          await table.put({ pk, sk: 'a', attributes: { [`only${size}`]: size }, body: bytes(size, size % 251) });
          const found = await table.get({ pk, sk: 'a' }, strong);
          expect(found?.attributes).toEqual({ [`only${size}`]: size });
          expect(Buffer.from(found!.body!).equals(bytes(size, size % 251))).toBe(true);
        }
        await table.put({ pk, sk: 'a' });
        expect(await table.get({ pk, sk: 'a' }, strong)).toEqual({ pk, sk: 'a' });
      });

      test('announce is for the change feed and does not come back', async () => {
        await table.put({ pk, sk: 'a', attributes: { version: 1 }, announce: true });
        expect(await table.get({ pk, sk: 'a' }, strong)).toEqual({ pk, sk: 'a', attributes: { version: 1 } });
      });

      test('what is not there is undefined', async () => {
        expect(await table.get({ pk, sk: 'none' }, strong)).toBeUndefined();
      });

      test('keys that differ in case, accents or a zero byte are different keys', async () => {
        const sks = ['a', 'A', 'á', 'a\u0301', 'a\u0000', 'a\u0000b'];
        for (const [index, sk] of sks.entries()) await table.put({ pk, sk, attributes: { index } });
        for (const [index, sk] of sks.entries()) {
          expect((await table.get({ pk, sk }, strong))?.attributes).toEqual({ index });
        }
      });
    });

    describe('limits', () => {
      test('a partition key of 2,048 bytes and a sort key of 1,024 bytes are stored', async () => {
        const key = { pk: pk + 'é'.repeat((maxPartitionKeyBytes - pk.length) / 2 | 0), sk: 's'.repeat(maxSortKeyBytes) };
        await table.put(key);
        expect(await table.get(key, strong)).toEqual(key);
      });

      const tooLong: [string, Key][] = [
        ['partition key', { pk: 'é'.repeat(maxPartitionKeyBytes / 2) + 'x', sk: 'a' }],
        ['sort key', { pk: 'p', sk: 'é'.repeat(maxSortKeyBytes / 2) + 'x' }],
      ];
      test.each(tooLong)('a %s over its limit is refused everywhere', async (_name, key) => {
        await expect(table.put(key)).rejects.toThrow(ItemTooLarge);
        await expect(table.delete(key)).rejects.toThrow(ItemTooLarge);
        await expect(table.get(key, strong)).rejects.toThrow(ItemTooLarge);
        await expect(table.batchGet([key], strong)).rejects.toThrow(ItemTooLarge);
        await expect(table.batchWrite({ puts: [{ pk, sk: 'innocent' }, key] })).rejects.toThrow(ItemTooLarge);
        expect(await table.get({ pk, sk: 'innocent' }, strong)).toBeUndefined();
      });

      test('an empty key and half a surrogate pair are refused', async () => {
        await expect(table.put({ pk, sk: '' })).rejects.toThrow(RangeError);
        await expect(table.put({ pk: '', sk: 'a' })).rejects.toThrow(RangeError);
        await expect(table.put({ pk, sk: '\ud83d' })).rejects.toThrow(RangeError);
      });

      test('an item of 400 KB is stored, one byte more is refused', async () => {
        const overhead = 'pk'.length + pk.length + 'sk'.length + 'a'.length + 'body'.length;
        await table.put({ pk, sk: 'a', body: bytes(maxItemBytes - overhead) });
        expect((await table.get({ pk, sk: 'a' }, strong))?.body?.length).toBe(maxItemBytes - overhead);
        await expect(table.put({ pk, sk: 'a', body: bytes(maxItemBytes - overhead + 1) })).rejects.toThrow(ItemTooLarge);
        await expect(table.put({ pk, sk: 'a', attributes: { x: 'é'.repeat(maxItemBytes / 2) } })).rejects.toThrow(ItemTooLarge);
      });

      test('one caller\'s oversized item fails that caller alone', async () => {
        const outcomes = await Promise.allSettled([
          table.put({ pk, sk: 'a' }), table.put({ pk, sk: 'b', body: bytes(maxItemBytes) }), table.put({ pk, sk: 'c' }),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(sortKeys((await query()).items)).toEqual(['a', 'c']);
      });
    });

    describe('conditions', () => {
      const ifAbsent = { attribute: 'rev', absent: true } as const;
      const ifRev = (equals: string | number) => ({ attribute: 'rev', equals });

      test('absent holds where there is no item, or no such attribute', async () => {
        expect(await table.put({ pk, sk: 'a', attributes: { other: 1 } }, ifAbsent)).toEqual({ written: true });
        expect(await table.put({ pk, sk: 'a', attributes: { rev: 'r1' } }, ifAbsent)).toEqual({ written: true });
        expect(await table.delete({ pk, sk: 'none' }, ifAbsent)).toEqual({ written: true });
      });

      test('a failed condition returns the whole item that was there and changes nothing', async () => {
        const item = { pk, sk: 'a', attributes: { rev: 'r1' }, body: bytes(2000) };
        await table.put(item);
        expect(await table.put({ pk, sk: 'a', attributes: { rev: 'r2' } }, ifAbsent)).toEqual({ written: false, found: item });
        expect(await table.put({ pk, sk: 'a' }, ifRev('r0'))).toEqual({ written: false, found: item });
        expect(await table.delete({ pk, sk: 'a' }, ifRev('r0'))).toEqual({ written: false, found: item });
        expect(await table.get({ pk, sk: 'a' }, strong)).toEqual(item);
      });

      test('equals fails where there is no item, and finds none', async () => {
        expect(await table.put({ pk, sk: 'a' }, ifRev('r1'))).toEqual({ written: false, found: undefined });
        expect(await table.delete({ pk, sk: 'a' }, ifRev('r1'))).toEqual({ written: false, found: undefined });
      });

      test('equals tells strings from numbers', async () => {
        await table.put({ pk, sk: 'a', attributes: { rev: 1 } });
        expect((await table.put({ pk, sk: 'a' }, ifRev('1'))).written).toBe(false);
        expect(await table.put({ pk, sk: 'a', attributes: { rev: '2' } }, ifRev(1))).toEqual({ written: true });
        expect(await table.delete({ pk, sk: 'a' }, ifRev('2'))).toEqual({ written: true });
      });

      test('of 200 concurrent puts on one key, one wins for each rev', async () => {
        await table.put({ pk, sk: 'a', attributes: { rev: 'r0' } });
        for (const round of [1, 2, 3]) {
          const puts = Array.from({ length: 200 }, (_, writer) =>
            table.put({ pk, sk: 'a', attributes: { rev: `r${round}`, writer } }, ifRev(`r${round - 1}`)));
          const winners = (await Promise.all(puts)).flatMap(({ written }, writer) => (written ? [writer] : []));
          expect(winners).toHaveLength(1);
          expect((await table.get({ pk, sk: 'a' }, strong))?.attributes).toEqual({ rev: `r${round}`, writer: winners[0] });
        }
      });
    });

    describe('batches', () => {
      test('batchGet answers in the order of its keys, with undefined for what is not there, beyond 100 keys', async () => {
        const sks = Array.from({ length: 230 }, (_, index) => `k${index}`);
        await putAll(sks.filter((_, index) => index % 3 !== 0));
        const wanted = sks.toReversed();
        const found = await table.batchGet(wanted.map((sk) => ({ pk, sk })), strong);
        expect(found.map((item) => item?.sk)).toEqual(wanted.map((sk) => (Number(sk.slice(1)) % 3 === 0 ? undefined : sk)));
      });

      test('batchGet returns large items beyond any page size', async () => {
        const sks = Array.from({ length: 60 }, (_, index) => `k${index}`);
        await table.batchWrite({ puts: sks.map((sk) => ({ pk, sk, body: bytes(300_000) })) });
        const found = await table.batchGet(sks.map((sk) => ({ pk, sk })), strong);
        expect(found.every((item) => item?.body?.length === 300_000)).toBe(true);
      });

      test('batchWrite puts and deletes beyond 25 items', async () => {
        await putAll(Array.from({ length: 70 }, (_, index) => `old${String(index).padStart(2, '0')}`));
        const deletes = Array.from({ length: 69 }, (_, index) => ({ pk, sk: `old${String(index).padStart(2, '0')}` }));
        await table.batchWrite({ puts: Array.from({ length: 60 }, (_, index) => ({ pk, sk: `new${index}` })), deletes });
        expect((await query()).items).toHaveLength(61);
      });

      test('empty batches and deletes of what is not there are no errors', async () => {
        await table.batchWrite({});
        await table.batchWrite({ deletes: [{ pk, sk: 'none' }] });
        expect(await table.batchGet([], strong)).toEqual([]);
      });
    });

    describe('query', () => {
      const wide = ['a', 'b', '\u007f', 'é', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffee', '\u{10000}', '😀', '\u{10ffff}'];

      test('sort keys order by their UTF-8 bytes, surrogate pairs last', async () => {
        await putAll(wide.toSorted());
        expect(sortKeys((await query()).items)).toEqual(wide);
        expect(sortKeys((await query({ descending: true })).items)).toEqual(wide.toReversed());
        expect(sortKeys((await query({ from: '\uffee', to: '😀' })).items)).toEqual(['\uffee', '\u{10000}']);
      });

      test('from is inclusive, to exclusive, in both directions', async () => {
        await putAll(['a', 'b', 'c', 'd']);
        expect(sortKeys((await query({ from: 'b', to: 'd' })).items)).toEqual(['b', 'c']);
        expect(sortKeys((await query({ from: 'b', to: 'd', descending: true })).items)).toEqual(['c', 'b']);
        expect(sortKeys((await query({ from: 'b' })).items)).toEqual(['b', 'c', 'd']);
        expect(sortKeys((await query({ to: 'c', descending: true })).items)).toEqual(['b', 'a']);
        expect(sortKeys((await query({ from: 'aa', to: 'cc' })).items)).toEqual(['b', 'c']);
      });

      test('a range that is empty or turned round has no items', async () => {
        await putAll(['a', 'b', 'c']);
        for (const [from, to] of [['b', 'b'], ['c', 'a'], ['x', 'y'], ['', '']]) {
          expect(await query({ from, to })).toEqual({ items: [] });
          expect(await query({ from, to, descending: true })).toEqual({ items: [] });
        }
        expect(sortKeys((await query({ from: '' })).items)).toEqual(['a', 'b', 'c']);
      });

      test('another partition is not seen', async () => {
        await putAll(['a']);
        await table.put({ pk: `${pk}x`, sk: 'b' });
        expect(sortKeys((await query()).items)).toEqual(['a']);
        expect(await table.query({ pk: 'never written', limit: 5, strong: true })).toEqual({ items: [] });
      });

      const sks = Array.from({ length: 23 }, (_, index) => `k${String(index).padStart(2, '0')}`);
      test.each([1, 2, 5, 11, 22, 23, 24])('pages of %d walk every item once, in both directions and any range', async (limit) => {
        await putAll(sks);
        expect(await walk({ limit })).toEqual(sks);
        expect(await walk({ limit, descending: true })).toEqual(sks.toReversed());
        expect(await walk({ limit, from: 'k03', to: 'k20' })).toEqual(sks.slice(3, 20));
        expect(await walk({ limit, from: 'k03', to: 'k20', descending: true })).toEqual(sks.slice(3, 20).toReversed());
      });

      test('a page that is not full has no next', async () => {
        await putAll(sks);
        expect((await query({ limit: 24 })).next).toBeUndefined();
        expect((await query({ limit: 5 })).next).toBe('k04');
      });

      test('a cursor is a place, not an item: it may be deleted, and lie outside the range', async () => {
        await putAll(sks);
        await table.delete({ pk, sk: 'k04' });
        expect(sortKeys((await query({ limit: 2, after: 'k04' })).items)).toEqual(['k05', 'k06']);
        expect(sortKeys((await query({ limit: 2, after: 'k04', descending: true })).items)).toEqual(['k03', 'k02']);
        expect(sortKeys((await query({ from: 'k10', to: 'k12', after: 'k01' })).items)).toEqual(['k10', 'k11']);
        expect(await query({ from: 'k10', to: 'k12', after: 'k12' })).toEqual({ items: [] });
        expect(sortKeys((await query({ from: 'k10', to: 'k12', after: 'k15', descending: true })).items)).toEqual(['k11', 'k10']);
        expect(await query({ from: 'k10', to: 'k12', after: 'k10', descending: true })).toEqual({ items: [] });
      });

      test('a page closes at 1 MB', async () => {
        const large = Array.from({ length: 12 }, (_, index) => `k${String(index).padStart(2, '0')}`);
        await table.batchWrite({ puts: large.map((sk) => ({ pk, sk, body: bytes(200_000) })) });
        const page = await query();
        expect(page.next).toBeDefined();
        expect(page.items.length).toBeGreaterThan(0);
        expect(page.items.length * 200_000).toBeLessThanOrEqual(maxPageBytes + maxItemBytes);
        expect(await walk({})).toEqual(large);
        expect(await walk({ descending: true })).toEqual(large.toReversed());
      });

      test('a limit that is no whole number from 1 is refused', async () => {
        for (const limit of [0, -1, 1.5, NaN]) await expect(query({ limit })).rejects.toThrow(RangeError);
      });
    });

    test('a strong read sees every write acknowledged before it began', async () => {
      for (let version = 1; version <= 20; version++) {
        await table.put({ pk, sk: 'a', attributes: { version } });
        expect((await table.get({ pk, sk: 'a' }, strong))?.attributes).toEqual({ version });
        expect((await query()).items[0]?.attributes).toEqual({ version });
      }
    });

    test('a read that is not strong answers a present or an earlier state', async () => {
      await table.put({ pk, sk: 'a', attributes: { version: 1 } });
      await table.put({ pk, sk: 'a', attributes: { version: 2 } });
      expect([undefined, 1, 2]).toContain((await table.get({ pk, sk: 'a' }, { strong: false }))?.attributes?.version);
    });
  });

  describe(`${name} scanned as a whole`, () => {
    test.each([1, 3, 8])('%d segments are disjoint and complete, in pages of any size', async (segments) => {
      const { table, close } = await make();
      const keys = Array.from({ length: 90 }, (_, index) => ({ pk: `Type/${index % 30}`, sk: `s${index}` }));
      await table.batchWrite({ puts: [...keys, { pk: 'x', sk: 'one letter' }, { pk: '😀', sk: 'no letter' }] });
      const seen: string[] = [];
      for (let segment = 0; segment < segments; segment++) {
        for (const limit of segment % 2 ? [7] : [100]) {
          let after: Key | undefined;
          do {
            const page = await table.scan({ segment, segments, limit, after, strong: true });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            seen.push(...page.items.map((item) => `${item.pk} ${item.sk}`));
            after = page.next;
          } while (after !== undefined);
        }
      }
      const expected = [...keys.map((key) => `${key.pk} ${key.sk}`), 'x one letter', '😀 no letter'];
      expect(seen.toSorted()).toEqual(expected.toSorted());
      await close?.();
    });
  });
}
