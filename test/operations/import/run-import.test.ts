/** The steps of an import over tables and buckets in memory: pieces, the order of lines, full disks, cancelling. */
import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { cancelJob } from '../../../src/operations/jobs/change-job.ts';
import { activeJobs } from '../../../src/operations/jobs/submit-job.ts';
import { pieceBytes } from '../../../src/operations/import/import-job.ts';
import { PieceTooLarge } from '../../../src/operations/import/import-dependencies.ts';
import type { ImportDependencies } from '../../../src/operations/import/import-dependencies.ts';
import { importNotes } from '../../../src/operations/import/import-objects.ts';
import { linesOf } from '../../../src/operations/import/lines.ts';
import { importSliceMs, runImport } from '../../../src/operations/import/run-import.ts';
import { BucketRefused } from '../../../src/ports/buckets.ts';
import type { Buckets } from '../../../src/ports/buckets.ts';
import { StorageFull } from '../../../src/ports/ordered-table.ts';
import { seededRandom } from '../../store/model/random.ts';
import { memoryBuckets, opened, patient } from './opened-import.ts';

describe('the pieces of a file', () => {
  test('have each line once, whatever their size and where lines end', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seededRandom(seed);
      const lines = Array.from({ length: random.below(12) }, () => 'x'.repeat(random.below(9)));
      const text = lines.join('\n') + (random.below(2) === 0 ? '\n' : '');
      const bytes = Buffer.from(text);
      const size = 1 + random.below(10);
      const found: string[] = [];
      const source = {
        sizeBytes: bytes.length,
        async* read(begin: number, end: number) {
          for (let from = begin; from < end; from += 3) yield bytes.subarray(from, Math.min(from + 3, end));
        },
      };
      for (let begin = 0; begin < bytes.length; begin += size) {
        for await (const line of linesOf(source, { begin, end: Math.min(begin + size, bytes.length) }, 6)) {
          found.push(line.bytes === undefined ? `long ${line.end - line.offset}` : Buffer.from(line.bytes).toString());
        }
      }
      const wanted = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map((line) => (line.length > 6 ? `long ${line.length}` : line));
      expect({ seed, found }).toEqual({ seed, found: bytes.length === 0 ? [] : wanted });
    }
  });
});

