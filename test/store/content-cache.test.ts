import { describe, expect, test } from '@jest/globals';
import { contentCache, contentCacheBytes, heldContents, parsedWeight } from '../../src/store/content-cache.ts';
import type { StoredVersion } from '../../src/store/version-item.ts';

const version = (id: string, writeId = 'w'): StoredVersion => ({
  type: 'Basic', id, writeId, versionId: 1, lastUpdated: 0, created: 0, interaction: 'create', generation: 1,
});
/** The JSON of a resource, so long. */
const json = (length: number): string => `{"resourceType":"Basic"${' '.repeat(length - 24)}}`;
/** 64 resources of this length fit, parsed; the largest that is kept. */
const share = contentCacheBytes / 64 / parsedWeight;

describe('contents of versions', () => {
  test('are found under their write id and their resource only', () => {
    const cache = contentCache();
    const kept = cache.keep(version('a'), json(30));
    expect(cache.get(version('a'))).toBe(kept);
    expect(cache.get(version('b'))).toBeUndefined();
    expect(cache.get(version('a', 'v'))).toBeUndefined();
  });

  test('are parsed once, for whoever asks first', () => {
    const cache = contentCache();
    const { resource } = cache.keep(version('a'), json(30));
    expect(resource).toEqual({ resourceType: 'Basic' });
    expect(cache.get(version('a'))!.resource).toBe(resource);
  });

  test('make room for others in the order in which they were last used', () => {
    const cache = contentCache();
    const parsed = (id: string) => cache.keep(version(id), json(share)).resource;
    for (let number = 0; number < 64; number += 1) parsed(String(number));
    cache.get(version('0'));
    parsed('64');
    expect(cache.get(version('0'))).toBeDefined();
    expect(cache.get(version('1'))).toBeUndefined();
    expect(cache.get(version('64'))).toBeDefined();
    for (let number = 65; number < 65 + 62; number += 1) parsed(String(number));
    expect(cache.get(version('0'))).toBeDefined();
    expect(cache.get(version('64'))).toBeDefined();
    parsed('last');
    expect(cache.get(version('65'))).toBeUndefined();
  });

  test('take more room once they are parsed', () => {
    const cache = contentCache();
    const contents = Array.from({ length: 64 * parsedWeight }, (_, number) => cache.keep(version(String(number)), json(share)));
    expect(cache.get(version('0'))).toBe(contents[0]);
    expect(contents.at(-1)!.resource).toBeDefined();
    const left = contents.filter((_, number) => cache.get(version(String(number))) !== undefined);
    expect(left).toHaveLength(contents.length - (parsedWeight - 1));
  });

  test('that had to go take no room any more, whenever they are parsed', () => {
    const cache = contentCache();
    const first = cache.keep(version('first'), json(share));
    for (let number = 0; number < 64 * parsedWeight; number += 1) cache.keep(version(String(number)), json(share));
    expect(cache.get(version('first'))).toBeUndefined();
    expect(first.resource).toEqual({ resourceType: 'Basic' });
    expect(cache.get(version('0'))).toBeDefined();
  });

  test('of a size that would push out the others are not kept', () => {
    const cache = contentCache();
    expect(cache.keep(version('large'), json(share + 1)).resource).toEqual({ resourceType: 'Basic' });
    expect(cache.get(version('large'))).toBeUndefined();
  });

  test('stay at hand while they are held, though others take their room', async () => {
    const contents = contentCache();
    const kept = contents.keep(version('a'), json(share));
    const objects = { put: async () => {}, get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) };
    const held = heldContents({ contents, objects });
    expect(held.isKnown(version('a'))).toBe(true);
    expect(held.isKnown(version('a', 'v'))).toBe(false);
    for (let number = 0; number < 64 * parsedWeight; number += 1) contents.keep(version(String(number)), json(share));
    expect(contents.get(version('a'))).toBeUndefined();
    expect(await held.contentOf(version('a'))).toBe(kept);
  });
});
