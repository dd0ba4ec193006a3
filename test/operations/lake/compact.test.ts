import { describe, expect, test } from '@jest/globals';
import { beginCompaction, compactSlice } from '../../../src/operations/lake/compact.ts';
import { filesOfASize, isCompactionDue, longestRecentMs, mergeable, recentRowsAtLeast } from '../../../src/operations/lake/compaction-plan.ts';
import { increment } from '../../../src/operations/lake/increment.ts';
import { changeManifest, readManifest } from '../../../src/operations/lake/lake-manifest.ts';
import type { LakeFile, LakeManifest } from '../../../src/operations/lake/lake-manifest.ts';
import { keptAfterRetirementMs, sweepTable } from '../../../src/operations/lake/retired-files.ts';
import { lakeHarness } from './lake-harness.ts';
import type { LakeHarness } from './lake-harness.ts';

const layers = async (lake: LakeHarness) => (await readManifest('patient', lake)).files.map(({ layer }) => layer).toSorted();
const patients = (lake: LakeHarness) => lake.table('Patient');

async function compacted(lake: LakeHarness): Promise<void> {
  await beginCompaction(patients(lake), lake.dependencies);
  while (await compactSlice(patients(lake), lake.dependencies) === 'more');
}

describe('A compaction', () => {
  test('puts the newest versions that are no deletions among the current ones, and everything else among the past ones', async () => {
    const lake = lakeHarness();
    for (const language of ['de', 'fr']) await lake.put('Patient', 'a', { language });
    await lake.put('Patient', 'b');
    await lake.remove('Patient', 'b');
    await lake.catchUp();
    await compacted(lake);
    expect(await layers(lake)).toEqual(['current', 'past']);
    expect((await lake.rows('Patient')).map(({ id, version, layer }) => `${id}/${version} ${layer}`).toSorted())
      .toEqual(['a/1 past', 'a/2 current', 'b/1 past', 'b/2 past']);
    expect(await lake.current('Patient')).toEqual((await lake.stored('Patient')).current);
    expect(await lake.history('Patient')).toEqual((await lake.stored('Patient')).history);
  });

  test('leaves what was brought since it began among the recent ones', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    await lake.catchUp();
    await beginCompaction(patients(lake), lake.dependencies);
    await lake.put('Patient', 'a', { active: true });
    await lake.catchUp();
    while (await compactSlice(patients(lake), lake.dependencies) === 'more');
    expect(await layers(lake)).toEqual(['current', 'recent']);
    expect(await lake.current('Patient')).toEqual(['a/2']);
  });

  test('keeps what a round had read before it from being taken for news after it', async () => {
    const lake = lakeHarness();
    const { parquet } = lake.dependencies;
    await lake.put('Patient', 'a');
    let isFirst = true;
    const slow = { ...parquet, write: async (...given: Parameters<typeof parquet.write>) => {
      const file = await parquet.write(...given);
      if (!isFirst) return file;
      isFirst = false;
      // While this round was about to publish, another brought a newer version, and that was compacted.
      await lake.put('Patient', 'a', { active: true });
      await lake.catchUp();
      await compacted(lake);
      return file;
    } };
    await increment([{ type: 'Patient', id: 'a', versionId: 1 }], { ...lake.dependencies, parquet: slow });
    expect(await lake.current('Patient')).toEqual(['a/2']);
    expect(await lake.history('Patient')).toEqual(['a/1', 'a/2']);
  });

  test('in parts makes the same of a table, and goes on where it was cut off', async () => {
    const lake = lakeHarness();
    for (let number = 0; number < 40; number += 1) await lake.put('Patient', `p${number}`);
    for (let number = 0; number < 40; number += 3) await lake.put('Patient', `p${number}`, { active: true });
    await lake.catchUp();
    await beginCompaction(patients(lake), lake.dependencies);
    await changeManifest('patient', (seen) => ({ ...seen, compacting: { ...seen.compacting!, parts: 3 } }), lake.dependencies);
    const { parquet } = lake.dependencies;
    const failing = { ...parquet, compact: async () => Promise.reject(new Error('killed')) };
    await compactSlice(patients(lake), lake.dependencies);
    await expect(compactSlice(patients(lake), { ...lake.dependencies, parquet: failing })).rejects.toThrow('killed');
    expect(await lake.current('Patient')).toEqual((await lake.stored('Patient')).current);
    while (await compactSlice(patients(lake), lake.dependencies) === 'more');
    expect((await layers(lake)).filter((layer) => layer === 'current')).toHaveLength(3);
    expect(await lake.current('Patient')).toEqual((await lake.stored('Patient')).current);
    expect(await lake.history('Patient')).toEqual((await lake.stored('Patient')).history);
  });

  test('leaves the files that it replaced for a day, and the sweep none of them longer', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    await lake.catchUp();
    const [{ key }] = (await readManifest('patient', lake)).files as [LakeFile];
    await compacted(lake);
    await sweepTable('patient', lake.dependencies);
    lake.pass(keptAfterRetirementMs - 1000);
    await sweepTable('patient', lake.dependencies);
    expect(lake.objects.has(key)).toBe(true);
    lake.pass(2000);
    expect(await sweepTable('patient', lake.dependencies)).toBe(1);
    expect(lake.objects.has(key)).toBe(false);
    expect(await lake.current('Patient')).toEqual(['a/1']);
  });

  test('many small files of recent versions are merged, and stay recent', async () => {
    const lake = lakeHarness();
    for (let number = 0; number < filesOfASize; number += 1) {
      await lake.put('Patient', 'a', { language: `l${number}` });
      await lake.catchUp();
    }
    while (await compactSlice(patients(lake), lake.dependencies) === 'more');
    expect(await layers(lake)).toEqual(['recent']);
    expect(await lake.current('Patient')).toEqual([`a/${filesOfASize}`]);
    expect(await lake.history('Patient')).toEqual((await lake.stored('Patient')).history);
  });

  test('a merge whose files a compaction took meanwhile comes to nothing', async () => {
    const lake = lakeHarness();
    for (let number = 0; number < filesOfASize; number += 1) {
      await lake.put('Patient', 'a', { language: `l${number}` });
      await lake.catchUp();
    }
    const { parquet } = lake.dependencies;
    const slow = { ...parquet, merge: async (...given: Parameters<typeof parquet.merge>) => {
      const file = await parquet.merge(...given);
      await beginCompaction(patients(lake), lake.dependencies);
      return file;
    } };
    await compactSlice(patients(lake), { ...lake.dependencies, parquet: slow });
    while (await compactSlice(patients(lake), lake.dependencies) === 'more');
    expect(await layers(lake)).toEqual(['current', 'past']);
    expect(await lake.history('Patient')).toEqual((await lake.stored('Patient')).history);
  });
});

