/** The steps of an export: files of a stated size, cut off anywhere, by two at a time, under writers; cancelling and expiry. */
import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { exportContext } from '../../../src/operations/export/export-dependencies.ts';
import { exportLifeMs, stepsOf } from '../../../src/operations/export/export-job.ts';
import { exportFileKey, manifestKey } from '../../../src/operations/export/export-objects.ts';
import { exportPiece } from '../../../src/operations/export/export-piece.ts';
import { finishExport, readManifest, removeExport, sweepExports } from '../../../src/operations/export/finish-export.ts';
import { planExport } from '../../../src/operations/export/plan-export.ts';
import { runExport } from '../../../src/operations/export/run-export.ts';
import { cancelJob } from '../../../src/operations/jobs/change-job.ts';
import { readJob } from '../../../src/operations/jobs/submit-job.ts';
import { BucketRefused } from '../../../src/ports/buckets.ts';
import type { Buckets } from '../../../src/ports/buckets.ts';
import { StorageFull } from '../../../src/ports/ordered-table.ts';
import { seededRandom } from '../../store/model/random.ts';
import { CutOff, cutOff, runAll } from './cut-off.ts';
import { exportHarness, type Harness } from './export-harness.ts';

/** Some hundred resources make one. */
const fileBytes = 16 * 1024;
const resources = 300;

async function filled(here: Harness): Promise<void> {
  for (let number = 0; number < resources; number += 1) await here.put({ resourceType: number % 3 === 0 ? 'Patient' : 'Device', id: `p${number}` });
}

/** Names, sizes and counts of files, with a hash of what is in them. */
async function told(here: Harness, id: string): Promise<unknown> {
  const { files } = (await readManifest(here.dependencies.objects, id))!;
  return files.map((file) => ({ ...file, content: Buffer.from(here.objects.get(exportFileKey(id, file.name))!).length }));
}

async function current(here: Harness, id: string) {
  return exportContext((await readJob('export', id, here.dependencies))!, here.dependencies);
}

describe('the files of an export', () => {
  test('have resources of one type each, up to a size, and are told with their counts', async () => {
    const here = exportHarness({ fileBytes });
    await filled(here);
    const id = await here.submit();
    const job = await here.finish(id);
    expect(job).toMatchObject({ status: 'COMPLETED', progress: { resources, piecesDone: 1, pieces: 1, errors: 0, deleted: 0 } });
    const { manifest, lines } = await here.read(id);
    for (const { sizeBytes } of manifest.files) expect(sizeBytes).toBeLessThan(fileBytes + 1000);
    expect(manifest.files.filter(({ type }) => type === 'Device').length).toBeGreaterThan(1);
    expect(manifest.files.reduce((sum, { count }) => sum + count, 0)).toBe(resources);
    expect(new Set(lines('resources').map(({ resourceType, id: one }) => `${resourceType}/${one}`)).size).toBe(resources);
    for (const { name, type, sizeBytes } of manifest.files) {
      expect(name).toMatch(new RegExp(`^${type}/${type}-\\d+-\\d+-\\d+\\.ndjson$`));
      expect(here.objects.get(exportFileKey(id, name))).toHaveLength(sizeBytes);
    }
  });

  test('leave nothing behind that only the steps needed', async () => {
    const here = exportHarness({ fileBytes });
    await filled(here);
    const id = await here.submit();
    while ((await runExport(id, { ...here.dependencies, clock: here.hurried })) !== undefined);
    const names = (await readManifest(here.dependencies.objects, id))!.files.map(({ name }) => exportFileKey(id, name));
    expect([...here.objects.keys()].toSorted()).toEqual([...names, `exports/${id}/manifest.json`].toSorted());
    expect(here.jobs.all().filter(({ pk }) => pk.startsWith('export#'))).toEqual([]);
  });
});

