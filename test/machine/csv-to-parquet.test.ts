/** Answers of Athena as Parquet. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { csvToParquet } from '../../src/machine/duckdb/csv-to-parquet.ts';
import { jsonText } from '../../src/machine/duckdb/sql-values.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caldera-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an answer of Athena becomes Parquet of its types, null and the empty text apart', async () => {
  const [csvFile, parquetFile] = [join(folder, 'answer.csv'), join(folder, 'answer.parquet')];
  const names = JSON.stringify([{ family: 'O\'Hara, "x"', given: ['A', null], period: { end: '2020' } }]);
  await writeFile(csvFile, [
    '"id","n","price","day","at","names","end"',
    `"a","12","1.10","2024-03-01","2024-03-01 12:00:00.000","${names.replaceAll('"', '""')}",""`,
    '"b ""quoted""\nline",,,,,,',
  ].join('\n'));
  const columns = [
    { name: 'id', type: 'varchar' }, { name: 'n', type: 'bigint' }, { name: 'price', type: 'decimal(10,2)' }, { name: 'day', type: 'date' }, { name: 'at', type: 'timestamp(3)' },
    { name: 'names', type: 'array(row(family varchar, given array(varchar), period row(end varchar)))' }, { name: 'end', type: 'varchar' },
  ];
  await csvToParquet({ csvFile, parquetFile, columns, memoryMb: 512 });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(`SELECT * FROM read_parquet('${parquetFile}')`)).getRows().map((row) => JSON.parse(`[${row.map(jsonText).join()}]`) as unknown);
  expect(rows).toEqual([
    ['a', 12, 1.1, '2024-03-01', '2024-03-01 12:00:00.000', [{ family: 'O\'Hara, "x"', given: ['A', null], period: { end: '2020' } }], ''],
    ['b "quoted"\nline', null, null, null, null, null, null],
  ]);
});
