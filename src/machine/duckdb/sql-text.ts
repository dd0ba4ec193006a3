/** Texts and names as DuckDB's SQL has them (https://duckdb.org/docs/stable/sql/data_types/literal_types). */

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
