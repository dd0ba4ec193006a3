/** A view as a question to the engine of SQL, asked and waited for. */
import type { JsonObject } from '../../fhir/json.ts';
import { conflict, FhirError, throttled, tooCostly } from '../../fhir/outcome.ts';
import { SqlBusy, SqlNotReady } from '../../ports/sql-engine.ts';
import type { SqlEngine, SqlLimits, SqlQuestion, SqlStarted, SqlState } from '../../ports/sql-engine.ts';
import type { Query } from '../../sql/ast.ts';
import { toAthena } from '../../sql/to-athena.ts';
import { narrowedView } from '../../sql/views/narrowed-view.ts';
import { ViewError } from '../../sql/views/view-issues.ts';
import { SqlSyntaxError } from '../../sql/syntax-error.ts';
import { compiledQuestion } from '../sql/compiled-question.ts';
import { maxViewRows, maxViewScannedBytes } from './view-limits.ts';
import type { ViewNarrowing } from './view-request.ts';

/** When to ask again where as many queries as may be run or wait, in seconds. */
const retryAfterSeconds = 5;

export interface ViewQuestion {
  readonly question: Omit<SqlQuestion, 'limits'>;
  readonly columns: readonly string[];
}

/** @throws FhirError 422 with the element for a view that cannot be run */
export function viewQuestion(view: JsonObject, narrowing: ViewNarrowing, limit?: number): ViewQuestion {
  try {
    const { query, columns } = narrowedView(view, narrowing);
    const limited: Query = limit === undefined ? query : { ...query, limit };
    // Held against the tables as a client's statement is: an engine gets nothing else.
    return { question: compiledQuestion(toAthena(limited), {}), columns: columns.map(({ name }) => name) };
  } catch (error) {
    if (error instanceof ViewError) throw new FhirError(422, error.issues);
    if (error instanceof SqlSyntaxError || (error instanceof FhirError && error.status === 400)) {
      throw new FhirError(422, [{ severity: 'error', code: 'too-costly', diagnostics: 'The view comes to a statement that is none, or too long: make it smaller.', expression: 'ViewDefinition.select' }]);
    }
    throw error;
  }
}

export function viewLimits(timeoutMs: number): SqlLimits {
  return { timeoutMs, rows: maxViewRows, scannedBytes: maxViewScannedBytes };
}

/** @throws FhirError 409 where the data store has no lake, 429 */
export async function startedView(engine: Pick<SqlEngine, 'start'>, question: SqlQuestion): Promise<SqlStarted> {
  try {
    return await engine.start(question);
  } catch (error) {
    if (error instanceof SqlBusy) throw throttled('As many queries as may be run or wait. Ask again when one of them has ended.', retryAfterSeconds);
    if (error instanceof SqlNotReady) throw conflict('The data store has no tables for SQL, or they are being built. DescribeFHIRDatastore tells its AnalyticsConfiguration: ENABLED, they are there in a while; else update the data store.');
    throw error;
  }
}

/** Why a view that began has no rows. */
export function viewFailure({ reason, message }: Extract<SqlState, { readonly state: 'failed' }>): FhirError {
  if (reason === 'timeout') return tooCostly('The view took too long. Narrow it by patient, _since or its own where, or export it by $viewdefinition-export.');
  if (reason !== 'failed') return tooCostly(message);
  return new FhirError(422, [{
    severity: 'error',
    code: 'processing',
    diagnostics: `The view failed. A column that is no collection must have one value at most in every resource: choose one by first(), iterate by forEach, or say collection. ${message}`,
  }]);
}

