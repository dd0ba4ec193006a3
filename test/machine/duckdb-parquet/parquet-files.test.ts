import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { directoryObjects } from '../../../src/embedded/directory-objects.ts';
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Layer } from '../../../src/fhir/lake/lake-table.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';
import { parquetFiles } from '../../../src/machine/duckdb/parquet-files.ts';
import { readTable, schemaFileStatement } from '../../../src/machine/duckdb/read-table.ts';
import type { LakeRow } from '../../../src/ports/parquet-files.ts';
import { elementsOfRow, ordered } from '../../fhir/lake/elements-of-row.ts';

const root = mkdtempSync(join(tmpdir(), 'caldera-parquet-'));
/** DuckDB would take the folder for a column of the files below it. */
const objects = directoryObjects(join(root, 'id=7'));
const pathOf = (key: string) => join(root, 'id=7', key);
/** A name that SQL and globs would trip over. */
const directory = join(root, 'it\'s [a] *');
const files = parquetFiles({ objects, directory, pathOf, memoryMb: 256 });
let reader: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  reader = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await reader.connect();
});

afterAll(async () => {
  connection.closeSync();
  reader.closeSync();
  await files.close();
  rmSync(root, { recursive: true });
});

let keys = 0;

function key(): string {
  return `lake/test/${++keys}.parquet`;
}

async function rowsOf(statement: string): Promise<JsonObject[]> {
  return (await connection.runAndReadAll(statement)).getRowObjectsJson();
}

function rowsIn(file: string, order = 'id, resource_version'): Promise<JsonObject[]> {
  return rowsOf(`SELECT * FROM read_parquet('${pathOf(file)}', hive_partitioning = false) ORDER BY ${order}`);
}

const writtenAt = Date.UTC(2024, 0, 1);

function row(id: string, members: JsonObject | string | undefined, { version = 1, layer = 'recent' }: { version?: number; layer?: Layer } = {}): LakeRow {
  const text = typeof members === 'string' ? members : JSON.stringify({ resourceType: 'Patient', id, ...members });
  const json = members === undefined ? undefined : new TextEncoder().encode(text);
  return { id, version, validFrom: writtenAt + version * 1000, layer, ...(json && { json }) };
}