describe('an import', () => {
  test('lets the last line of an id win, in the order of files and lines, though pieces are loaded side by side', async () => {
    const { files, store, run } = await opened();
    const filler = (name: string) => Array.from({ length: 60 }, (_, index) => patient(`${name}${index}`, 'Filler', 150_000)).join('\n');
    const big = [patient('a', 'First'), filler('x'), patient('a', 'Middle'), filler('y'), patient('a', 'Last of a file'), patient('b', 'Last')].join('\n');
    expect(big.length).toBeGreaterThan(3 * pieceBytes);
    files.set('in/1.ndjson', Buffer.from(`${patient('b', 'First')}\n${patient('c', 'First')}`));
    files.set('in/2.ndjson', Buffer.from(big));
    files.set('in/3.ndjson', Buffer.from(patient('c', 'Last')));
    const job = await run();
    expect(job).toMatchObject({ status: 'COMPLETED', progress: { TotalNumberOfResourcesScanned: 127, TotalNumberOfResourcesImported: 127, TotalNumberOfResourcesWithCustomerError: 0 } });
    for (const [id, family] of [['a', 'Last of a file'], ['b', 'Last'], ['c', 'Last']] as const) {
      expect(JSON.parse((await store.read('Patient', id))!.json!)).toMatchObject({ name: [{ family }] });
    }
    const told = files.get(`out/${'d'.repeat(32)}-FHIR_IMPORT-${job.id}/SUCCESS/2.ndjson`)!.toString().trim().split('\n');
    expect(told.map((line) => (JSON.parse(line) as { lineId: number }).lineId)).toEqual(Array.from({ length: 124 }, (_, index) => index + 1));
  });

  test('that is cut off after any write of its own comes to the same, and leaves nothing of its own', async () => {
    for (let cut = 1; cut < 25; cut += 1) {
      const { files, objects, jobs, store, dependencies, run } = await opened();
      files.set('in/a.ndjson', Buffer.from([patient('a', 'A'), 'bad', patient('b', 'B')].join('\n')));
      files.set('in/b.ndjson', Buffer.from(patient('a', 'Last')));
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
      const ending = await run(over).then(({ status }) => status, (error: Error) => error.message);
      expect(['cut off', 'COMPLETED_WITH_ERRORS']).toContain(ending);
      const user = { resourceType: 'Patient', id: 'b', name: [{ family: 'User' }] };
      const isThere = (await store.read('Patient', 'b')) !== undefined;
      if (isThere) await store.write({ interaction: 'update', resource: user });
      const job = await run();
      expect({ cut, job }).toMatchObject({ job: { status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfResourcesScanned: 4, TotalNumberOfResourcesImported: 3 } } });
      expect(JSON.parse((await store.read('Patient', 'a'))!.json!)).toMatchObject({ name: [{ family: 'Last' }] });
      expect(JSON.parse((await store.read('Patient', 'b'))!.json!)).toMatchObject({ name: [{ family: isThere ? 'User' : 'B' }] });
      expect([...objects.keys()].filter((key) => key.startsWith('imports/'))).toEqual([]);
      expect(jobs.all().filter(({ pk }) => pk.startsWith('import#'))).toEqual([]);
    }
  });

  test('fails and says so where the disk of the store or of the output is full', async () => {
    const first = await opened();
    first.files.set('in/a.ndjson', Buffer.from(patient('a', 'A')));
    expect(await first.run({ importing: { importMany: () => Promise.reject(new StorageFull('The disk is full.')) } })).toMatchObject({ status: 'FAILED', message: expect.stringContaining('disk of the data store is full') });
    const second = await opened();
    second.files.set('in/a.ndjson', Buffer.from(patient('a', 'A')));
    const full = { ...memoryBuckets(second.files), put: () => Promise.reject(new BucketRefused('full', 'The disk of the bucket is full.')) };
    expect(await second.run({ bucketsOf: () => full })).toMatchObject({ status: 'FAILED', message: 'JobOutputDataConfig: The disk of the bucket is full.' });
  });

  test('fails and says so where it has no permission for its input', async () => {
    const { files, run } = await opened();
    const closed = { ...memoryBuckets(files), list: () => Promise.reject(new BucketRefused('no-permission', 'The server may not read.')) };
    expect(await run({ bucketsOf: () => closed })).toMatchObject({ status: 'FAILED', message: 'InputDataConfig: The server may not read.' });
  });

  test('tells of a file to which it has no permission, and imports the others', async () => {
    const { files, run } = await opened();
    for (const name of ['a', 'b']) files.set(`in/${name}.ndjson`, Buffer.from(patient(name, name)));
    const open = memoryBuckets(files);
    const closed: Buckets = {
      ...open,
      async* read(place, range) {
        if (place.key === 'in/a.ndjson') throw new BucketRefused('no-permission', 'The server may not read.');
        yield* open.read(place, range);
      },
    };
    const job = await run({ bucketsOf: () => closed });
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfResourcesImported: 1, TotalNumberOfFilesReadWithCustomerError: 1 } });
    expect(files.get(`out/${'d'.repeat(32)}-FHIR_IMPORT-${job.id}/FAILURE/a.ndjson`)!.toString()).toContain('"lineId":0,"UpdateResourceResponse"');
  });

  test('tells of a file that changed or closed to it meanwhile, and imports the others', async () => {
    const { files, dependencies, id, run } = await opened();
    for (const name of ['a', 'b', 'c']) files.set(`in/${name}.ndjson`, Buffer.from(patient(name, name)));
    await runImport(id, dependencies);
    files.set('in/b.ndjson', Buffer.from('other'));
    const job = await run();
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfScannedFiles: 3, TotalNumberOfImportedFiles: 2, TotalNumberOfFilesReadWithCustomerError: 1, TotalNumberOfResourcesImported: 2 } });
  });

  test('tells of every line that it imported of a file that could not be read to its end', async () => {
    const { files, store, run } = await opened();
    const lines = Array.from({ length: 400 }, (_, index) => patient(`p${String(index).padStart(3, '0')}`, 'A', 1000));
    files.set('in/a.ndjson', Buffer.from(lines.join('\n')));
    const open = memoryBuckets(files);
    const breaking: Buckets = {
      ...open,
      async* read(place, range) {
        for await (const piece of open.read(place, range)) {
          yield piece;
          if ((range?.first ?? 0) === 0 && piece.length === 100_000) continue;
          throw new BucketRefused('changed', 'The file was changed.');
        }
      },
    };
    const importing = { importMany: async (...asked: Parameters<typeof store.importing.importMany>) => {
      const outcomes = await store.importing.importMany(...asked);
      // As far behind the reading of the file as it may be.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return outcomes;
    } };
    const job = await run({ bucketsOf: () => breaking, importing });
    expect(job.status).toBe('COMPLETED_WITH_ERRORS');
    const told = files.get(`out/${'d'.repeat(32)}-FHIR_IMPORT-${job.id}/SUCCESS/a.ndjson`)!.toString().trimEnd().split('\n');
    const stored = await store.history({ type: 'Patient', count: 1000 });
    expect(told.map((line) => (JSON.parse(line) as { lineId: number }).lineId)).toEqual(told.map((_, index) => index + 1));
    expect(told).toHaveLength(stored.versions.length);
    expect(told.length).toBeGreaterThan(100);
  });

  test('hears that it is cancelled while it unpacks a large file, and gives others their turn', async () => {
    const { files, objects, dependencies, id, run } = await opened();
    files.set('in/a.ndjson.gz', gzipSync(Buffer.alloc(10 * pieceBytes, '\n')));
    await runImport(id, dependencies);
    // A turn is over after some looks at the clock.
    let now = dependencies.clock.now();
    const slow = { ...dependencies, clock: { now: () => (now += importSliceMs / 4) } };
    const unpacked = () => [...objects.keys()].filter((key) => key.startsWith('imports/')).length;
    const before = unpacked();
    expect(await runImport(id, slow)).toBe(0);
    const [first, second] = [unpacked(), await runImport(id, slow).then(unpacked)];
    expect(first).toBeGreaterThan(before);
    expect(second).toBeGreaterThan(first);
    expect(second).toBeLessThan(before + 10);
    await cancelJob({ kind: 'import', id }, dependencies);
    expect(await run()).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect(unpacked()).toBe(0);
  });

  test('ends though the disk had no room for its end: as soon as there is', async () => {
    const { files, jobs, dependencies, id, run } = await opened();
    files.set('in/a.ndjson', Buffer.from(patient('a', 'A')));
    await runImport(id, dependencies);
    const full = async (): Promise<never> => {
      throw new StorageFull('The disk is full.');
    };
    await expect(runImport(id, { ...dependencies, importing: { importMany: full }, jobs: { ...jobs, put: full } })).rejects.toThrow(StorageFull);
    expect(await run()).toMatchObject({ status: 'FAILED', message: expect.stringContaining('make room') });
    expect(jobs.all().filter(({ pk }) => pk.startsWith('import#'))).toEqual([]);
  });

  test('tells of a piece that takes more memory than there is in its file, and imports the others', async () => {
    const { files, jobs, run } = await opened();
    files.set('in/a.ndjson', Buffer.from(patient('a', 'A')));
    files.set('in/b.ndjson', Buffer.from(patient('b', 'B')));
    const loaded = { lines: 1, scanned: 1, imported: 1, failed: 0, importedBytes: 1, parts: { SUCCESS: 0, FAILURE: 0 }, refused: false };
    const job = await run({ loadElsewhere: async (of, { file, piece }) => {
      if (file.key === 'in/a.ndjson') throw new PieceTooLarge('It was tried often enough.');
      await importNotes(jobs, of.id).notePiece(file.file, piece.piece, loaded);
      return loaded;
    } });
    expect(job.status).toBe('COMPLETED_WITH_ERRORS');
    const [key] = [...files.keys()].filter((name) => name.endsWith('FAILURE/a.ndjson'));
    expect(JSON.parse(files.get(key!)!.toString())).toMatchObject({ lineId: 0, UpdateResourceResponse: { statusCode: 500, jsonBlob: { issue: [{ diagnostics: expect.stringContaining('more memory') }] } } });
  });

  test('refuses a bundle whose entries are no list', async () => {
    const { files, run } = await opened();
    files.set('in/a.json', Buffer.from('{"resourceType":"Bundle","type":"collection","entry":{}}'));
    files.set('in/b.json', Buffer.from('{"resourceType":"Bundle","type":"collection"}'));
    expect(await run()).toMatchObject({ progress: { TotalNumberOfScannedFiles: 2, TotalNumberOfFilesReadWithCustomerError: 1 } });
  });

  test('is cancelled for whoever was told so, though it came to its end meanwhile', async () => {
    const { files, objects, dependencies, run } = await opened();
    files.set('in/a.ndjson', Buffer.from(patient('a', 'A')));
    let isAsked = false;
    const cancelling = { ...dependencies.objects, list: async (listing: Parameters<typeof dependencies.objects.list>[0]) => {
      const [job] = isAsked ? [] : await activeJobs(dependencies, 'import');
      isAsked = true;
      if (job !== undefined) await cancelJob(job, dependencies);
      return dependencies.objects.list(listing);
    } };
    expect(await run({ objects: cancelling })).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect([isAsked, objects.size]).toEqual([true, 0]);
  });

  test('passes over lines of white space, whatever their length', async () => {
    const { files, run } = await opened();
    files.set('in/a.ndjson', Buffer.from(`${' '.repeat(5000)}\n\t\r\n${patient('a', 'A')}`));
    expect(await run()).toMatchObject({ status: 'COMPLETED', progress: { TotalNumberOfResourcesScanned: 1 } });
  });

  test('has outputs for each file, though one is named as the outputs of another', async () => {
    const { files, run } = await opened();
    for (const name of ['a.json', 'a.json.ndjson', 'b.ndjson', 'c.NDJSON']) files.set(`in/${name}`, Buffer.from(patient('a', 'A')));
    const { id } = await run();
    const told = [...files.keys()].filter((key) => key.includes(`${id}/SUCCESS/`)).map((key) => key.slice(key.lastIndexOf('/') + 1));
    expect(told.toSorted()).toEqual(['a.json.ndjson', 'a.json.ndjson.ndjson', 'b.ndjson', 'c.NDJSON']);
  });

  test('names the outputs of a file whose name is as long as a name may be by a digest', async () => {
    const { files, run } = await opened();
    files.set(`in/x/${'n'.repeat(250)}.json`, Buffer.from(patient('a', 'A')));
    const { id, status } = await run();
    expect(status).toBe('COMPLETED');
    expect([...files.keys()].filter((key) => key.includes(`${id}/SUCCESS/`))).toEqual([expect.stringMatching(/\/SUCCESS\/x\/[0-9a-f]{64}\.ndjson$/)]);
  });

  test('ends when it is cancelled, and what it imported stays', async () => {
    const { files, jobs, store, dependencies, id, run } = await opened();
    files.set('in/a.ndjson', Buffer.from(patient('a', 'A')));
    files.set('in/b.ndjson.gz', Buffer.from('x'));
    await runImport(id, dependencies);
    await cancelJob({ kind: 'import', id }, dependencies);
    expect(await run()).toMatchObject({ status: 'CANCEL_COMPLETED' });
    expect(await store.read('Patient', 'a')).toBeUndefined();
    expect(jobs.all().filter(({ pk }) => pk.startsWith('import#'))).toEqual([]);
  });
});
