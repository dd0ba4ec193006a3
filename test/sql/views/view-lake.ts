/** Resources as the lake has them, and views asked of them in DuckDB: written to Parquet, read as the tables that views are over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { directoryObjects } from '../../../src/embedded/directory-objects.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import type { LakeTable, LakeType } from '../../../src/fhir/lake/lake-table.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { resourceTypes } from '../../../src/fhir/definitions/resource-types.ts';
import { parquetFiles } from '../../../src/machine/duckdb/parquet-files.ts';
import { readTable, schemaFileStatement } from '../../../src/machine/duckdb/read-table.ts';
import type { Query, SqlType } from '../../../src/sql/ast.ts';
import type { CheckedQuery } from '../../../src/sql/check.ts';
import { check } from '../../../src/sql/check.ts';
import { parseQuery } from '../../../src/sql/parse.ts';
import { toAthena } from '../../../src/sql/to-athena.ts';
import { sqlScalar } from '../../../src/sql/views/nodes.ts';

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
}

export interface ViewLake {
  /** In place of what was there. */
  load(resources: readonly JsonObject[]): Promise<void>;
  ask(query: Query, names: readonly string[]): Promise<Answer>;
  close(): Promise<void>;
}

const namesOfTables: ReadonlyMap<string, string> = new Map(resourceTypes.map((type) => [type.toLowerCase(), type]));

function sqlType(type: LakeType): SqlType {
  if (type.kind === 'scalar') return sqlScalar(type.scalar);
  if (type.kind === 'array') return { kind: 'array', element: sqlType(type.element) };
  return { kind: 'row', fields: type.fields.map((field) => ({ name: field.name, type: sqlType(field.type) })) };
}

function columnsOf({ columns }: LakeTable) {
  return columns.map(({ name, type }) => ({ name, type: sqlType(type) }));
}

/** A compiled view as an engine gets it: written for Athena, read again, checked against the tables. */
export function checked(query: Query): CheckedQuery {
  return check(parseQuery(toAthena(query)), {
    columnsOf: (name) => (namesOfTables.has(name) ? columnsOf(lakeTable(namesOfTables.get(name)!)) : undefined),
  });
}

export async function openViewLake(): Promise<ViewLake> {
  const root = mkdtempSync(join(tmpdir(), 'caldera-views-'));
  const objects = directoryObjects(join(root, 'objects'));
  const files = parquetFiles({ objects, directory: join(root, 'work'), pathOf: (key) => join(root, 'objects', key), memoryMb: 256 });
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  let keys = 0;
  const known = new Set<string>();

  async function view(name: string, sources: readonly string[]) {
    const schema = join(root, `schema-${name}.parquet`);
    if (!known.has(name)) await connection.run(schemaFileStatement(lakeTable(namesOfTables.get(name)!), schema));
    known.add(name);
    await connection.run(`CREATE OR REPLACE VIEW "${name}" AS SELECT * FROM ${readTable(sources.map((key) => join(root, 'objects', key)), schema)}`);
  }

  return {
    async load(resources) {
      for (const name of known) await view(name, []);
      for (const [type, list] of Map.groupBy(resources, ({ resourceType }) => String(resourceType))) {
        const rows = list.map((resource, index) => ({
          id: String(resource['id'] ?? `without-id-${index}`), version: 1, validFrom: 0, layer: 'current' as const,
          json: new TextEncoder().encode(JSON.stringify({ ...resource, id: resource['id'] ?? `without-id-${index}` })),
        }));
        const file = await files.write(lakeTable(type), rows, `lake/${type}/${++keys}.parquet`);
        await view(type.toLowerCase(), [file!.key]);
      }
    },
    async ask(query, names) {
      const { duckDb, tables } = checked(query);
      for (const name of tables) if (!known.has(name)) await view(name, []);
      return answerOf(connection, duckDb, names);
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await files.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function answerOf(connection: DuckDBConnection, statement: string, columns: readonly string[]): Promise<Answer> {
  const result = await connection.runAndReadAll(statement);
  const rows = result.getRowsJS().map((row) => Object.fromEntries(row.map((value, index) => [columns[index]!, plain(value)])));
  return { columns, rows };
}

function plain(value: unknown): JsonObject[string] {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((each) => plain(each) ?? null);
  if (value instanceof Date) return value.toISOString();
  return value as JsonObject[string];
}
