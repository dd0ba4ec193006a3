/** Files that are made of rows by other threads: the same as this one makes, or none at all. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryObjects } from '../../src/embedded/directory-objects.ts';
import { lakeColumnThreads } from '../../src/embedded/lake-column-threads.ts';
import type { LakeColumnThreads } from '../../src/embedded/lake-column-threads.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';
import { syntheticPopulation } from '../../src/fhir/synthetic/synthetic-population.ts';
import { parquetFiles } from '../../src/machine/duckdb/parquet-files.ts';
import type { LakeRow, NewFile, ParquetFiles } from '../../src/ports/parquet-files.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const rowsByType = Map.groupBy([...syntheticPopulation({ patients: 3, seed: 4, present: '2024-01-01' })].flat(), ({ resourceType }) => resourceType);
const largeEnough = 1e9;

let root: string;
let threads: LakeColumnThreads;
let objects: ReturnType<typeof directoryObjects>;
let files: ParquetFiles & { close(): Promise<void> };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'caldera-columns-'));
  threads = lakeColumnThreads(2)!;
  objects = directoryObjects(join(root, 'objects'));
  files = parquetFiles({ objects, directory: join(root, 'work'), elsewhere: threads });
});

afterEach(async () => {
  await files.close();
  await threads.close();
  rmSync(root, { recursive: true });
});

function row(id: string, json: string | Uint8Array | undefined): LakeRow {
  const bytes = typeof json === 'string' ? bytesOf(json) : json;
  return { id, version: 3, validFrom: 1_700_000_000_123, ...(bytes === undefined && { validTo: 1_700_000_000_124 }), layer: 'past', ...(bytes && { json: bytes }) };
}

function patients(from: number, count: number, filling = ''): LakeRow[] {
  return Array.from({ length: count }, (_none, index) => row(`p${from + index}`, JSON.stringify({ resourceType: 'Patient', id: `p${from + index}`, language: filling, active: true })));
}

const newFile = (type: string, rows: NewFile['rows'], key: string, expectedBytes = largeEnough): NewFile => ({ table: lakeTable(type), rows, key, expectedBytes });

/** The object of each file, as the threads make it and as this thread does. */
async function madeTwice(wanted: readonly { readonly type: string; readonly rows: readonly LakeRow[] }[]): Promise<readonly (readonly [Uint8Array | undefined, Uint8Array | undefined])[]> {
  const made = await files.writeAll(wanted.map(({ type, rows }, index) => newFile(type, rows, `there/${index}.parquet`)));
  const pairs: [Uint8Array | undefined, Uint8Array | undefined][] = [];
  for (const [index, { type, rows }] of wanted.entries()) {
    const here = await files.write(lakeTable(type), rows, `here/${index}.parquet`);
    expect(made[index]).toEqual(here && { ...here, key: `there/${index}.parquet` });
    pairs.push([await objects.get(`there/${index}.parquet`), await objects.get(`here/${index}.parquet`)]);
  }
  return pairs;
}

describe('files that are made by threads', () => {
  test('are those that one thread makes, in the order that was asked for', async () => {
    const wanted = [...rowsByType].map(([type, resources]) => ({ type, rows: resources.map((resource) => row(resource.id!, JSON.stringify(resource))) }));
    for (const [there, here] of await madeTwice([...wanted, { type: 'Basic', rows: [] }])) expect(there).toEqual(here);
    expect(threads.running).toBe(2);
  });

  test('hold rows larger than what is sent at a time, deletions, many, and what is no UTF-8', async () => {
    const invalid = bytesOf('{"resourceType":"Patient","id":"i","language":"a?b"}');
    invalid[invalid.indexOf(0x3f)] = 0xff;
    const large = patients(0, 3, 'x'.repeat(1_500_000));
    const rows = [...large, row('d', undefined), ...patients(10, 9000), row('i', invalid), ...patients(20_000, 40, 'y'.repeat(100_000)), large[0]!];
    for (const [there, here] of await madeTwice([{ type: 'Patient', rows }])) expect(there).toEqual(here);
  });

  test('are merged of parts where they are larger than is held at once', async () => {
    const inParts = parquetFiles({ objects, directory: join(root, 'parts'), elsewhere: threads, partBytes: 20_000 });
    const [file] = await inParts.writeAll([newFile('Patient', patients(0, 1000), 'parts.parquet')]);
    await inParts.close();
    expect(file?.rows).toBe(1000);
  });

  test('are none where a row is no JSON, and the threads go on with others', async () => {
    const broken = [...patients(0, 100), row('b', '{"resourceType":"Patient","secret')];
    const writing = files.writeAll([newFile('Patient', broken, 'broken.parquet'), newFile('Patient', patients(0, 5), 'other.parquet', 1)]);
    await expect(writing).rejects.toThrow(/^The JSON of a resource is malformed\.$/);
    expect(await objects.get('broken.parquet')).toBeUndefined();
    for (const [there, here] of await madeTwice([{ type: 'Patient', rows: patients(0, 5) }])) expect(there).toEqual(here);
    expect(readdirSync(join(root, 'work'))).toEqual([]);
  });

  test('are none where the rows fail on their way, and the threads go on with others', async () => {
    async function* failing(): AsyncGenerator<LakeRow> {
      yield* patients(0, 3, 'x'.repeat(900_000));
      throw new Error('The store cannot be read.');
    }
    await expect(files.writeAll([newFile('Patient', failing(), 'failed.parquet')])).rejects.toThrow('The store cannot be read.');
    expect(await objects.get('failed.parquet')).toBeUndefined();
    for (const [there, here] of await madeTwice([{ type: 'Patient', rows: patients(0, 5) }])) expect(there).toEqual(here);
  });

  test('are none where a thread ends meanwhile, and others are started for the next', async () => {
    async function* ending(): AsyncGenerator<LakeRow> {
      yield* patients(0, 3, 'x'.repeat(900_000));
      await threads.close();
      yield* patients(3, 10, 'x'.repeat(900_000));
    }
    await expect(files.writeAll([newFile('Patient', ending(), 'failed.parquet')])).rejects.toThrow('A thread that makes columns has ended.');
    expect(await objects.get('failed.parquet')).toBeUndefined();
    for (const [there, here] of await madeTwice([{ type: 'Patient', rows: patients(0, 5) }])) expect(there).toEqual(here);
  });

  test('are as many at a time as there are threads, whoever wants them', async () => {
    const others = parquetFiles({ objects, directory: join(root, 'others'), elsewhere: threads });
    const wanted = (name: string) => Array.from({ length: 6 }, (_none, index) => newFile('Patient', patients(index, 50), `${name}/${index}.parquet`));
    const made = await Promise.all([files.writeAll(wanted('one')), others.writeAll(wanted('other'))]);
    await others.close();
    expect(made.flat().map((file) => file?.rows)).toEqual(Array.from({ length: 12 }, () => 50));
    expect(threads.running).toBe(2);
  });

  test('need no thread where there is little to do, or but one core', async () => {
    await files.writeAll([newFile('Patient', patients(0, 5), 'few.parquet', 5000), newFile('Patient', patients(5, 5), 'more.parquet', 5000)]);
    expect(threads.running).toBe(0);
    expect(lakeColumnThreads(1)).toBeUndefined();
  });
});
