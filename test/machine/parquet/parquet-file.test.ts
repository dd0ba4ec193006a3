/** Files of columns as another reads them: DuckDB (https://duckdb.org/docs/stable/data/parquet/metadata). */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../bench/random.ts';
import { directoryObjects } from '../../../src/embedded/directory-objects.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { RowColumns } from '../../../src/fhir/lake/row-columns.ts';
import { parquetFiles } from '../../../src/machine/duckdb/parquet-files.ts';
import { parquetFile } from '../../../src/machine/parquet/parquet-file.ts';
import type { LakeRow } from '../../../src/ports/parquet-files.ts';
import { rowsOfColumns } from '../../fhir/lake/rows-of-columns.ts';

const root = mkdtempSync(join(tmpdir(), 'caldera-parquet-'));
let reader: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  reader = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await reader.connect();
});
afterAll(() => {
  connection.closeSync();
  reader.closeSync();
  rmSync(root, { recursive: true });
});

const random = seededRandom(3);

/** Names, dates and amounts that repeat, that differ, and that are missing, at every depth. */
function patient(id: string): JsonObject {
  const some = <Value>(value: () => Value): Value | undefined => (random.below(4) === 0 ? undefined : value());
  const text = (): string => random.pick([random.pick(['a', 'b', '']), `é${random.below(1e9)}`, 'x'.repeat(random.below(200))]);
  const list = <Value>(item: () => Value): (Value | null)[] => Array.from({ length: random.below(4) }, () => (random.below(5) === 0 ? null : item()));
  return JSON.parse(JSON.stringify({
    resourceType: 'Patient', id,
    active: some(() => random.below(2) === 0),
    birthDate: some(() => `19${10 + random.below(90)}-0${1 + random.below(9)}-11`),
    multipleBirthInteger: some(() => random.below(9) - 4),
    deceasedDateTime: some(() => `20${10 + random.below(90)}-03-0${1 + random.below(9)}T0${random.below(9)}:00:00.${random.below(1e6)}Z`),
    name: some(() => list(() => ({ family: some(text), given: some(() => list(text)), period: some(() => ({ start: some(() => '2024') })) }))),
    contact: some(() => list(() => ({ name: some(() => ({ given: list(text) })), telecom: some(() => list(() => ({ rank: random.below(3) + 1, value: text() }))) }))),
    extension: some(() => list(() => ({ url: 'u', valueDecimal: random.below(100) / 8 }))),
  })) as JsonObject;
}

const rows: readonly LakeRow[] = Array.from({ length: 600 }, (_none, number) => ({
  id: `p${number}`, version: 1 + (number % 3), validFrom: Date.UTC(2024, 0, 1, 0, 0, number), layer: 'recent',
  ...(number % 10 === 0 ? {} : { json: new TextEncoder().encode(JSON.stringify(patient(`p${number}`))) }),
}));

async function read(path: string): Promise<readonly JsonObject[]> {
  return (await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}') ORDER BY valid_from`)).getRowObjectsJson();
}

/** Without what is null, and with numbers as they are. */
function told(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => told(item) ?? null);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, told(member)]])));
}

