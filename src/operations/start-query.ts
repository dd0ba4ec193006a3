/**
 * `POST [base]/sql`: asks a question of the data store's lake in SQL (docs/sql.md). HealthLake leaves that to Athena's own
 * API; here it is one request on every runtime. The answer is as fresh as the lake, which it tells: `asOf`.
 */
import { conflict, notFound, throttled } from '../fhir/outcome.ts';
import { SqlBusy, SqlNotReady } from '../ports/sql-engine.ts';
import type { SqlStarted } from '../ports/sql-engine.ts';
import type { Operation } from './operation.ts';
import { parseParameters, refuseOthers } from './parameters.ts';
import { compiledQuestion } from './sql/compiled-question.ts';
import { answerWishes, askedQuery, queryAnswer } from './sql/query-answer.ts';
import type { QueryDependencies } from './sql/query-answer.ts';
import { queryRequest } from './sql/query-request.ts';
import type { QueryRequest } from './sql/query-request.ts';
import { readSavedQuery } from './sql/saved-query.ts';
import type { SavedQueryPorts } from './sql/saved-query.ts';
import type { SaveQueryDependencies } from './save-query.ts';

/** When to ask again where as many queries as may be run or wait, in seconds. */
const retryAfterSeconds = 5;

export type StartQueryDependencies = QueryDependencies & SaveQueryDependencies;

/**
 * Answers 200 with the first page, or the whole as CSV or Parquet; 202 with `Content-Location` where that takes longer than
 * the client waits. @throws FhirError 400 with position and reason for what is no query, 404 for one that was not saved,
 * 409 where the data store has no lake, 429
 */
export function startQuery(dependencies: StartQueryDependencies): Operation {
  return async (request) => {
    refuseOthers(parseParameters(request.query), ['_count']);
    // What cannot be answered is not begun.
    answerWishes(request);
    const wanted = queryRequest(request);
    const { query, defaults } = await queryOf(wanted, dependencies);
    const question = compiledQuestion(query, { ...defaults, ...wanted.parameters });
    const { id, asOf } = await started(() => dependencies.engine.start({ ...question, limits: wanted.limits }));
    return queryAnswer(request, askedQuery(id, asOf, dependencies), dependencies);
  };
}

async function queryOf({ asked }: QueryRequest, dependencies: SavedQueryPorts): Promise<{ readonly query: string; readonly defaults: QueryRequest['parameters'] }> {
  if ('query' in asked) return { query: asked.query, defaults: {} };
  const saved = await readSavedQuery(asked.saved, dependencies);
  if (saved === undefined) throw notFound('There is no saved query of this name. GET [base]/sql/queries lists those there are.');
  return saved;
}

async function started(start: () => Promise<SqlStarted>): Promise<SqlStarted> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof SqlBusy) throw throttled('As many queries as may be run or wait. Ask again when one of them has ended.', retryAfterSeconds);
    if (error instanceof SqlNotReady) throw conflict('The data store has no tables for SQL, or they are being built. DescribeFHIRDatastore tells its AnalyticsConfiguration: ENABLED, they are there in a while; else update the data store.');
    throw error;
  }
}
