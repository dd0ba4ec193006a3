/** Texts that Trino reads as a date: DuckDB reads more. A regular expression of RE2. */
export const datePattern = '[+-]?[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}';
