/** A data store's lake, read as SQL reads it, and held against the store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ServedStore } from '../../src/embedded/served-store.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';
import { lakeViews, versionsTableName } from '../../src/fhir/lake/lake-views.ts';
import { readTable, schemaFileStatement } from '../../src/machine/duckdb/read-table.ts';

export interface LakeReading {
  /** `id/version`, of deletions with ` deleted` behind it; in order. */
  readonly current: readonly string[];
  readonly history: readonly string[];
}

/** What the views of a type's table have. @param objectsFolder of the store */
export async function lakeRows(type: string, { lake }: Pick<ServedStore, 'lake'>, objectsFolder: string): Promise<LakeReading> {
  const table = lakeTable(type);
  const { keys } = await lake.files(table.name);
  const folder = mkdtempSync(join(tmpdir(), 'caldera-lake-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const names = async (statement: string) => (await connection.runAndReadAll(statement)).getRows().map(([name]) => String(name)).toSorted();
  try {
    const schema = join(folder, 'schema.parquet');
    await connection.run(schemaFileStatement(table, schema));
    await connection.run(`CREATE VIEW ${versionsTableName(table.name)} AS SELECT * FROM ${readTable(keys.map((key) => join(objectsFolder, key)), schema)}`);
    for (const { name, statement } of lakeViews(table)) await connection.run(`CREATE VIEW ${name} AS ${statement}`);
    return {
      current: await names(`SELECT id || '/' || meta.versionid FROM ${table.name}`),
      history: await names(`SELECT id || '/' || resource_version || CASE WHEN resource_deleted THEN ' deleted' ELSE '' END FROM ${table.name}_history`),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
}

/** The same of the store. */
export async function storedRows(type: string, { store }: Pick<ServedStore, 'store'>): Promise<LakeReading> {
  const versions: { readonly id: string; readonly versionId: number; readonly isDeleted: boolean }[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.history({ type, count: 1000, ...(cursor && { cursor }) });
    versions.push(...page.versions.map(({ id, versionId, json }) => ({ id, versionId, isDeleted: json === undefined })));
    cursor = page.next;
  } while (cursor !== undefined);
  const newest = [...Map.groupBy(versions, ({ id }) => id).values()].map((all) => all.toSorted((one, other) => other.versionId - one.versionId)[0]!);
  return {
    current: newest.filter(({ isDeleted }) => !isDeleted).map(({ id, versionId }) => `${id}/${versionId}`).toSorted(),
    history: versions.map(({ id, versionId, isDeleted }) => `${id}/${versionId}${isDeleted ? ' deleted' : ''}`).toSorted(),
  };
}
