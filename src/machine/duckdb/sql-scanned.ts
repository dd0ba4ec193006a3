/**
 * How many bytes a statement reads, as Athena would count them (https://aws.amazon.com/athena/pricing/): the compressed
 * sizes of the column chunks that its plan names. Chunks that statistics rule out are counted too.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from './sql-text.ts';

/** Athena charges a query for so much at the least: whether it reads less makes no difference. */
export const leastChargedBytes = 10 * 1000 * 1000;

interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info: Readonly<Record<string, string | readonly string[]>>;
}

/** @param files whose columns are counted wherever they are named: a column of two tables counts in both */
export async function scannedBytes(connection: DuckDBConnection, statement: string, files: readonly string[]): Promise<number> {
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${statement}`);
  const plan = JSON.parse(String(explained.getRows()[0]![1])) as readonly PlanNode[];
  const columns = new Set(plan.flatMap(columnsOf));
  const list = files.map(quoted).join();
  const sizes = await connection.runAndReadAll(
    `SELECT split_part(path_in_schema, ', ', 1), sum(total_compressed_size)::BIGINT FROM parquet_metadata([${list}]) GROUP BY 1`,
  );
  return sizes.getRows().reduce((sum, [name, size]) => sum + (columns.has(String(name)) ? Number(size) : 0), 0);
}

/** The outermost names of what the scans below a node give and filter by: `name` of `name.family`. */
function columnsOf({ name, children, extra_info: info }: PlanNode): string[] {
  const below = children.flatMap(columnsOf);
  if (!/PARQUET/.test(name)) return below;
  const told = [info['Projections'] ?? [], info['Filters'] ?? []].flat();
  return [...below, ...told.map((text) => /^\s*"?([A-Za-z_][A-Za-z0-9_]*)/.exec(text)?.[1] ?? '')];
}
