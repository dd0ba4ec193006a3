/** The rows of a view as JSON and NDJSON, made of the pages of an answer; CSV and Parquet are files of the engine. */
import { tooCostly } from '../../fhir/outcome.ts';
import type { SqlEngine, SqlValue } from '../../ports/sql-engine.ts';
import { maxJsonBytes, maxJsonRows, pageRows } from './view-limits.ts';

export interface AnsweredView {
  readonly engine: Pick<SqlEngine, 'page' | 'file'>;
  readonly id: string;
  /** Absent: as the engine names them. */
  readonly columns?: readonly string[];
}

/** Lines of objects, one for each row, page by page. */
export async function* jsonLines({ engine, id, columns }: AnsweredView): AsyncGenerator<readonly string[]> {
  let next: string | undefined;
  do {
    const page = await engine.page(id, { limit: pageRows, ...(next === undefined ? {} : { next }) });
    const names = columns ?? page.columns.map(({ name }) => name);
    yield page.rows.map((row) => lineOf(row, names));
    next = page.next;
  } while (next !== undefined);
}

function lineOf(row: readonly SqlValue[], columns: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
}

/** @throws FhirError 403 for more than an answer in memory holds */
export async function gatheredLines(view: AnsweredView): Promise<readonly string[]> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const some of jsonLines(view)) {
    lines.push(...some);
    bytes += some.reduce((sum, line) => sum + line.length, 0);
    if (lines.length > maxJsonRows || bytes > maxJsonBytes) {
      throw tooCostly(`An answer in JSON has at most ${maxJsonRows} rows and ${maxJsonBytes} bytes. Ask for csv or parquet, set _limit, or export the view by $viewdefinition-export.`);
    }
  }
  return lines;
}
