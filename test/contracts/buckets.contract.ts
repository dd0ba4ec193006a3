/** What every `Buckets` promises, as one suite. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BucketRefused } from '../../src/ports/buckets.ts';
import type { Buckets } from '../../src/ports/buckets.ts';

export interface BucketsUnderTest {
  readonly buckets: Buckets;
  /** Of one that is there and empty. */
  readonly bucket: string;
  /** Of one that is not there. */
  readonly missing: string;
  close?(): Promise<void>;
}

/** @returns the reason, `none` where it is not refused */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => undefined, (reason: unknown) => reason);
  if (error !== undefined && !(error instanceof BucketRefused)) throw error;
  return error?.reason ?? 'none';
}

export function bucketsContract(name: string, make: () => Promise<BucketsUnderTest>): void {
  describe(`${name} as buckets of bulk jobs`, () => {
    let made: BucketsUnderTest;
    beforeAll(async () => {
      made = await make();
    });
    afterAll(async () => made?.close?.());

    const put = (key: string, text: string) => made.buckets.put({ bucket: made.bucket, key }, Buffer.from(text));
    const keys = async (prefix: string, limit = 100): Promise<readonly string[]> => {
      const found: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await made.buckets.list({ bucket: made.bucket, prefix, limit, ...(after === undefined ? {} : { after }) });
        expect(page.objects.length).toBeLessThanOrEqual(limit);
        found.push(...page.objects.map(({ key }) => key));
        if (page.next === undefined) return found;
        after = page.next;
      }
    };
    const bytes = async (key: string, { revision, range }: { revision?: string; range?: { first: number; last: number } } = {}): Promise<Buffer> => {
      const pieces: Uint8Array[] = [];
      const known = revision ?? (await made.buckets.head({ bucket: made.bucket, key }))?.revision ?? 'none';
      for await (const piece of made.buckets.read({ bucket: made.bucket, key, revision: known }, range)) pieces.push(piece);
      return Buffer.concat(pieces);
    };

    test('objects are listed by the bytes of their keys, in pages and by prefix', async () => {
      const all = ['list/a b+c', 'list/a-x', 'list/a.x', 'list/a/b/c', 'list/a/z', 'list/aé', 'list/b'];
      for (const key of [...all].reverse()) await put(key, key);
      for (const limit of [1, 2, 100]) expect(await keys('list/', limit)).toEqual(all);
      expect(await keys('list/a/')).toEqual(['list/a/b/c', 'list/a/z']);
      expect(await keys('list/a/b')).toEqual(['list/a/b/c']);
      expect(await keys('nothing/')).toEqual([]);
      const { objects: [first] } = await made.buckets.list({ bucket: made.bucket, prefix: 'list/', limit: 1 });
      expect(await made.buckets.head({ bucket: made.bucket, key: 'list/a b+c' })).toMatchObject(first!);
      expect(first?.sizeBytes).toBe(10);
    });

    test('an object is read whole and in ranges, and not when it has changed or is gone', async () => {
      await put('read', '0123456789');
      expect(String(await bytes('read'))).toBe('0123456789');
      expect(String(await bytes('read', { range: { first: 3, last: 5 } }))).toBe('345');
      const { revision } = (await made.buckets.head({ bucket: made.bucket, key: 'read' }))!;
      await put('read', 'abcdefghij');
      expect(await refusal(bytes('read', { revision, range: { first: 0, last: 1 } }))).toBe('changed');
      expect(await refusal(bytes('never', { revision, range: { first: 0, last: 1 } }))).toBe('changed');
      expect(await made.buckets.head({ bucket: made.bucket, key: 'never' })).toBeUndefined();
    });

    test.each([0, 1, 9_000_000, 16 * 1024 * 1024])('a stream of %d bytes becomes an object', async (size) => {
      const body = Buffer.alloc(size).map((_, index) => index * 31);
      async function* source(): AsyncGenerator<Uint8Array> {
        for (let from = 0; from < size; from += 1_000_003) yield body.subarray(from, from + 1_000_003);
      }
      await made.buckets.put({ bucket: made.bucket, key: 'stream' }, source());
      expect((await bytes('stream')).equals(body)).toBe(true);
    });

    test('a stream that fails leaves the object as it was', async () => {
      await put('kept', 'kept');
      async function* source(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(9_000_000);
        throw new Error('The source failed.');
      }
      await expect(made.buckets.put({ bucket: made.bucket, key: 'kept' }, source())).rejects.toThrow('The source failed.');
      expect(String(await bytes('kept'))).toBe('kept');
    });

    test('a bucket that is not there is told of, whatever is asked of it', async () => {
      const place = { bucket: made.missing, key: 'x' };
      const read = async (): Promise<void> => {
        for await (const _piece of made.buckets.read({ ...place, revision: 'r' }, { first: 0, last: 1 })) throw new Error('It was read.');
      };
      expect(await refusal(made.buckets.list({ bucket: made.missing, prefix: '', limit: 1 }))).toBe('missing-bucket');
      expect(await refusal(made.buckets.put(place, Buffer.from('x')))).toBe('missing-bucket');
      expect(await refusal(made.buckets.head(place))).toBe('missing-bucket');
      expect(await refusal(read())).toBe('missing-bucket');
    });
  });
}
