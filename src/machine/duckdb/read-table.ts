/**
 * A table of the lake over files that hold only what occurs in them
 * (https://duckdb.org/docs/stable/data/multiple_files/combining_schemas): columns and fields that a file lacks are null.
 */
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import { duckDbType } from '../../fhir/lake/type-names.ts';
import { quoted, readParquet } from './sql-text.ts';

/** Makes a file that has every column of the table, with every field, and no row: {@link readTable} needs one. */
export function schemaFileStatement(table: LakeTable, path: string): string {
  const columns = table.columns.map(({ name, type }) => `NULL::${duckDbType(type)} AS "${name}"`);
  return `COPY (SELECT ${columns.join(', ')} WHERE false) TO ${quoted(path)} (FORMAT parquet)`;
}

/**
 * What stands behind FROM: the rows of the files with all columns of the table that the schema file was made of.
 * @param schemaFile of the columns of the table as they are now; its names and types decide, for it is the first
 */
export function readTable(files: readonly string[], schemaFile: string): string {
  return readParquet([schemaFile, ...files], ', union_by_name = true');
}

/** The columns that the files have, each with the fields of all of them. */
export function readFiles(files: readonly string[], options = ''): string {
  return readParquet(files, `, union_by_name = true${options}`);
}