describe('a Parquet file', () => {
  const columns = new RowColumns(lakeTable('Patient'));
  for (const row of rows) columns.append(row);
  const path = join(root, 'one.parquet');

  test('gives back what its columns were given', async () => {
    await writeFile(path, await parquetFile(columns));
    const found = (await read(path)).map(({ resource_version, ...row }) => told({ ...row, resource_version: Number(resource_version) }));
    expect(found).toEqual(rowsOfColumns(columns).map((row) => told(row)));
  });

  test('tells of each column the least, the largest and how many are missing', async () => {
    const told = (await connection.runAndReadAll(`SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count::INTEGER FROM parquet_metadata('${path}')`)).getRowsJson();
    const statistics = new Map(told.map(([name, ...others]) => [name, others]));
    expect(statistics.get('id')).toEqual(['p0', 'p99', 0]);
    expect(statistics.get('resource_version')).toEqual(['1', '3', 0]);
    expect(statistics.get('valid_to')).toEqual([null, null, 600]);
    const [first] = (await connection.runAndReadAll(`SELECT min(birthdate_date)::VARCHAR, max(birthdate_date)::VARCHAR, count(*) FILTER (birthdate_date IS NULL)::INTEGER FROM read_parquet('${path}')`)).getRowsJson();
    expect(statistics.get('birthdate_date')).toEqual(first);
    // In the order of bytes.
    expect(statistics.get('name, list, element, family')?.slice(0, 2)).toEqual(['', expect.stringMatching(/^é9/)]);
  });

  test('is found by what its statistics tell', async () => {
    const count = async (condition: string) => Number((await connection.runAndReadAll(`SELECT count(*) FROM read_parquet('${path}') WHERE ${condition}`)).getRowsJson()[0]![0]);
    expect([await count("id = 'p42'"), await count("id = 'q'"), await count("valid_from >= TIMESTAMP '2024-01-01 00:09:50'"), await count('resource_version > 3')]).toEqual([1, 0, 10, 0]);
  });

  test('of more than memory is to hold is merged of parts, and is the same', async () => {
    const files = parquetFiles({ objects: directoryObjects(join(root, 'objects')), directory: join(root, 'work'), partBytes: 20_000 });
    const file = await files.write(lakeTable('Patient'), rows, 'parts.parquet');
    await files.close();
    expect(file?.rows).toBe(rows.length);
    expect(await read(join(root, 'objects', 'parts.parquet'))).toEqual(await read(path));
  });

  test('gives back lists that are long and nearly empty, beside some that are not', async () => {
    const contact = () => (patient('c').contact as readonly JsonObject[] | undefined)?.[0] ?? { name: { given: ['g'] } };
    const sparse = (length: number, full: readonly number[]) => Array.from({ length }, (_none, place) => (full.includes(place) ? contact() : {}));
    const contacts = [sparse(500, [0]), sparse(40, []), sparse(3, [0, 1, 2]), sparse(700, [1, 350, 351, 699])];
    const long = new RowColumns(lakeTable('Patient'));
    for (const [number, contact] of contacts.entries()) {
      const json = new TextEncoder().encode(JSON.stringify({ resourceType: 'Patient', id: `p${number}`, name: patient('n').name, contact }));
      long.append({ id: `p${number}`, version: 1, validFrom: number, layer: 'recent', json });
    }
    await writeFile(join(root, 'long.parquet'), await parquetFile(long));
    const found = (await read(join(root, 'long.parquet'))).map(({ resource_version, ...row }) => told({ ...row, resource_version: Number(resource_version) }));
    expect(found).toEqual(rowsOfColumns(long).map((row) => told(row)));
  });

  test('of hundreds of thousands of items, one of which has columns of its own, has each of them', async () => {
    const full = JSON.stringify({ item: Array.from({ length: 40 }, (_none, place) => ({ linkId: `${place}`, code: [{ code: 'c' }], item: [{ linkId: 'i', answerOption: [{ valueString: 's' }] }] })) });
    const json = `{"resourceType":"Questionnaire","id":"q","item":[${'{"linkId":"1"},'.repeat(200_000)}${full}]}`;
    const columns = new RowColumns(lakeTable('Questionnaire'));
    columns.append({ id: 'q', version: 1, validFrom: 0, layer: 'recent', json: new TextEncoder().encode(json) });
    await writeFile(join(root, 'sparse.parquet'), await parquetFile(columns));
    const [row] = (await connection.runAndReadAll(`SELECT len(item)::INTEGER, len(item[-1].item)::INTEGER, item[-1].item[40].item[1].answeroption[1].valuestring,
      len(list_filter(item, each -> each.item IS NULL))::INTEGER FROM read_parquet('${join(root, 'sparse.parquet')}')`)).getRowsJson();
    expect(row).toEqual([200_001, 40, 's', 200_000]);
  });

  test('holds a resource of too many values beside lists that have none', async () => {
    const withoutValues = { resourceType: 'Patient', id: 'a', name: [{ given: [null], _given: [{ extension: [{ url: 'u', valueCode: 'unknown' }] }] }] };
    const tooMany = `{"resourceType":"Patient","id":"b","name":[${Array.from({ length: 500_001 }, () => '{}').join()}]}`;
    const both = new RowColumns(lakeTable('Patient'));
    for (const [number, json] of [JSON.stringify(withoutValues), tooMany].entries()) {
      both.append({ id: 'ab'[number]!, version: 1, validFrom: number, layer: 'recent', json: new TextEncoder().encode(json) });
    }
    await writeFile(join(root, 'many.parquet'), await parquetFile(both));
    const found = await read(join(root, 'many.parquet'));
    expect(found.map(({ id, name }) => [id, told(name)])).toEqual([['a', [{ given: [null], _given: expect.anything() }]], ['b', undefined]]);
  });
});
