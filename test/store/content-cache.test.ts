import { describe, expect, test } from '@jest/globals';
import { contentCache, contentCacheCharacters, type Content } from '../../src/store/content-cache.ts';
import type { StoredVersion } from '../../src/store/version-item.ts';

const version = (id: string, writeId = 'w'): StoredVersion => ({
  type: 'Basic', id, writeId, versionId: 1, lastUpdated: 0, created: 0, interaction: 'create', generation: 1,
});
const content = (length: number): Content => ({ json: 'x'.repeat(length), resource: { resourceType: 'Basic' } });
const share = contentCacheCharacters / 64;

describe('contents of versions', () => {
  test('are found under their write id and their resource only', () => {
    const cache = contentCache();
    const kept = content(10);
    cache.put(version('a'), kept);
    expect(cache.get(version('a'))).toBe(kept);
    expect(cache.get(version('b'))).toBeUndefined();
    expect(cache.get(version('a', 'v'))).toBeUndefined();
  });

  test('make room for others in the order in which they were last used', () => {
    const cache = contentCache();
    for (let number = 0; number < 64; number += 1) cache.put(version(String(number)), content(share));
    cache.get(version('0'));
    cache.put(version('64'), content(share));
    expect(cache.get(version('0'))).toBeDefined();
    expect(cache.get(version('1'))).toBeUndefined();
    expect(cache.get(version('64'))).toBeDefined();
  });

  test('of a size that would push out the others are not kept', () => {
    const cache = contentCache();
    cache.put(version('large'), content(share + 1));
    expect(cache.get(version('large'))).toBeUndefined();
  });
});