describe('a Parquet file of the lake', () => {
  test('has every element of every synthetic resource, to the digit', async () => {
    const byType = new Map<string, JsonObject[]>();
    for (const resources of syntheticPopulation({ patients: 2, seed: 2, present: '2024-01-01' })) {
      for (const resource of resources) byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), resource]);
    }
    for (const [type, resources] of byType) {
      const table = lakeTable(type);
      const target = key();
      const file = await files.write(table, resources.map((resource) => row(resource.id as string, JSON.stringify(resource))), target);
      expect(file).toMatchObject({ key: target, rows: resources.length });
      const found = new Map((await rowsIn(target)).map((each) => [each.id, ordered(elementsOfRow(table, each))]));
      for (const resource of resources) expect(found.get(resource.id as string)).toBe(ordered(parseJson(JSON.stringify(resource))));
    }
  });

  test('has only what occurs, typed', async () => {
    const target = key();
    await files.write(lakeTable('Patient'), [row('a', { birthDate: '1970-02', name: [{ given: ['A'] }] }), row('b', { active: true })], target);
    const columns = await rowsOf(`DESCRIBE SELECT * FROM read_parquet('${pathOf(target)}', hive_partitioning = false)`);
    expect(columns.map(({ column_name: name, column_type: type }) => [name, type].join(' '))).toEqual([
      'id VARCHAR', 'active BOOLEAN', 'name STRUCT(given VARCHAR[])[]', 'birthdate VARCHAR', 'birthdate_date DATE', 'resource_version BIGINT',
      'valid_from TIMESTAMP', 'valid_to TIMESTAMP', 'resource_deleted BOOLEAN', 'layer VARCHAR',
    ]);
    expect(await rowsIn(target)).toMatchObject([
      { id: 'a', birthdate_date: '1970-02-01', resource_version: '1', valid_from: '2024-01-01 00:00:01', valid_to: null, resource_deleted: false, layer: 'recent' },
      { id: 'b', active: true, birthdate: null },
    ]);
  });

  test('has every column and field of its table where it is read with the table\'s schema', async () => {
    const targets = [key(), key()];
    await files.write(lakeTable('Patient'), [row('a', { name: [{ given: ['A'] }] })], targets[0]!);
    await files.write(lakeTable('Patient'), [row('b', { name: [{ family: 'B' }], birthDate: '1970' })], targets[1]!);
    const schemaFile = join(root, 'patient.parquet');
    await connection.run(schemaFileStatement(lakeTable('Patient'), schemaFile));
    const source = readTable(targets.map(pathOf), schemaFile);
    expect(await rowsOf(`SELECT id, name[1].given[1] AS given, name[1].family AS family, name[1].period.start AS start, birthdate_date, maritalstatus.text AS marital FROM ${source} ORDER BY id`)).toEqual([
      { id: 'a', given: 'A', family: null, start: null, birthdate_date: null, marital: null },
      { id: 'b', given: null, family: 'B', start: null, birthdate_date: '1970-01-01', marital: null },
    ]);
    expect(await rowsOf(`SELECT count(*)::INTEGER AS rows FROM ${readTable([], schemaFile)}`)).toEqual([{ rows: 0 }]);
  });

  test('is not made without rows', async () => {
    const target = key();
    expect(await files.write(lakeTable('Patient'), [], target)).toBeUndefined();
    expect(await objects.get(target)).toBeUndefined();
  });

  test('takes what hostile resources hold', async () => {
    const target = key();
    const invalid = Buffer.from(JSON.stringify({ resourceType: 'Patient', id: 'utf8', language: 'a?b' }));
    invalid[invalid.indexOf(0x3f)] = 0xff;
    const rows: LakeRow[] = [
      row('nul', { language: 'a\0b' }),
      row('quotes', { language: '\'; DROP TABLE picked; -- "\\"' }),
      row('surrogate', '{"resourceType":"Patient","id":"surrogate","language":"\\ud800!"}'),
      { ...row('utf8', {}), json: invalid },
      row('long', { language: 'x'.repeat(10_000_000) }),
      row('deep', `{"resourceType":"Patient","id":"deep","extension":[${'{"extension":['.repeat(5000)}{"url":"u"}${']}'.repeat(5000)}]}`),
      row('numbers', '{"resourceType":"Patient","id":"numbers","multipleBirthInteger":99999999999,"text":1e400}'),
      row('names', '{"resourceType":"Patient","id":"names","it\'s \\"a\\" name":1,"":2,"__proto__":3}'),
    ];
    expect(await files.write(lakeTable('Patient'), rows, target)).toMatchObject({ rows: rows.length });
    const found = new Map((await rowsIn(target)).map((each) => [each.id, each]));
    const language = (id: string) => (found.get(id) as { language: string }).language;
    expect(language('nul')).toBe('a\0b');
    expect(language('quotes')).toBe('\'; DROP TABLE picked; -- "\\"');
    expect([language('surrogate'), language('utf8')]).toEqual(['\ufffd!', 'a\ufffdb']);
    expect(language('long')).toHaveLength(10_000_000);
    expect(found.get('deep')?.extension as Json[]).toHaveLength(1);
    expect(found.get('numbers')?.unknown_elements).toBe('{"multipleBirthInteger":99999999999,"text":1e400}');
    expect(found.get('names')?.unknown_elements).toBe('{"it\'s \\"a\\" name":1,"":2,"__proto__":3}');
  });

  test('is not left half, nor anything of it, when a row cannot be read', async () => {
    const target = key();
    await expect(files.write(lakeTable('Patient'), [row('a', {}), row('b', '{"secret"')], target)).rejects.toThrow('The JSON of a resource is malformed.');
    expect(await objects.get(target)).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a compaction', () => {
  const patient = lakeTable('Patient');

  /** Files of three rounds: what was current, its changes, and some of these again. */
  async function sources(): Promise<string[]> {
    const made = [key(), key(), key()];
    await files.write(patient, [
      row('changed', { name: [{ family: 'Old', given: ['A'] }] }, { version: 3, layer: 'current' }),
      row('same', { birthDate: '1970' }, { layer: 'current' }),
      row('deleted', { active: true }, { layer: 'current' }),
    ], made[0]!);
    await files.write(patient, [
      row('changed', { name: [{ family: 'New', period: { start: '2024' } }] }, { version: 4 }),
      row('deleted', undefined, { version: 2 }),
      row('new', { active: false, name: [{ given: ['N'] }] }),
    ], made[1]!);
    await files.write(patient, [
      row('changed', { name: [{ family: 'New', period: { start: '2024' } }] }, { version: 4 }),
      row('same', { birthDate: '1970' }),
      row('revived', undefined, { version: 2 }),
      row('revived', { gender: 'other' }, { version: 3 }),
    ], made[2]!);
    return made;
  }

  /** Id, version, layer, whether deleted, and the second in which it ended. */
  const brief = ({ id, resource_version: version, valid_to: until, layer, resource_deleted: isDeleted }: JsonObject) =>
    [id, version, layer, isDeleted === true ? 'deleted' : '', typeof until === 'string' ? until.slice(17) : ''].filter((part) => part !== '').join(' ');

  const expected = {
    current: ['changed 4 current', 'new 1 current', 'revived 3 current', 'same 1 current'],
    past: ['changed 3 past 04', 'deleted 1 past 02', 'deleted 2 past deleted', 'revived 2 past deleted 03'],
  };

  test('puts the newest version of what is not deleted into one file, every other into another, each once', async () => {
    const [current, past] = [key(), key()];
    const made = await files.compact({ table: patient, sources: await sources(), current, past });
    expect(made).toMatchObject({ current: { key: current, rows: 4 }, past: { key: past, rows: 4 } });
    const rows = await rowsIn(current);
    expect(rows.map(brief)).toEqual(expected.current);
    expect((await rowsIn(past)).map(brief)).toEqual(expected.past);
    expect(rows[0]!.name).toEqual([{ given: null, family: 'New', period: { start: '2024', start_timestamp: '2024-01-01 00:00:00' } }]);
  });

  test('of a file that compaction made, and of what came since, has every row of both, however often', async () => {
    let from = await sources();
    for (let round = 1; round <= 4; round += 1) {
      const [current, past, since] = [key(), key(), key()];
      const made = await files.compact({ table: patient, sources: from, current, past });
      expect([made.current?.rows, made.past?.rows]).toEqual([3 + round, 3 + round]);
      expect(Object.keys((await rowsIn(current))[0]!)).not.toContain('file_index');
      await files.write(patient, [row('changed', { active: true }, { version: 4 + round }), row(`later-${round}`, { active: true })], since);
      from = [current, past, since];
    }
  });

  test('may be made in parts', async () => {
    const from = await sources();
    const found: JsonObject[] = [];
    for (let bucket = 0; bucket < 3; bucket++) {
      const made = await files.compact({ table: patient, sources: from, current: key(), past: key(), part: { bucket, buckets: 3 } });
      for (const file of [made.current, made.past]) if (file) found.push(...(await rowsIn(file.key)));
    }
    expect(found.map(brief).sort()).toEqual([...expected.current, ...expected.past].sort());
  });

  test('makes no file of a layer without rows', async () => {
    const only = key();
    await files.write(patient, [row('a', { active: true })], only);
    expect(await files.compact({ table: patient, sources: [only], current: key(), past: key() })).toMatchObject({ current: { rows: 1 } });
    const gone = key();
    await files.write(patient, [row('a', undefined)], gone);
    const made = await files.compact({ table: patient, sources: [gone], current: key(), past: key() });
    expect(Object.keys(made)).toEqual(['past']);
  });

  test('of recent files alone keeps every row as it is', async () => {
    const from = await sources();
    const merged = await files.merge({ table: patient, sources: from.slice(1), key: key() });
    expect(merged?.rows).toBe(7);
    expect(new Set((await rowsIn(merged!.key)).map(({ layer }) => layer))).toEqual(new Set(['recent']));
  });

  test('reads objects that are not files', async () => {
    const elsewhere = parquetFiles({ objects, directory: join(root, 'elsewhere') });
    const made = await elsewhere.compact({ table: patient, sources: await sources(), current: key(), past: key() });
    await elsewhere.close();
    expect(made.current?.rows).toBe(4);
  });
});
