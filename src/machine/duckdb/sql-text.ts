/** Texts and names as DuckDB's SQL has them (https://duckdb.org/docs/stable/sql/data_types/literal_types). */

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The rows of files, and nothing of their paths: DuckDB takes a folder `id=7` for a column of the files below it, unless told otherwise. */
export function readParquet(files: readonly string[], options = ''): string {
  return `read_parquet([${files.map(quoted).join(', ')}], hive_partitioning = false${options})`;
}
