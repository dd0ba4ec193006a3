import { describe, expect, test } from '@jest/globals';
import { increment } from '../../../src/operations/lake/increment.ts';
import { beginRebuild, isRebuildDue, rebuildSlice, turnTables } from '../../../src/operations/lake/rebuild.ts';
import { forgetSegments, readLakeState } from '../../../src/operations/lake/lake-state.ts';
import { sweepLake } from '../../../src/operations/lake/lake-upkeep.ts';
import { keptAfterRetirementMs } from '../../../src/operations/lake/retired-files.ts';
import { pauseLake, removeLake } from '../../../src/operations/lake/stop-following.ts';
import { lakeHarness } from './lake-harness.ts';
import type { LakeHarness } from './lake-harness.ts';

async function rebuilt(lake: LakeHarness, over: Partial<LakeHarness['dependencies']> = {}): Promise<void> {
  while (await rebuildSlice({ ...lake.dependencies, ...over }) === 'more');
}

async function expectAsStored(lake: LakeHarness): Promise<void> {
  for (const type of lake.types) {
    const stored = await lake.stored(type);
    expect(await lake.current(type)).toEqual(stored.current);
    expect(await lake.history(type)).toEqual(stored.history);
  }
}

async function filled(lake: LakeHarness): Promise<void> {
  for (let number = 0; number < 30; number += 1) await lake.put('Patient', `p${number}`);
  for (let number = 0; number < 30; number += 2) await lake.put('Patient', `p${number}`, { active: true });
  for (let number = 0; number < 30; number += 5) await lake.remove('Patient', `p${number}`);
  await lake.put('Observation', 'o');
}

