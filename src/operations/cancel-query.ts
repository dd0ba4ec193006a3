/** `DELETE [base]/sql/{queryId}`: ends a query that runs; what one that has ended has answered stays for its time (docs/sql.md). */
import type { Operation } from './operation.ts';
import { noSuchQuery, queryOfPath } from './sql/query-answer.ts';
import type { QueryDependencies } from './sql/query-answer.ts';
import { informed } from './written.ts';

/** Answers 202. @throws FhirError 404 when there is no such query (any more) */
export function cancelQuery({ engine, store }: QueryDependencies): Operation {
  return async (request) => {
    const { engineId } = queryOfPath(request, { store });
    const state = await engine.state(engineId, 0);
    if (state === undefined || state.state === 'cancelled') throw noSuchQuery();
    await engine.cancel(engineId);
    return { status: 202, headers: {}, json: informed(state.state === 'running' ? 'The query is being cancelled.' : 'The query has ended already.') };
  };
}