describe('When files are made into fewer', () => {
  const now = Date.UTC(2026, 0, 2);
  const file = (layer: LakeFile['layer'], rows: number, named = now): LakeFile =>
    ({ key: `lake/patient/${layer}-${named.toString(16).padStart(12, '0')}-${'0'.repeat(32)}.parquet`, layer, rows, sizeBytes: rows });
  const manifest = (...files: LakeFile[]): LakeManifest => ({ table: 'patient', revision: 1, epoch: 0, files });

  test('a quarter of new rows makes a compaction due, and so does a day', () => {
    expect(isCompactionDue(manifest(file('current', 1_000_000), file('recent', 200_000)), now)).toBe(false);
    expect(isCompactionDue(manifest(file('current', 1_000_000), file('recent', 250_000)), now)).toBe(true);
    expect(isCompactionDue(manifest(file('recent', recentRowsAtLeast - 1)), now)).toBe(false);
    expect(isCompactionDue(manifest(file('recent', recentRowsAtLeast)), now)).toBe(true);
    expect(isCompactionDue(manifest(file('recent', 1, now - longestRecentMs)), now)).toBe(true);
    expect(isCompactionDue(manifest(file('current', 1, 0)), now)).toBe(false);
  });

  test('files of about a size are merged, so that each row is merged few times', () => {
    const small = Array.from({ length: filesOfASize }, () => file('recent', 10));
    expect(mergeable(manifest(...small, file('recent', 40_000)))).toHaveLength(filesOfASize);
    expect(mergeable(manifest(...small.slice(1), file('recent', 40_000)))).toEqual([]);
    expect(mergeable({ ...manifest(...small), rebuilding: { id: 'r', replaces: small.map(({ key }) => key) } })).toEqual([]);
  });
});
