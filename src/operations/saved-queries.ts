/** `GET [base]/sql/queries` and `GET [base]/sql/queries/{name}`: the queries that the data store keeps (docs/sql.md). */
import { notFound } from '../fhir/outcome.ts';
import type { Operation } from './operation.ts';
import { parseParameters, refuseOthers } from './parameters.ts';
import { readSavedQuery, listSavedQueries } from './sql/saved-query.ts';
import type { SavedQueryPorts } from './sql/saved-query.ts';
import { savedAnswer, savedJson } from './sql/saved-answer.ts';

/** @throws FhirError 404 for a name that none has */
export function savedQueries(dependencies: SavedQueryPorts): Operation {
  return async ({ path: { name }, query }) => {
    refuseOthers(parseParameters(query), []);
    if (name === undefined) {
      const queries = await listSavedQueries(dependencies);
      return { status: 200, headers: { 'Content-Type': 'application/json' }, json: JSON.stringify({ queries: queries.map(savedJson) }) };
    }
    const found = await readSavedQuery(name, dependencies);
    if (found === undefined) throw notFound('There is no saved query of this name. GET [base]/sql/queries lists those there are.');
    return savedAnswer(200, found);
  };
}
