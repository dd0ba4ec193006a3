import { describe, expect, test } from '@jest/globals';
import { followLake } from '../../../src/operations/lake/follow-lake.ts';
import { lakeUpkeep, sweepLake } from '../../../src/operations/lake/lake-upkeep.ts';
import type { Change, ChangeFeed } from '../../../src/ports/change-feed.ts';
import { lakeHarness } from './lake-harness.ts';
import type { LakeHarness } from './lake-harness.ts';

/** A feed with one consumer over the announced puts of the harness. */
function feedOf(lake: LakeHarness): ChangeFeed & { readonly heard: () => number } {
  const changes: Change[] = [];
  let heard = 0;
  const taken = (): void => {
    for (const { type, id, versionId } of lake.announced.splice(0)) {
      changes.push({ sequence: changes.length + 1, item: { pk: `${type}/${id}`, sk: '@', attributes: { version: versionId } } });
    }
  };
  return {
    heard: () => heard,
    async read(_consumer, limit) {
      taken();
      return changes.filter(({ sequence }) => sequence > heard).slice(0, limit);
    },
    async acknowledge(_consumer, sequence) {
      heard = sequence;
    },
  };
}

describe('Following a change feed', () => {
  test('a lake that was never built is read from the store, and what was announced by then is passed over', async () => {
    const lake = lakeHarness();
    const feed = feedOf(lake);
    const following = { ...lake.dependencies, feed, consumer: 'lake' };
    await lake.put('Patient', 'a');
    expect(await followLake(following)).toMatchObject({ rows: 0, isWhole: false });
    expect(feed.heard()).toBe(1);
    while (await lakeUpkeep(lake.dependencies) === 'more');
    await lake.put('Patient', 'b');
    const before = lake.clock.now();
    const { asOf, ...followed } = await followLake(following);
    expect(followed).toEqual({ rows: 1, isWhole: true });
    expect(asOf).toBeGreaterThan(before);
    expect(await lake.current('Patient')).toEqual(['a/1', 'b/1']);
  });

  test('the feed is told when the files are published, and not before', async () => {
    const lake = lakeHarness();
    const feed = feedOf(lake);
    const following = { ...lake.dependencies, feed, consumer: 'lake' };
    await followLake(following);
    while (await lakeUpkeep(lake.dependencies) === 'more');
    await lake.put('Patient', 'a');
    const failing = { ...lake.dependencies.parquet, write: async () => Promise.reject(new Error('killed')) };
    await expect(followLake({ ...following, parquet: failing })).rejects.toThrow('killed');
    expect(feed.heard()).toBe(0);
    expect(await followLake(following)).toMatchObject({ rows: 1 });
    expect(feed.heard()).toBe(1);
  });

  test('what an import has found just so was announced when it was made', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    lake.announced.length = 0;
    const told = (affirmed: string): Change => ({ sequence: 1, item: { pk: 'Patient/a', sk: '@', attributes: { version: 1, affirmed } } });
    const rows = async (affirmed: string): Promise<number> => {
      const feed: ChangeFeed = { read: async () => [told(affirmed)], acknowledge: async () => {} };
      return (await followLake({ ...lake.dependencies, feed, consumer: 'lake' })).rows;
    };
    const none: ChangeFeed = { read: async () => [], acknowledge: async () => {} };
    await followLake({ ...lake.dependencies, feed: none, consumer: 'lake' });
    while (await lakeUpkeep(lake.dependencies) === 'more');
    expect(await rows('job#0000001.000000000000@1.1767225600000')).toBe(0);
    // Handed on from a version that was affirmed: this one is new.
    expect(await rows('job#0000001.000000000000@7.1767225600000')).toBe(1);
  });

  test('the sweep removes nothing of a rebuilding that is under way', async () => {
    const lake = lakeHarness();
    for (let number = 0; number < 30; number += 1) await lake.put('Patient', `p${number}`);
    for (let slice = 0; slice < 4; slice += 1) await lakeUpkeep(lake.dependencies);
    const made = [...lake.objects.keys()].filter((key) => key.endsWith('.parquet'));
    lake.pass(48 * 60 * 60 * 1000);
    expect(await sweepLake(lake.dependencies)).toBe(0);
    expect(made.length).toBeGreaterThan(0);
    while (await lakeUpkeep(lake.dependencies) === 'more');
    expect((await lake.current('Patient')).length).toBe(30);
  });
});
