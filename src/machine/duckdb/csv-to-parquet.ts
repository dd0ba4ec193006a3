/**
 * A CSV as Athena writes its answers, as a Parquet file with the answer's types: everything quoted but null, arrays and rows as
 * JSON texts (https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html).
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type { SqlColumn } from '../../ports/sql-engine.ts';
import { duckDbTypeOf } from './athena-types.ts';
import { rowsOf } from './parquet-writer.ts';
import { quoted, quotedName } from './sql-text.ts';

export interface CsvToParquet {
  readonly csvFile: string;
  readonly parquetFile: string;
  readonly columns: readonly SqlColumn[];
  readonly memoryMb: number;
}

export async function csvToParquet({ csvFile, parquetFile, columns, memoryMb }: CsvToParquet): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`, autoinstall_known_extensions: 'false', autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    const names = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join();
    const options = `hive_partitioning = false, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, max_line_size = ${maxLineBytes}, columns = {${names}}`;
    const items = columns.map(({ name, type }, index) => `${converted(`c${index}`, type)} AS ${quotedName(name)}`).join();
    // In the order of the answer.
    await rowsOf(connection, `COPY (SELECT ${items} FROM read_csv(${quoted(csvFile)}, ${options})) TO ${quoted(parquetFile)} (FORMAT parquet, COMPRESSION zstd)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A row of an answer may hold whole resources. */
const maxLineBytes = 8 * 1024 * 1024;

function converted(column: string, type: string): string {
  const { name, isNested } = duckDbTypeOf(type);
  if (isNested) return `CAST(CAST(${column} AS JSON) AS ${name})`;
  return name === 'VARCHAR' ? column : `CAST(${column} AS ${name})`;
}
