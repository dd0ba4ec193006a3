/**
 * How a question reads the lake of its data store: the files that the manifests name at the moment, as views for DuckDB. What
 * it has begun with it keeps; files that a manifest no longer names stay for a day.
 */
import { join } from 'node:path';
import { lakeViews, versionsTableName } from '../fhir/lake/lake-views.ts';
import { readTable, schemaFileStatement } from '../machine/duckdb/read-table.ts';
import { tableNamed } from '../operations/lake/lake-schema.ts';
import { duckDbStatement } from '../operations/sql/compiled-question.ts';
import { baseTable } from '../operations/sql/known-tables.ts';
import type { SqlQuestion } from '../ports/sql-engine.ts';
import { pathOfObject } from './directory-objects.ts';
import type { PreparedQuestion } from './sql-engine.ts';
import type { StoreLake } from './store-lake.ts';

export interface SqlLakeOptions {
  readonly objectsFolder: string;
  readonly files: StoreLake['files'];
  /** Milliseconds since the epoch: every change until then is in what the manifests name. */
  readonly asOf: () => Promise<number>;
}

type Prepared = Pick<PreparedQuestion, 'schemas' | 'views' | 'files' | 'filesBytes'>;

/** @returns what `SqlEngineOptions.prepare` is */
export function sqlLake({ objectsFolder, files, asOf }: SqlLakeOptions) {
  const pathOf = pathOfObject(objectsFolder);
  const table = async (name: string, schemaFolder: string): Promise<Prepared> => {
    const base = tableNamed(name);
    if (base === undefined) throw new Error('A question reads a table that no data store has.');
    const { keys, sizeBytes } = await files(name);
    const path = join(schemaFolder, `${name}.parquet`);
    const paths = keys.map(pathOf);
    return {
      schemas: [{ path, statement: schemaFileStatement(base, path) }],
      views: [
        { name: versionsTableName(name), select: `SELECT * FROM ${readTable(paths, path)}` },
        ...lakeViews(base).map((view) => ({ name: view.name, select: view.statement })),
      ],
      files: paths,
      filesBytes: sizeBytes,
    };
  };
  return async ({ statement, tables, columns }: Pick<SqlQuestion, 'statement' | 'tables' | 'columns'>, schemaFolder: string): Promise<PreparedQuestion> => {
    // Before the manifests: what comes meanwhile may be in the answer.
    const since = await asOf();
    const read = await Promise.all([...new Set(tables.map(baseTable))].map((name) => table(name, schemaFolder)));
    return {
      statement: duckDbStatement(statement),
      columns,
      asOf: since,
      schemas: read.flatMap(({ schemas }) => schemas),
      views: read.flatMap(({ views }) => views),
      files: read.flatMap(({ files }) => files),
      filesBytes: read.reduce((sum, { filesBytes }) => sum + filesBytes, 0),
    };
  };
}
