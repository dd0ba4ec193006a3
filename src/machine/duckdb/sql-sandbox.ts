/**
 * A DuckDB that reads one folder, writes another, and can be talked into nothing else
 * (https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview): no other file, no network, no extension, and
 * no statement that changes that.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type { SqlSettings } from './sql-messages.ts';
import { quoted } from './sql-text.ts';

export async function openSandbox({ lakeFolder, resultsFolder, schemaFolder, temporaryFolder, memoryMb, temporaryMb, threads }: SqlSettings): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    temp_directory: temporaryFolder,
    max_temp_directory_size: `${temporaryMb}MB`,
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  // Moments without a zone are UTC's, wherever the server stands; files of the lake never change.
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET parquet_metadata_cache = true');
  await connection.run(`SET allowed_directories = [${[lakeFolder, resultsFolder, schemaFolder].map(quoted).join()}]`);
  await connection.run('SET enable_external_access = false');
  // The last of all: from now on settings are refused.
  await connection.run('SET lock_configuration = true');
  connection.closeSync();
  return instance;
}
