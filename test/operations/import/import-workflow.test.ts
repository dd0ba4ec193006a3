/** The steps of an import as a workflow runs them: side by side, cut off anywhere, given up at, cancelled. */
import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { cancelJob } from '../../../src/operations/jobs/change-job.ts';
import { readJob } from '../../../src/operations/jobs/submit-job.ts';
import type { ImportDependencies } from '../../../src/operations/import/import-dependencies.ts';
import { pieceBytes } from '../../../src/operations/import/import-job.ts';
import { inGroups, maxItems, unitCutter, unitPieces } from '../../../src/operations/import/import-units.ts';
import type { FileGroup, ImportUnit } from '../../../src/operations/import/import-units.ts';
import { assembleStep, cutStep, failStep, finishStep, loadStep, planStep, unpackStep } from '../../../src/operations/import/import-workflow.ts';
import type { WorkList } from '../../../src/operations/import/import-workflow.ts';
import { opened, patient } from './opened-import.ts';

type Opened = Awaited<ReturnType<typeof opened>>;

interface Driving {
  readonly over?: Partial<ImportDependencies>;
  /** In place of the units that are cut. */
  readonly units?: readonly ImportUnit[];
  readonly groups?: readonly FileGroup[];
}

const always = Infinity;

/** As the state machine does it. */
async function driven({ id, jobs, objects, dependencies }: Opened, { over = {}, units, groups }: Driving = {}) {
  const all = { ...dependencies, ...over };
  const call = { jobId: id, until: always };
  const listed = ({ key, items }: WorkList): readonly unknown[] => (items === 0 ? [] : JSON.parse(new TextDecoder().decode(objects.get(key))) as readonly unknown[]);
  const planned = await planStep(call, all);
  if (!planned.done) {
    for (const group of listed(planned.unpack)) await unpackStep({ ...call, group: group as FileGroup }, all);
    const cut = await cutStep(call, all);
    await Promise.all((units ?? (listed(cut.load) as readonly ImportUnit[])).map((unit) => loadStep({ ...call, unit }, all)));
    for (const group of groups ?? (listed(cut.assemble) as readonly FileGroup[])) await assembleStep({ ...call, group }, all);
  }
  expect(await finishStep(call, all)).toEqual({ done: true });
  return (await readJob('import', id, { jobs }))!;
}

const place = (file: number, piece: number) => ({ file, piece });