describe('an export', () => {
  test('is the same whatever slices it is made in', async () => {
    const [one, other] = [exportHarness({ fileBytes }), exportHarness({ fileBytes })];
    const results: unknown[] = [];
    for (const [here, clock] of [[one, one.clock], [other, other.hurried]] as const) {
      await filled(here);
      const id = await here.submit();
      await here.finish(id, { clock });
      results.push(await told(here, id));
    }
    expect(results[1]).toEqual(results[0]);
  });

  test('that is cut off after any of its writes comes to the same files, and has nothing twice', async () => {
    const here = exportHarness({ fileBytes });
    await filled(here);
    const reference = await here.submit();
    await here.finish(reference);
    const expected = await told(here, reference);
    for (let survived = 0; ; survived += 1) {
      const id = await here.submit();
      const cut = cutOff(here.dependencies, survived);
      const outcome = await runAll(id, { ...cut, clock: here.hurried }).catch((error: unknown) => error);
      if (outcome === undefined) break;
      expect(outcome).toBeInstanceOf(CutOff);
      expect(await here.finish(id)).toMatchObject({ status: 'COMPLETED', progress: { resources } });
      expect(await told(here, id)).toEqual(expected);
    }
  });

  test('that two work on side by side comes to the same', async () => {
    const here = exportHarness({ pieces: 3, fileBytes });
    await filled(here);
    const id = await here.submit();
    const both = [here.clock, here.hurried].map((clock) => runAll(id, { ...here.dependencies, clock }));
    await Promise.all(both);
    const { lines } = await here.read(id);
    expect(lines('resources')).toHaveLength(resources);
    expect((await readJob('export', id, here.dependencies))!.status).toBe('COMPLETED');
  });

  test('is made of pieces that may be worked on in any order, and is finished when all are done', async () => {
    const here = exportHarness({ pieces: 4, fileBytes });
    await filled(here);
    const id = await here.submit();
    const planned = await planExport(await current(here, id));
    expect(planned).toMatchObject({ steps: { phase: 'planned', pieces: 4 } });
    const context = await current(here, id);
    for (const piece of [3, 1, 0]) expect(await exportPiece(context, { piece, until: Infinity })).toEqual({ done: true });
    await expect(finishExport(context)).rejects.toThrow('before all of its pieces are done');
    await exportPiece(context, { piece: 2, until: Infinity });
    expect(await exportPiece(context, { piece: 2, until: Infinity })).toEqual({ done: true });
    expect(await finishExport(context)).toMatchObject({ status: 'COMPLETED' });
    expect(await finishExport(await current(here, id))).toMatchObject({ status: 'COMPLETED' });
    expect((await here.read(id)).lines('resources')).toHaveLength(resources);
  });

  test('has what was there at the cut, whatever is written while it is made', async () => {
    const here = exportHarness({ fileBytes });
    await filled(here);
    const before = new Map<string, string>();
    for (const { type, id, json } of await here.store.readMany(Array.from({ length: resources / 3 }, (_none, place) => ({ type: 'Patient', id: `p${place * 3}` }))) as readonly { type: string; id: string; json: string }[]) before.set(`${type}/${id}`, json);
    const id = await here.submit({ types: ['Patient'] });
    const random = seededRandom(3);
    for (let again: number | undefined = 0; again !== undefined;) {
      again = await runExport(id, { ...here.dependencies, clock: here.hurried });
      // The first slice fixes the cut.
      for (let turn = 0; turn < 30; turn += 1) {
        const patient = `p${random.below(resources / 2) * 3}`;
        await (random.below(4) === 0 ? here.remove('Patient', patient) : here.put({ resourceType: 'Patient', id: patient, active: true }));
      }
    }
    const { manifest } = await here.read(id);
    const text = manifest.files.map(({ name }) => Buffer.from(here.objects.get(exportFileKey(id, name))!).toString()).join('');
    expect(text.trimEnd().split('\n').toSorted()).toEqual([...before.values()].toSorted());
  });

  test('waits for the instant from which nothing is added before its cut', async () => {
    const here = exportHarness({ fileBytes });
    await here.put({ resourceType: 'Patient', id: 'a' });
    const id = await here.submit();
    let settled: number | undefined = Date.UTC(2026, 0, 1, 1);
    const exporting = { ...here.store.exporting, settledAt: async () => settled };
    expect(await runExport(id, { ...here.dependencies, exporting })).toBeGreaterThan(3_000_000);
    const { cut } = stepsOf((await readJob('export', id, here.dependencies))!)!;
    settled = undefined;
    await here.finish(id, { exporting });
    expect((await here.read(id)).manifest.transactionTime).toBe(cut);
  });

  test('that is cancelled leaves none of its files', async () => {
    const here = exportHarness({ fileBytes });
    await filled(here);
    const id = await here.submit();
    await runExport(id, { ...here.dependencies, clock: here.hurried });
    await runExport(id, { ...here.dependencies, clock: here.hurried });
    expect([...here.objects.keys()].some((key) => key.startsWith('exports/'))).toBe(true);
    await cancelJob({ kind: 'export', id }, here.dependencies);
    expect(await here.finish(id)).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect([...here.objects.keys()].filter((key) => key.startsWith('exports/'))).toEqual([]);
    expect(here.jobs.all().filter(({ pk }) => pk.startsWith('export#'))).toEqual([]);
  });

  test('is removed for whoever was told so, though it came to its end meanwhile', async () => {
    const here = exportHarness({ fileBytes });
    await here.put({ resourceType: 'Patient', id: 'a' });
    const id = await here.submit();
    const { objects } = here.dependencies;
    const cancelling = { ...objects, delete: async (key: string) => {
      if (here.objects.has(manifestKey(id))) await cancelJob({ kind: 'export', id }, here.dependencies);
      await objects.delete(key);
    } };
    expect(await here.finish(id, { objects: cancelling })).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect([...here.objects.keys()].filter((key) => key.startsWith('exports/'))).toEqual([]);
  });

  test('fails with a Message when its bucket or the disk does not take its files', async () => {
    const here = exportHarness({ fileBytes });
    await here.put({ resourceType: 'Patient', id: 'a' });
    const output = { place: 'bucket', uri: 's3://lake/out' } as const;
    const buckets = { put: () => Promise.reject(new BucketRefused('no-permission', 'Give its user the permissions.')) } as unknown as Buckets;
    expect(await here.finish(await here.submit({ output }), { bucketsOf: () => buckets })).toMatchObject({ status: 'FAILED', message: 'OutputDataConfig: Give its user the permissions.' });
    const full = await here.finish(await here.submit(), { keepContent: () => Promise.reject(new StorageFull('full')) });
    expect(full).toMatchObject({ status: 'FAILED', message: expect.stringContaining('disk') });
  });

  test('tells in a file of errors what of the request it does not keep to, and of versions that were erased meanwhile', async () => {
    const here = exportHarness({ fileBytes });
    await here.put({ resourceType: 'Patient', id: 'a' });
    const id = await here.submit({ remarks: ['This was left out.'] });
    const gone = { ...here.store.exporting, page: async () => ({ found: [{ key: { pk: 'Patient/a', sk: '@' }, type: 'Patient', version: 'gone' as const }] }) };
    expect(await here.finish(id, { exporting: gone })).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { errors: 2 } });
    const { manifest, lines } = await here.read(id);
    expect(manifest.files.map(({ kind }) => kind)).toEqual(['errors', 'errors']);
    expect(lines('errors').map(({ resourceType }) => resourceType)).toEqual(['OperationOutcome', 'OperationOutcome']);
    expect(JSON.stringify(lines('errors'))).toContain('This was left out.');
  });
});

