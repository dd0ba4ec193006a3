/** `DELETE [base]/sql/queries/{name}`: forgets a saved query (docs/sql.md). */
import { notFound } from '../fhir/outcome.ts';
import type { Operation } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { removeSavedQuery } from './sql/saved-query.ts';
import type { SavedQueryPorts } from './sql/saved-query.ts';

/** Answers 204. @throws FhirError 404 for a name that none has */
export function removeQuery(dependencies: SavedQueryPorts): Operation {
  return async (request) => {
    if (!(await removeSavedQuery(pathSegment(request, 'name'), dependencies))) throw notFound('There is no saved query of this name.');
    return { status: 204, headers: {} };
  };
}
