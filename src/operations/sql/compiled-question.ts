/** From the text that a client sent to the statement that an engine is given: read, checked, and written anew (`src/sql`). */
import type { JsonObject } from '../../fhir/json.ts';
import { badRequest } from '../../fhir/outcome.ts';
import type { SqlQuestion } from '../../ports/sql-engine.ts';
import { check } from '../../sql/check.ts';
import type { CheckOptions } from '../../sql/check.ts';
import { parseQuery } from '../../sql/parse.ts';
import { SqlSyntaxError } from '../../sql/syntax-error.ts';
import { toAthena } from '../../sql/to-athena.ts';
import { shippedViewNames } from '../../sql/views/shipped-views.ts';
import { withViews } from '../../sql/views/with-views.ts';
import { columnsOf, offeredTables } from './known-tables.ts';
import { fillParameters } from './statement-parameters.ts';

/** What every data store has. */
const tables: CheckOptions = { columnsOf, offered: [...offeredTables, ...shippedViewNames] };

/** @throws FhirError 400 with position and reason */
export function compiledQuestion(text: string, parameters: JsonObject): Omit<SqlQuestion, 'limits'> {
  const filled = fillParameters(text, parameters);
  try {
    const checked = check(withViews(parseQuery(filled.text)), { ...tables, text: filled.text });
    return { statement: toAthena(checked.query), tables: checked.tables, columns: checked.columns };
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    const { line, column } = filled.originOf(error);
    throw badRequest(`line ${line}, column ${column}: ${error.reason}`);
  }
}

/** What DuckDB is asked for a statement of {@link compiledQuestion}. */
export function duckDbStatement(statement: string): string {
  return check(parseQuery(statement), { ...tables, text: statement }).duckDb;
}
