/** The views over a table of the lake, asked in DuckDB. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LakeTable } from '../../../src/fhir/lake/lake-table.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { lakeViews } from '../../../src/fhir/lake/lake-views.ts';

const all = lakeTable('Patient');
const kept: ReadonlySet<string> = new Set(['id', 'gender']);
const table: LakeTable = { ...all, columns: all.columns.filter(({ name, role }) => kept.has(name) || role === 'version') };

let connection: DuckDBConnection;

/** Of one resource: its id, version, layer, and gender; none for a deletion. */
type Row = readonly [id: string, version: number, layer: 'current' | 'past' | 'recent', gender?: string];

async function asked(rows: readonly Row[], question: string): Promise<unknown> {
  const moment = (version: number): string => `TIMESTAMP '2024-01-0${version} 00:00:00'`;
  const values = rows.map(([id, version, layer, gender]) => (
    `('${id}', ${gender === undefined ? 'NULL' : `'${gender}'`}, ${version}, ${moment(version)}, NULL, ${gender === undefined}, '${layer}')`
  ));
  await connection.run('CREATE OR REPLACE TABLE patient_versions (id VARCHAR, gender VARCHAR, resource_version BIGINT, valid_from TIMESTAMP, valid_to TIMESTAMP, resource_deleted BOOLEAN, layer VARCHAR)');
  await connection.run(`INSERT INTO patient_versions VALUES ${values.join()}`);
  for (const { name, statement } of lakeViews(table)) await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${statement}`);
  return (await connection.runAndReadAll(question)).getRows().map((row) => row.map(String).join(' '));
}

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

const current = 'SELECT id, gender FROM patient ORDER BY id, gender';

describe('the view of what is current', () => {
  test('has what was compacted where nothing has changed it, and the newest of what has', async () => {
    expect(await asked([['a', 1, 'current', 'male'], ['b', 1, 'current', 'male'], ['b', 2, 'recent', 'female'], ['b', 3, 'recent', 'other'], ['c', 1, 'recent', 'male']], current))
      .toEqual(['a male', 'b other', 'c male']);
  });

  test('has nothing of what is deleted, and again what is made again', async () => {
    expect(await asked([['a', 1, 'current', 'male'], ['a', 2, 'recent'], ['b', 1, 'past', 'male'], ['b', 2, 'past'], ['c', 1, 'past', 'male'], ['c', 2, 'past'], ['c', 3, 'recent', 'female']], current))
      .toEqual(['c female']);
  });

  test('counts once what comes twice', async () => {
    expect(await asked([['a', 1, 'recent', 'male'], ['a', 1, 'recent', 'male'], ['b', 1, 'current', 'male'], ['b', 1, 'recent', 'male']], current)).toEqual(['a male', 'b male']);
  });

  test('is made nothing of by what comes late, with which its newest version comes again', async () => {
    const late: readonly Row[] = [
      ['a', 2, 'current', 'female'], ['a', 1, 'past', 'male'], ['a', 1, 'recent', 'male'], ['a', 2, 'recent', 'female'],
      ['b', 2, 'past'], ['b', 1, 'past', 'male'], ['b', 1, 'recent', 'male'], ['b', 2, 'recent'],
    ];
    expect(await asked(late, current)).toEqual(['a female']);
  });
});

describe('the view of the history', () => {
  const history = 'SELECT id, resource_version, gender, strftime(valid_from, \'%d\'), strftime(valid_to, \'%d\'), resource_deleted FROM patient_history ORDER BY id, resource_version';

  test('has every version once, from when and until when it was valid', async () => {
    const rows: readonly Row[] = [['a', 1, 'past', 'male'], ['a', 2, 'current', 'female'], ['a', 2, 'recent', 'female'], ['a', 3, 'recent'], ['b', 1, 'recent', 'male']];
    expect(await asked(rows, history)).toEqual(['a 1 male 01 02 false', 'a 2 female 02 03 false', 'a 3 null 03 null true', 'b 1 male 01 null false']);
  });

  test('tells what there was at a moment', async () => {
    const rows: readonly Row[] = [['a', 1, 'past', 'male'], ['a', 3, 'current', 'female'], ['b', 2, 'past', 'male'], ['b', 4, 'past']];
    const then = "SELECT id, gender FROM patient_history WHERE valid_from <= TIMESTAMP '2024-01-02 12:00:00' AND (valid_to IS NULL OR valid_to > TIMESTAMP '2024-01-02 12:00:00') AND NOT resource_deleted ORDER BY id";
    expect(await asked(rows, then)).toEqual(['a male', 'b male']);
  });
});
