/** What the Lambda layer has that brings DuckDB: packages of npm, the one with machine code for the functions' processors. */
export const duckdbPackages = ['@duckdb/node-api', '@duckdb/node-bindings', '@duckdb/node-bindings-linux-x64', 'detect-libc'] as const;
