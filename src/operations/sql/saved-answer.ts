/** A saved query as its clients see it. */
import type { JsonObject } from '../../fhir/json.ts';
import type { OperationResponse } from '../operation.ts';
import type { SavedQuery } from './saved-query.ts';
import { parametersOf } from './statement-parameters.ts';

/** `parameters` has all that the query names; null for those that have no value of their own. */
export function savedJson({ name, description, query, defaults, saved, savedBy }: SavedQuery): JsonObject {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    query,
    parameters: Object.fromEntries(parametersOf(query).map((parameter) => [parameter, defaults[parameter] ?? null])),
    saved: new Date(saved).toISOString(),
    savedBy,
  };
}

export function savedAnswer(status: 200 | 201, query: SavedQuery): OperationResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, json: JSON.stringify(savedJson(query)) };
}
