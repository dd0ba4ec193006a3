/** From the text that a client sent to the statement that an engine is given: read, checked, and written anew (`src/sql`). */
import type { JsonObject } from '../../fhir/json.ts';
import { badRequest } from '../../fhir/outcome.ts';
import { parseQuery } from '../../sql/parse.ts';
import { SqlSyntaxError } from '../../sql/syntax-error.ts';
import { toAthena } from '../../sql/to-athena.ts';
import type { SqlQuestion } from '../../ports/sql-engine.ts';
import { fillParameters } from './statement-parameters.ts';
import { tablesOf } from './tables-of.ts';

export interface CompileDependencies {
  /** Whether the data store has the table. */
  readonly hasTable: (name: string) => boolean;
}

/** @throws FhirError 400 with position and reason */
export function compiledQuestion(text: string, parameters: JsonObject, _dependencies: CompileDependencies): Omit<SqlQuestion, 'limits'> {
  const filled = fillParameters(text, parameters);
  try {
    const query = parseQuery(filled.text);
    return { statement: toAthena(query), tables: tablesOf(query) };
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    const { line, column } = filled.originOf(error);
    throw badRequest(`line ${line}, column ${column}: ${error.reason}`);
  }
}