describe('an import by a workflow', () => {
  test('imports files of every kind, those that lie in several units included, and leaves nothing of its own', async () => {
    const workbench = await opened();
    const { files, objects, jobs, store } = workbench;
    const filler = Array.from({ length: 70 }, (_, index) => patient(`f${index}`, 'Filler', 150_000)).join('\n');
    files.set('in/1.ndjson', Buffer.from([patient('a', 'First'), 'bad', patient('b', 'First')].join('\n')));
    files.set('in/2.ndjson.gz', gzipSync(Buffer.from(`${filler}\n${patient('a', 'Last')}`)));
    files.set('in/3.ndjson', Buffer.alloc(0));
    files.set('in/4.json', Buffer.from(patient('b', 'Last')));
    files.set('in/5.ndjson.gz', Buffer.from('no gzip'));
    files.set('in/6.txt', Buffer.from('x'));
    const units = [{ unit: 0, from: place(0, 0), to: place(1, 1) }, { unit: 1, from: place(1, 1), to: place(1, 2) }, { unit: 2, from: place(1, 2), to: place(6, 0) }];
    const job = await driven(workbench, { units, groups: [{ group: 0, files: [1] }] });
    expect(job).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      progress: { TotalNumberOfScannedFiles: 6, TotalNumberOfImportedFiles: 4, TotalNumberOfFilesReadWithCustomerError: 3, TotalNumberOfResourcesScanned: 75, TotalNumberOfResourcesImported: 74 },
    });
    expect(JSON.parse((await store.read('Patient', 'a'))!.json!)).toMatchObject({ name: [{ family: 'Last' }] });
    expect(JSON.parse((await store.read('Patient', 'b'))!.json!)).toMatchObject({ name: [{ family: 'Last' }] });
    const told = files.get(`out/${'d'.repeat(32)}-FHIR_IMPORT-${job.id}/SUCCESS/2.ndjson.gz.ndjson`)!.toString().trim().split('\n');
    expect(told.map((line) => (JSON.parse(line) as { lineId: number }).lineId)).toEqual(Array.from({ length: 71 }, (_, index) => index + 1));
    expect([...objects.keys()].filter((key) => key.startsWith('imports/'))).toEqual([]);
    expect(jobs.all().filter(({ pk }) => pk.startsWith('import#'))).toEqual([]);
  });

  test('that is cut off after any write of its own, and begun anew, comes to the same', async () => {
    for (let cut = 1; cut < 30; cut += 1) {
      const workbench = await opened();
      const { files, objects, jobs, store, dependencies } = workbench;
      files.set('in/a.ndjson', Buffer.from([patient('a', 'A'), 'bad', patient('b', 'B')].join('\n')));
      files.set('in/b.ndjson.gz', gzipSync(Buffer.from(patient('a', 'Last'))));
      let left = cut;
      const cutOff = async <Result>(work: () => Promise<Result>): Promise<Result> => {
        const result = await work();
        left -= 1;
        if (left === 0) throw new Error('cut off');
        return result;
      };
      const over: Partial<ImportDependencies> = {
        objects: { ...dependencies.objects, put: (key, body) => cutOff(() => dependencies.objects.put(key, body)), delete: (key) => cutOff(() => dependencies.objects.delete(key)) },
        jobs: { ...jobs, put: (item, condition) => cutOff(() => jobs.put(item, condition)), batchWrite: (batch) => cutOff(() => jobs.batchWrite(batch)) },
        importing: { importMany: (...asked) => cutOff(() => store.importing.importMany(...asked)) },
      };
      const ending = await driven(workbench, { over }).then(({ status }) => status, (error: Error) => error.message);
      expect(['cut off', 'COMPLETED_WITH_ERRORS']).toContain(ending);
      const job = await driven(workbench);
      expect({ cut, job }).toMatchObject({ job: { status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfResourcesScanned: 4, TotalNumberOfResourcesImported: 3 } } });
      expect(JSON.parse((await store.read('Patient', 'a'))!.json!)).toMatchObject({ name: [{ family: 'Last' }] });
      expect([...objects.keys()].filter((key) => key.startsWith('imports/'))).toEqual([]);
      expect(jobs.all().filter(({ pk }) => pk.startsWith('import#'))).toEqual([]);
    }
  });

  test('tells of what its workers gave up at, with everything else imported', async () => {
    const workbench = await opened();
    const { files } = workbench;
    files.set('in/1.ndjson', Buffer.from(patient('a', 'A')));
    files.set('in/2.ndjson', Buffer.from(Array.from({ length: 30 }, (_, index) => patient(`f${index}`, 'Filler', 150_000)).join('\n')));
    files.set('in/3.ndjson', Buffer.from(patient('c', 'C')));
    const job = await driven(workbench, { units: [{ unit: 0, from: place(0, 0), to: place(1, 1) }], groups: [] });
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfScannedFiles: 3, TotalNumberOfFilesReadWithCustomerError: 2, TotalNumberOfImportedFiles: 2 } });
    const folder = `out/${'d'.repeat(32)}-FHIR_IMPORT-${job.id}/FAILURE/`;
    for (const name of ['2.ndjson', '3.ndjson']) {
      expect(JSON.parse(files.get(folder + name)!.toString())).toMatchObject({ lineId: 0, UpdateResourceResponse: { statusCode: 500, jsonBlob: { issue: [{ code: 'exception' }] } } });
    }
    expect([...files.keys()]).not.toContain(`${folder}1.ndjson`);
  });

  test('that is out of time goes on where it was, and one that is cancelled ends', async () => {
    const workbench = await opened();
    const { files, id, jobs, dependencies } = workbench;
    files.set('in/1.ndjson', Buffer.from(patient('a', 'A')));
    const unit = { unit: 0, from: place(0, 0), to: place(1, 0) };
    await planStep({ jobId: id, until: always }, dependencies);
    expect(await loadStep({ jobId: id, until: 0, unit }, dependencies)).toEqual({ done: false });
    await cancelJob({ kind: 'import', id }, { jobs, clock: dependencies.clock });
    expect(await loadStep({ jobId: id, until: always, unit }, dependencies)).toEqual({ done: true });
    expect(await planStep({ jobId: id, until: always }, dependencies)).toMatchObject({ done: true });
    expect(await driven(workbench)).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect(jobs.all().filter(({ pk }) => pk.startsWith('import#'))).toEqual([]);
  });

  test('whose workflow cannot go on has failed, with a message; one whose buckets refuse has too, and the workflow goes on to its end', async () => {
    const failed = await opened();
    await failStep({ jobId: failed.id, until: always }, failed.dependencies);
    expect(await readJob('import', failed.id, failed)).toMatchObject({ status: 'FAILED', message: expect.stringContaining('Import again') });
    const empty = await opened();
    expect(await driven(empty)).toMatchObject({ status: 'FAILED', message: expect.stringContaining('there is no file') });
  });
});

describe('units', () => {
  const cut = (sizes: readonly number[]) => {
    const cutter = unitCutter({ files: sizes.length, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) });
    for (const [file, size] of sizes.entries()) cutter.add({ file, kind: 'ndjson' }, size);
    return cutter.end();
  };

  test('follow each other without a gap from the first piece to the last', () => {
    const { units, large } = cut([1, 100 * pieceBytes, 0, 3 * pieceBytes, 200 * pieceBytes, 7]);
    expect(units[0]!.from).toEqual(place(0, 0));
    for (const [index, { unit, to }] of units.entries()) expect([unit, to]).toEqual([index, units[index + 1]?.from ?? place(6, 0)]);
    expect(large).toEqual([1, 4]);
    expect(units.length).toBeGreaterThanOrEqual(Math.floor(303 / unitPieces));
  });

  test('of small files have many, and of the largest job there are as many as one list may have', () => {
    expect(cut(Array.from({ length: 200 }, () => 1000)).units).toHaveLength(1);
    const { units, large } = cut(Array.from({ length: 100 }, () => 50 * 1024 ** 3));
    expect(units.length).toBeLessThanOrEqual(maxItems);
    expect(units.length).toBeGreaterThan(maxItems / 3);
    expect(large).toHaveLength(100);
    expect(inGroups(Array.from({ length: 25_001 }, (_, file) => file))).toHaveLength(8334);
  });
});
