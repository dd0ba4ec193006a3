/** The lake's tables as Glue has them. */
import { describe, expect, test } from '@jest/globals';
import type { TableInput } from '@aws-sdk/client-glue';
import { catalogTables, maxColumnTypeLength, maxViewTextLength } from '../../src/aws/glue-tables.ts';
import { resourceTypes } from '../../src/fhir/definitions/resource-types.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';

const tables = catalogTables(resourceTypes.map((type) => lakeTable(type)), 'caldera_1', (table) => `s3://bucket/${table}/`);
const tableOf = (name: string): TableInput => tables.find(({ Name }) => Name === name)!;
const columnTypes = ({ StorageDescriptor }: TableInput) => Object.fromEntries(StorageDescriptor!.Columns!.map(({ Name, Type }) => [Name, Type]));

interface PrestoView {
  readonly originalSql: string;
  readonly catalog: string;
  readonly schema: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

function viewOf(name: string): PrestoView {
  const [, base64] = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/.exec(tableOf(name).ViewOriginalText!)!;
  return JSON.parse(Buffer.from(base64!, 'base64').toString()) as PrestoView;
}

describe('the catalog of a data store', () => {
  test('has a table and two views of each resource type', () => {
    expect(tables).toHaveLength(3 * 147);
    expect(new Set(tables.map(({ Name }) => Name)).size).toBe(3 * 147);
  });

  test('has tables over their manifests, typed as the files are', () => {
    const { StorageDescriptor, TableType } = tableOf('patient_versions');
    expect([TableType, StorageDescriptor!.Location, StorageDescriptor!.InputFormat]).toEqual(['EXTERNAL_TABLE', 's3://bucket/patient/', 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat']);
    expect(columnTypes(tableOf('patient_versions'))).toMatchObject({
      id: 'string', birthdate: 'string', birthdate_date: 'date', multiplebirthinteger: 'int', resource_version: 'bigint', valid_from: 'timestamp', layer: 'string',
      name: expect.stringMatching(/^array<struct<.*family:string,.*given:array<string>,.*period:struct<.*end:string,/),
    });
  });

  test('has views as Athena keeps them, whose columns are typed alike in both places', () => {
    const view = viewOf('patient');
    expect([view.catalog, view.schema]).toEqual(['awsdatacatalog', 'caldera_1']);
    expect(view.originalSql).toMatch(/^SELECT c\."id".* FROM "patient_versions" AS c /);
    expect(view.columns.map(({ name }) => name)).toEqual(Object.keys(columnTypes(tableOf('patient'))));
    expect(view.columns.find(({ name }) => name === 'name')!.type).toMatch(/^array\(row\(.*"period" row\(.*"end" varchar,/);
    expect(viewOf('patient_history').columns.at(-1)).toEqual({ name: 'resource_deleted', type: 'boolean' });
  });

  test('stays within what Glue takes', () => {
    for (const { StorageDescriptor, ViewOriginalText = '' } of tables) {
      expect(Math.max(...StorageDescriptor!.Columns!.map(({ Type }) => Type!.length))).toBeLessThanOrEqual(maxColumnTypeLength);
      expect(ViewOriginalText.length).toBeLessThanOrEqual(maxViewTextLength);
    }
  });
});
