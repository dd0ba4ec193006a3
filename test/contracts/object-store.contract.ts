/** What every `ObjectStore` promises, as one suite. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../src/ports/object-store.ts';

export interface ObjectsUnderTest {
  readonly objects: ObjectStore;
  close?(): Promise<void>;
}

export function objectStoreContract(name: string, make: () => Promise<ObjectsUnderTest>): void {
  describe(`${name} as an object store`, () => {
    let made: ObjectsUnderTest;
    let objects: ObjectStore;
    beforeAll(async () => {
      made = await make();
      objects = made.objects;
    });
    afterAll(async () => made?.close?.());

    const putAll = (keys: readonly string[]) => Promise.all(keys.map((key) => objects.put(key, Buffer.from(key))));
    const walk = async (prefix: string, limit: number) => {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await objects.list({ prefix, limit, after });
        expect(page.keys.length).toBeLessThanOrEqual(limit);
        found.push(...page.keys);
        after = page.next;
      } while (after !== undefined);
      return found;
    };

    test.each([0, 1, 70_000, 6_000_000])('an object of %d bytes comes back as it was put', async (size) => {
      const body = new Uint8Array(size).map((_, index) => index * 31);
      await objects.put('sizes/object', body);
      expect(Buffer.from((await objects.get('sizes/object'))!).equals(Buffer.from(body))).toBe(true);
    });

    test('a put replaces the whole object', async () => {
      await objects.put('replaced', new Uint8Array(5000).fill(1));
      await objects.put('replaced', new Uint8Array(10).fill(2));
      expect([...(await objects.get('replaced'))!]).toEqual(Array(10).fill(2));
    });

    test('of concurrent puts one stands, whole', async () => {
      const bodies = Array.from({ length: 20 }, (_, writer) => new Uint8Array(20_000).fill(writer));
      await Promise.all(bodies.map((body) => objects.put('contended/object', body)));
      const found = (await objects.get('contended/object'))!;
      expect(found).toHaveLength(20_000);
      expect(new Set(found).size).toBe(1);
    });

    test('what is not there is undefined, and deleting it is no error', async () => {
      expect(await objects.get('none')).toBeUndefined();
      expect(await objects.get('none/at/all')).toBeUndefined();
      await objects.delete('none');
      await objects.delete('none/at/all');
    });

    test('a deleted object is gone', async () => {
      await putAll(['gone/a', 'gone/b']);
      await objects.delete('gone/a');
      expect(await objects.get('gone/a')).toBeUndefined();
      expect((await objects.list({ prefix: 'gone/', limit: 10 })).keys).toEqual(['gone/b']);
    });

    const ordered = [
      'list/a-b', 'list/a.b', 'list/a/b', 'list/a/c/d', 'list/a/c=1/d', 'list/a0', 'list/a=1', 'list/aA', 'list/a_', 'list/aa', 'list/b/b',
    ];
    test.each([1, 2, 3, 10, 11, 12])('keys are listed in byte order, in pages of %d', async (limit) => {
      await putAll(ordered);
      expect(await walk('list/', limit)).toEqual(ordered);
      expect(await walk('list/a/', limit)).toEqual(['list/a/b', 'list/a/c/d', 'list/a/c=1/d']);
      expect(await walk('list/a/c', limit)).toEqual(['list/a/c/d', 'list/a/c=1/d']);
      expect(await walk('list/a', limit)).toEqual(ordered.slice(0, -1));
    });

    test('a prefix without keys, and a place behind the last key, list nothing', async () => {
      await putAll(ordered);
      expect((await objects.list({ prefix: 'list/z', limit: 5 })).keys).toEqual([]);
      expect((await objects.list({ prefix: 'list/', limit: 5, after: 'list/z' })).keys).toEqual([]);
      expect((await objects.list({ prefix: 'list/', limit: 2, after: 'list/a/c' })).keys).toEqual(['list/a/c/d', 'list/a/c=1/d']);
    });

    test('folders whose objects are all gone do not end a list', async () => {
      await putAll(['holes/a/x', 'holes/b/x', 'holes/c/x', 'holes/d']);
      await Promise.all(['holes/a/x', 'holes/b/x', 'holes/c/x'].map((key) => objects.delete(key)));
      expect(await walk('holes/', 1)).toEqual(['holes/d']);
    });

    const hostile = [
      '', '/', '/etc/passwd', 'a/', '/a', 'a//b', '.', '..', '../a', 'a/../b', 'a/..', 'a/./b', 'a\u0000b', 'a\\b', 'a b', 'é', 'a~', '~drafts/a',
      'C:a', '%2e%2e/a', 'x'.repeat(256), `${'x/'.repeat(512)}xx`,
    ];
    test.each(hostile)('the key %j is refused everywhere', async (key) => {
      await expect(objects.put(key, Buffer.from('x'))).rejects.toThrow(RangeError);
      await expect(objects.get(key)).rejects.toThrow(RangeError);
      await expect(objects.delete(key)).rejects.toThrow(RangeError);
    });

    test.each(['é', 'a b', '\u0000', '%2e'])('the prefix %j is refused', async (prefix) => {
      await expect(objects.list({ prefix, limit: 1 })).rejects.toThrow(RangeError);
    });
  });
}
