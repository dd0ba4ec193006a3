import { describe, expect, test } from '@jest/globals';
import { increment } from '../../../src/operations/lake/increment.ts';
import { addressesKey, changeManifest, readManifest } from '../../../src/operations/lake/lake-manifest.ts';
import { lakeHarness } from './lake-harness.ts';

const manifest = (lake: ReturnType<typeof lakeHarness>, type = 'patient') => readManifest(type, lake.dependencies);

describe('An increment of the lake', () => {
  test('brings every announced version, and deletions as rows, one file for each table', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a', { active: true });
    await lake.put('Patient', 'a', { active: false });
    await lake.put('Patient', 'b');
    await lake.remove('Patient', 'b');
    await lake.put('Observation', 'o');
    await lake.catchUp();
    expect(await lake.current('Patient')).toEqual(['a/2']);
    expect(await lake.history('Patient')).toEqual(['a/1', 'a/2', 'b/1', 'b/2 deleted']);
    expect((await lake.stored('Patient')).history).toEqual(await lake.history('Patient'));
    expect((await manifest(lake)).files).toHaveLength(1);
    expect((await manifest(lake, 'observation')).files).toHaveLength(1);
    const [row] = (await lake.rows('Patient')).filter(({ version, id }) => id === 'a' && version === 2);
    expect(JSON.parse(row!.json!)).toMatchObject({ resourceType: 'Patient', id: 'a', active: false });
  });

  test('brings what was announced twice once to whoever reads', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    const told = [...lake.announced];
    await lake.put('Patient', 'a', { active: true });
    await lake.catchUp();
    await increment([...told, ...told], lake.dependencies);
    expect(await lake.current('Patient')).toEqual(['a/2']);
    expect(await lake.history('Patient')).toEqual(['a/1', 'a/2']);
  });

  test('of a late announcement brings the newest version along', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    const late = [...lake.announced];
    await lake.remove('Patient', 'a');
    lake.announced.length = 0;
    await increment(late, lake.dependencies);
    expect(await lake.current('Patient')).toEqual([]);
    expect(await lake.history('Patient')).toEqual(['a/1', 'a/2 deleted']);
  });

  test('brings the members of a transaction', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    await lake.store.transact([
      { interaction: 'update', resource: { resourceType: 'Patient', id: 'a' } },
      { interaction: 'update', resource: { resourceType: 'Observation', id: 'o' } },
    ]);
    await lake.catchUp();
    expect(await lake.current('Patient')).toEqual(['a/2']);
    expect(await lake.current('Observation')).toEqual(['o/1']);
    expect(await lake.history('Patient')).toEqual((await lake.stored('Patient')).history);
  });

  test('lays down the addresses of the files, one a line, for engines that read them', async () => {
    const lake = lakeHarness();
    await lake.put('Patient', 'a');
    await lake.catchUp();
    await lake.put('Patient', 'b');
    await lake.catchUp();
    const { files } = await manifest(lake);
    const text = Buffer.from(lake.objects.get(addressesKey('patient'))!).toString();
    expect(text).toBe(files.map(({ key }) => `s3://bucket/${key}\n`).join(''));
  });

  test('lays them down although the table did not say that it had taken the manifest', async () => {
    const lake = lakeHarness();
    const { jobs } = lake.dependencies;
    let lost = 1;
    const put = async (...given: Parameters<typeof jobs.put>): ReturnType<typeof jobs.put> => {
      const outcome = await jobs.put(...given);
      lost -= 1;
      // As where the answer is lost, and the put that is sent again finds what it has written.
      return lost < 0 ? outcome : { written: false, found: undefined };
    };
    await lake.put('Patient', 'a');
    await increment(lake.announced, { ...lake.dependencies, jobs: { ...lake.jobs, put } });
    const { files } = await manifest(lake);
    expect(files).toHaveLength(1);
    const text = Buffer.from(lake.objects.get(addressesKey('patient')) ?? []).toString();
    expect(text).toBe(files.map(({ key }) => `s3://bucket/${key}\n`).join(''));
  });

  test('reads again what it had read before a compaction began', async () => {
    const lake = lakeHarness();
    const written = lake.dependencies.parquet.write;
    let files = 0;
    const parquet = { ...lake.dependencies.parquet, write: async (...given: Parameters<typeof written>) => {
      const file = await written(...given);
      files += 1;
      if (files === 1) {
        await lake.put('Patient', 'a', { active: true });
        await changeManifest('patient', (seen) => ({ ...seen, epoch: seen.epoch + 1 }), lake.dependencies);
      }
      return file;
    } };
    await lake.put('Patient', 'a');
    await increment([{ type: 'Patient', id: 'a', versionId: 1 }], { ...lake.dependencies, parquet });
    expect(files).toBe(2);
    expect(await lake.history('Patient')).toEqual(['a/1', 'a/2']);
  });

  test('of two writers of one manifest neither loses the other’s files', async () => {
    const lake = lakeHarness();
    const changes = Array.from({ length: 5 }, (_none, number) => changeManifest('patient', (seen) => (
      { ...seen, files: [...seen.files, { key: `lake/patient/${number}`, layer: 'recent', rows: 1, sizeBytes: 1 }] }
    ), lake.dependencies));
    await Promise.all(changes);
    expect((await manifest(lake)).files.map(({ key }) => key).toSorted()).toEqual([0, 1, 2, 3, 4].map((number) => `lake/patient/${number}`));
    const text = Buffer.from(lake.objects.get(addressesKey('patient'))!).toString();
    expect(text.trimEnd().split('\n')).toHaveLength(5);
  });

  test('types without a table are left out', async () => {
    const lake = lakeHarness();
    expect(await increment([{ type: 'Basic', id: 'x', versionId: 1 }], lake.dependencies)).toEqual({ rows: 0, tables: 0 });
  });
});
