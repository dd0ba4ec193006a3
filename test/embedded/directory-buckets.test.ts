/** Directories as buckets: their files and nothing else of the machine. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryBuckets } from '../../src/embedded/directory-buckets.ts';
import type { Buckets } from '../../src/ports/buckets.ts';
import { bucketsContract, refusal } from '../contracts/buckets.contract.ts';

bucketsContract('directories', async () => {
  const root = mkdtempSync(join(tmpdir(), 'caldera-buckets-'));
  return { buckets: directoryBuckets(new Map([['lake', root]])), bucket: 'lake', missing: 'other', close: async () => rmSync(root, { recursive: true }) };
});

let folder: string;
let buckets: Buckets;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-buckets-'));
  mkdirSync(join(folder, 'lake'));
  buckets = directoryBuckets(new Map([['lake', join(folder, 'lake')], ['gone', join(folder, 'gone')]]));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function keys(): Promise<readonly string[]> {
  const { objects } = await buckets.list({ bucket: 'lake', prefix: '', limit: 100 });
  return objects.map(({ key }) => key);
}

describe('a directory as a bucket', () => {
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
    expect(await refusal(buckets.put({ bucket: 'lake', key: 'linked/deep/new' }, Buffer.from('x')))).toBe('bad-key');
    expect(readdirSync(join(folder, 'outside'))).toEqual(['f']);
  });

  test('refuses what no file can be named, and what is a folder or lies below a file', async () => {
    await buckets.put({ bucket: 'lake', key: 'a/file' }, Buffer.from('x'));
    for (const key of ['n'.repeat(256), `${'n'.repeat(256)}/x`, 'a', 'a/file/x', 'a/file/x/y']) {
      expect([key.length, await refusal(buckets.put({ bucket: 'lake', key }, Buffer.from('x')))]).toEqual([key.length, 'bad-key']);
      expect(key === 'a' ? undefined : await buckets.head({ bucket: 'lake', key })).toBeUndefined();
    }
    expect(readdirSync(join(folder, 'lake', 'a'))).toEqual(['file']);
    expect(await keys()).toEqual(['a/file']);
  });

  test('is missing where nothing is mounted, and where the directory is not there', async () => {
    expect(await refusal(buckets.list({ bucket: 'other', prefix: '', limit: 1 }))).toBe('missing-bucket');
    expect(await refusal(buckets.put({ bucket: 'gone', key: 'x' }, Buffer.from('x')))).toBe('missing-bucket');
  });
});
