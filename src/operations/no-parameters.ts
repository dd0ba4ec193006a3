/** The body of an operation that has no parameters of its own beside those of its URL. */
import { isObject } from '../fhir/json.ts';
import { badRequest } from '../fhir/outcome.ts';
import type { OperationRequest } from './operation.ts';
import { parseBody } from './parse-body.ts';
import { maxNoParametersBytes } from './table.ts';

/**
 * An operation may be invoked with a Parameters resource (https://hl7.org/fhir/R4/operations.html#executing).
 *
 * @param operation its name, as `$reindex`
 * @throws FhirError 400 for any other body, so that no wish is passed over
 */
export function requireNoParameters(request: OperationRequest, operation: string): void {
  if (request.body === undefined || request.body === '') return;
  const body = parseBody(request, maxNoParametersBytes);
  const { resourceType, parameter = [] } = isObject(body) ? body : {};
  if (resourceType !== 'Parameters' || !Array.isArray(parameter) || parameter.length > 0) {
    throw badRequest(`${operation} has no parameters in its body. Send it without one, or with an empty Parameters resource.`);
  }
}