describe('Rebuilding the lake', () => {
  test('brings every version of a store that there was before', async () => {
    const lake = lakeHarness();
    await filled(lake);
    lake.announced.length = 0;
    expect(isRebuildDue(await readLakeState(lake), lake.dependencies)).toBe(true);
    await rebuilt(lake);
    await expectAsStored(lake);
    expect(isRebuildDue(await readLakeState(lake), lake.dependencies)).toBe(false);
    expect((await lake.manifests()).flatMap(({ files }) => files.map(({ layer }) => layer))).not.toContain('recent');
  });

  test('keeps what is written meanwhile, and shows what there was until it is published', async () => {
    const lake = lakeHarness();
    await filled(lake);
    await lake.catchUp();
    await rebuilt(lake);
    const changed = { ...lake.dependencies, columns: '2' };
    for (let slice = 0; await rebuildSlice(changed) === 'more'; slice += 1) {
      await lake.put('Patient', 'p1', { language: `l${slice}` });
      await lake.put('Patient', `new${slice}`);
      if (slice % 2 === 0) await lake.catchUp();
      const current = (await lake.current('Patient')).map((one) => one.split('/')[0]);
      expect(new Set(current).size).toBe(current.length);
      expect(current.length).toBeGreaterThanOrEqual(24);
    }
    await lake.catchUp();
    await expectAsStored(lake);
    expect((await readLakeState(lake))!.columns).toBe('2');
  });

  test('sorts out what a round published of an older version than was read', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    const late = lake.announced.splice(0);
    const { versions } = lake.dependencies;
    const racing = { ...versions, scan: async (part: Parameters<typeof versions.scan>[0]) => {
      if (late.length > 0) {
        await increment(late.splice(0), lake.dependencies);
        await lake.put('Patient', 'a', { active: true });
        lake.announced.length = 0;
      }
      return versions.scan(part);
    } };
    await rebuilt(lake, { versions: racing });
    expect(await lake.current('Patient')).toEqual(['a/2']);
    await expectAsStored(lake);
  });

  test('does nothing to a table that another rebuilding has marked since', async () => {
    const lake = lakeHarness();
    await filled(lake);
    await lake.catchUp();
    await rebuilt(lake);
    await beginRebuild(1, lake.dependencies);
    while ((await readLakeState(lake))?.rebuilding?.phase !== 'turning') await rebuildSlice(lake.dependencies);
    const first = (await readLakeState(lake))!.rebuilding!;
    await lake.put('Patient', 'p1', { active: false });
    await lake.put('Patient', 'late');
    await lake.catchUp();
    const expected = await lake.current('Patient');
    await beginRebuild(1, lake.dependencies);
    while ((await readLakeState(lake))?.rebuilding?.phase !== 'reading') await rebuildSlice(lake.dependencies);
    await turnTables(first, lake.dependencies);
    expect(await lake.current('Patient')).toEqual(expected);
    await rebuilt(lake);
    await expectAsStored(lake);
  });

  test('does nothing with parts that were forgotten', async () => {
    const lake = lakeHarness();
    await filled(lake);
    await rebuilt(lake);
    const first = await beginRebuild(1, lake.dependencies);
    while ((await readLakeState(lake))?.rebuilding?.phase !== 'turning') await rebuildSlice(lake.dependencies);
    await forgetSegments(first, lake.dependencies);
    await turnTables(first, lake.dependencies);
    await expectAsStored(lake);
  });

  test('a round that read before the tables were turned, and publishes after they are made, reads again', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    const { parquet } = lake.dependencies;
    let isFirst = true;
    const slow = { ...parquet, write: async (...given: Parameters<typeof parquet.write>) => {
      const file = await parquet.write(...given);
      if (!isFirst) return file;
      isFirst = false;
      await lake.put('Patient', 'a', { active: true });
      await rebuilt(lake);
      return file;
    } };
    await increment(lake.announced.splice(0, 1), { ...lake.dependencies, parquet: slow });
    expect(await lake.current('Patient')).toEqual(['a/2']);
  });

  test('goes on where it was cut off', async () => {
    let steps = 0;
    let lastStep = Infinity;
    const lake = lakeHarness(() => {
      steps += 1;
      if (steps > lastStep) throw new Error('killed');
    });
    await filled(lake);
    lake.announced.length = 0;
    for (let life = 1; life < 200; life += 1) {
      lastStep = steps + life;
      try {
        await rebuilt(lake);
        break;
      } catch (error) {
        if ((error as Error).message !== 'killed') throw error;
      }
    }
    lastStep = Infinity;
    await expectAsStored(lake);
  });

  test('a lake that is paused stays as it is, and one that is removed has nothing', async () => {
    const lake = lakeHarness();
    await filled(lake);
    await rebuilt(lake);
    await pauseLake(lake.dependencies, 1);
    await expectAsStored(lake);
    expect(isRebuildDue(await readLakeState(lake), lake.dependencies)).toBe(true);
    await rebuilt(lake);
    await removeLake(lake.dependencies);
    expect(await lake.current('Patient')).toEqual([]);
    await rebuilt(lake);
    await expectAsStored(lake);
  });

  test('of a lake that was removed before it was made, the sweep leaves no file', async () => {
    const lake = lakeHarness();
    await filled(lake);
    while (![...lake.objects.keys()].some((key) => key.endsWith('.parquet'))) await rebuildSlice(lake.dependencies);
    expect(await lake.manifests()).toEqual([]);
    await removeLake(lake.dependencies);
    lake.pass(keptAfterRetirementMs + 1000);
    await sweepLake(lake.dependencies);
    expect([...lake.objects.keys()].filter((key) => key.endsWith('.parquet'))).toEqual([]);
  });

  test('a lake is paused whoever changes what is known of it at that moment', async () => {
    const lake = lakeHarness();
    await filled(lake);
    await rebuilt(lake);
    let isFirst = true;
    const racing = { ...lake.dependencies, jobs: { ...lake.jobs, put: async (...given: Parameters<typeof lake.jobs.put>) => {
      if (isFirst) {
        isFirst = false;
        await beginRebuild(1, lake.dependencies);
      }
      return lake.jobs.put(...given);
    } } };
    await pauseLake(racing, 1);
    expect(await readLakeState(lake)).toMatchObject({ isWhole: false, pausedAsOf: 1 });
    expect((await readLakeState(lake))!.rebuilding).toBeUndefined();
  });
});
