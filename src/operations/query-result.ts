/** `GET [base]/sql/{queryId}`: what came of a query, page by page or as a file; waits for it while it runs (docs/sql.md). */
import type { Operation } from './operation.ts';
import { parseParameters, refuseOthers } from './parameters.ts';
import { queryAnswer, queryOfPath } from './sql/query-answer.ts';
import type { QueryDependencies } from './sql/query-answer.ts';

/** @throws FhirError 404 when there is no such query (any more); 400, 403 or 422 where it failed */
export function queryResult(dependencies: QueryDependencies): Operation {
  return async (request) => {
    refuseOthers(parseParameters(request.query), ['_count', 'next']);
    return queryAnswer(request, queryOfPath(request, dependencies), dependencies);
  };
}