describe('files that we serve', () => {
  test('go when they have been there for their time, or their job is there no longer, and not before', async () => {
    const here = exportHarness({ fileBytes });
    await here.put({ resourceType: 'Patient', id: 'a' });
    const id = await here.submit();
    await here.finish(id);
    await here.dependencies.objects.put(`exports/${'0'.repeat(32)}/manifest.json`, new Uint8Array());
    const bucket = await here.submit({ output: { place: 'bucket', uri: 's3://lake/out' } });
    await here.finish(bucket);
    expect(await sweepExports(here.dependencies)).toBe(1);
    expect(await readManifest(here.dependencies.objects, id)).toBeDefined();
    const later = here.clock.now() + exportLifeMs;
    expect(await sweepExports({ ...here.dependencies, clock: { now: () => later } })).toBe(1);
    expect([...here.objects.keys()]).toEqual([`exports/${bucket}/manifest.json`]);
    await removeExport(here.dependencies.objects, bucket);
    expect(here.objects.size).toBe(0);
  });
});

test('a Binary whose content lies apart is a line with its data, and makes a file of its own', async () => {
  const here = exportHarness({ fileBytes });
  const bytes = Buffer.from(Array.from({ length: 10_001 }, (_none, place) => place % 251));
  const tag = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }];
  await here.store.write({
    interaction: 'update', resource: { resourceType: 'Binary', id: 'x', meta: { tag }, contentType: 'text/plain' },
    content: { sizeBytes: bytes.length, sha256: 'any', place: bytes },
  });
  const open = async (key: string) => Readable.from([1, 2, 3_001].map((size, place, sizes) => {
    const from = sizes.slice(0, place).reduce((sum, one) => sum + one, 0);
    return here.objects.get(key)!.subarray(from, place === 2 ? undefined : from + size);
  })) as AsyncIterable<Uint8Array>;
  const id = await here.submit();
  await here.finish(id, { openContent: open });
  const { lines, manifest } = await here.read(id);
  const [binary] = lines('resources');
  expect(Object.keys(binary!)).toEqual(['resourceType', 'id', 'meta', 'contentType', 'data']);
  expect(Object.keys(binary!['meta'] as object)).toEqual(['versionId', 'lastUpdated']);
  expect(Buffer.from(binary!['data'] as string, 'base64').equals(bytes)).toBe(true);
  expect(here.objects.get(exportFileKey(id, manifest.files[0]!.name))).toHaveLength(manifest.files[0]!.sizeBytes);
});
