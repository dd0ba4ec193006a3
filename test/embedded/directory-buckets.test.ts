/** Directories as buckets: their files and nothing else of the machine. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryBuckets } from '../../src/embedded/directory-buckets.ts';
import { BucketRefused } from '../../src/ports/buckets.ts';
import type { Buckets } from '../../src/ports/buckets.ts';

let folder: string;
let buckets: Buckets;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-buckets-'));
  mkdirSync(join(folder, 'lake'));
  buckets = directoryBuckets(new Map([['lake', join(folder, 'lake')], ['gone', join(folder, 'gone')]]));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function keys(prefix = '', limit = 100): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await buckets.list({ bucket: 'lake', prefix, limit, ...(after === undefined ? {} : { after }) });
    found.push(...page.objects.map(({ key }) => key));
    if (page.next === undefined) return found;
    after = page.next;
  }
}

async function text(key: string, range?: { first: number; last: number }): Promise<string> {
  const found = await buckets.head({ bucket: 'lake', key });
  const pieces: Uint8Array[] = [];
  for await (const piece of buckets.read({ bucket: 'lake', key, revision: found?.revision ?? 'none' }, range)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => undefined, (reason: unknown) => reason);
  return error instanceof BucketRefused ? error.reason : 'none';
}

describe('a directory as a bucket', () => {
  test('lists its files by the bytes of their paths, in pages and by prefix', async () => {
    for (const key of ['b', 'a/z', 'a/b/c', 'a.x', 'a-x', 'aé']) {
      await buckets.put({ bucket: 'lake', key }, Buffer.from(key));
    }
    const all = ['a-x', 'a.x', 'a/b/c', 'a/z', 'aé', 'b'];
    for (const limit of [1, 2, 100]) expect(await keys('', limit)).toEqual(all);
    expect(await keys('a/')).toEqual(['a/b/c', 'a/z']);
    expect(await keys('a/b')).toEqual(['a/b/c']);
  });

  test('gives a file whole and in ranges, and not when it has changed', async () => {
    await buckets.put({ bucket: 'lake', key: 'f' }, Buffer.from('0123456789'));
    expect(await text('f')).toBe('0123456789');
    expect(await text('f', { first: 3, last: 5 })).toBe('345');
    const { revision } = (await buckets.head({ bucket: 'lake', key: 'f' }))!;
    await buckets.put({ bucket: 'lake', key: 'f' }, Buffer.from('abcdefghij'));
    const reading = async (): Promise<void> => {
      for await (const _piece of buckets.read({ bucket: 'lake', key: 'f', revision })) expect(_piece).toBeUndefined();
    };
    expect(await refusal(reading())).toBe('changed');
  });

  test('has no files that are still being written, and none behind links', async () => {
    writeFileSync(join(folder, 'secret'), 'secret');
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside', 'f'), 'secret');
    symlinkSync(join(folder, 'secret'), join(folder, 'lake', 'link'));
    symlinkSync(join(folder, 'outside'), join(folder, 'lake', 'linked'));
    for (const name of ['x.part', '.hidden', 'x.tmp', 'good']) writeFileSync(join(folder, 'lake', name), 'x');
    expect(await keys()).toEqual(['good']);
    for (const key of ['link', 'linked/f', '../secret', 'a/../../secret', '/etc/passwd']) expect(await buckets.head({ bucket: 'lake', key })).toBeUndefined();
    for (const key of ['linked/new', '../new', 'a/../../new', 'a//b', '']) {
      expect([key, await refusal(buckets.put({ bucket: 'lake', key }, Buffer.from('x')))]).toEqual([key, 'bad-key']);
    }
    expect(readFileSync(join(folder, 'outside', 'f'), 'utf8')).toBe('secret');
  });

  test('is missing where nothing is mounted, and where the directory is not there', async () => {
    expect(await refusal(buckets.list({ bucket: 'other', prefix: '', limit: 1 }))).toBe('missing-bucket');
    expect(await refusal(buckets.put({ bucket: 'gone', key: 'x' }, Buffer.from('x')))).toBe('missing-bucket');
  });
});
