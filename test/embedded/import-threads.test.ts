/** The threads that load pieces of imports: by the rules of the moment, into the stores that they are told of, and what becomes of failures. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { importThreads } from '../../src/embedded/import-threads.ts';
import type { JobRecord } from '../../src/operations/jobs/job-record.ts';
import { importServer } from './import-server.ts';
import type { ImportServer } from './import-server.ts';

let lake: ImportServer;

beforeAll(async () => {
  lake = await importServer();
});

afterAll(() => lake.close());

const nickname = {
  resourceType: 'SearchParameter', id: 'nickname', url: 'http://example.org/SearchParameter/nickname', name: 'nickname', status: 'active',
  description: 'By nickname', code: 'nickname', base: ['Patient'], type: 'string', expression: "Patient.name.where(use = 'nickname').given",
};

function patient(id: string, given: string): string {
  return `${JSON.stringify({ resourceType: 'Patient', id, name: [{ use: 'nickname', given: [given] }] })}\n`;
}

describe('the threads of imports', () => {
  test('file by the search parameters that came into force since they began', async () => {
    lake.file('one/a.ndjson', patient('one', 'Sprat'));
    expect(await lake.imported('one/')).toMatchObject({ JobStatus: 'COMPLETED' });
    expect((await lake.fhir('SearchParameter/nickname', 'PUT', nickname)).status).toBe(201);
    const { status } = await fetch(`${lake.server().baseUrl}/$reindex`, { method: 'POST', headers: { 'Content-Type': 'application/fhir+json', Prefer: 'respond-async' }, body: '{"resourceType":"Parameters"}' });
    expect(status).toBe(202);
    const found = async (): Promise<unknown[] | undefined> => (await lake.fhir('Patient?nickname=spr', 'GET')).body['entry'] as unknown[] | undefined;
    while ((await found())?.length !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    lake.file('two/a.ndjson', patient('two', 'Sprout'));
    expect(await lake.imported('two/')).toMatchObject({ JobStatus: 'COMPLETED' });
    expect(await found()).toHaveLength(2);
    expect(lake.faults).toEqual([]);
  });

  test('that run out of memory are asked again, for the piece alone, and not for ever', async () => {
    const script = join(lake.folder, 'thread.mjs');
    writeFileSync(script, `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ load, piece, alone }) => {
        if (load === undefined) return;
        parentPort.postMessage({ began: load });
        if (piece.file.key === 'large') throw Object.assign(new Error('No room.'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
        parentPort.postMessage({ load, loaded: { alone } });
      });`);
    const loader = importThreads(1, pathToFileURL(script)).ofStore({
      datastoreId: 'x', databaseFile: '', tables: [], objectsFolder: '', buckets: new Map(), secret: new Uint8Array(32), shards: 1,
    }, () => new MessageChannel().port1);
    const load = (key: string) => loader.load({ id: 'job' } as JobRecord, { file: { file: key.length, key, sizeBytes: 1, revision: 'r', kind: 'ndjson' }, piece: { piece: 0, begin: 0, end: 1 }, sizeBytes: 1 });
    const names: string[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const large = load('large');
      // Waits for its turn when the thread is gone, and is no reason for that.
      const waiting = load('small');
      names.push(await large.then(() => 'loaded', (error: Error) => error.name));
      await expect(waiting).rejects.toThrow('A thread of imports');
    }
    expect(names).toEqual(['OutOfMemory', 'OutOfMemory', 'PieceTooLarge']);
    expect(await load('small')).toEqual({ alone: false });
    await loader.close();
  });

  test('reject a piece whose store cannot be opened, and go on with others', async () => {
    const threads = importThreads(1);
    const nowhere = join(lake.folder, 'nowhere');
    const loader = threads.ofStore({
      datastoreId: 'x', databaseFile: join(nowhere, 'store.sqlite'), tables: ['resources', 'index', 'jobs'], objectsFolder: nowhere,
      buckets: new Map(), secret: new Uint8Array(32), shards: 1,
    }, () => new MessageChannel().port1);
    const piece = { file: { file: 0, key: 'a', sizeBytes: 1, revision: 'r', kind: 'ndjson' }, piece: { piece: 0, begin: 0, end: 1 }, sizeBytes: 1 } as const;
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(loader.load({} as JobRecord, piece)).rejects.toThrow('A thread of imports');
    await loader.close();
    expect(existsSync(nowhere)).toBe(false);
  });
});
