/**
 * The cases of SQL on FHIR v2 itself (https://github.com/FHIR/sql-on-fhir-v2/tree/master/tests), used in place: each compiled view
 * runs in DuckDB over resources that were written to Parquet.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseJson } from '../../../src/fhir/json.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { compileView } from '../../../src/sql/views/compile-view.ts';
import { openViewLake } from './view-lake.ts';
import type { ViewLake } from './view-lake.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/sql-on-fhir-v2');

interface Case {
  readonly title: string;
  readonly view: JsonObject;
  readonly expect?: readonly JsonObject[];
  readonly expectColumns?: readonly string[];
  readonly expectError?: boolean;
}

interface CaseFile {
  readonly title: string;
  readonly resources: readonly JsonObject[];
  readonly tests: readonly Case[];
}

const files = existsSync(folder)
  ? readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => parseJson(readFileSync(join(folder, name), 'utf8')) as unknown as CaseFile)
  : [];

let lake: ViewLake;
beforeAll(async () => { lake = await openViewLake(); });
afterAll(() => lake.close());

async function run(view: JsonObject) {
  const { query, columns } = compileView(view);
  return lake.ask(query, columns.map(({ name }) => name));
}

/** The order of rows is not defined, nor that of a row's members. */
function unordered(rows: readonly JsonObject[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1)))).toSorted();
}

(files.length > 0 ? describe : describe.skip)('The official cases of SQL on FHIR v2 (../shared/data/sql-on-fhir-v2)', () => {
  test('are 134', () => {
    expect(files.reduce((sum, { tests }) => sum + tests.length, 0)).toBe(134);
  });

  // Not describe.each, which fails on no cases even where it is skipped.
  for (const { title: file, resources, tests } of files) {
    describe(`of ${file}`, () => {
      beforeAll(() => lake.load(resources));

      for (const { title, view, expect: rows, expectColumns } of tests.filter(({ expectError }) => expectError !== true)) {
        test(`answers: ${title}`, async () => {
          const answer = await run(view);
          expect(unordered(answer.rows)).toEqual(unordered(rows!));
          expect(answer.columns).toEqual(expectColumns ?? answer.columns);
        });
      }

      for (const { title, view } of tests.filter(({ expectError }) => expectError === true)) {
        test(`is refused: ${title}`, async () => {
          await expect(run(view)).rejects.toThrow();
        });
      }
    });
  }
});
