/** The resource that a create or an update brings, checked at the level the client asks for. */
import type { Resource } from '../fhir/resource.ts';
import type { OperationRequest } from './operation.ts';
import { parseBody } from './parse-body.ts';
import { maxResourceBytes } from './table.ts';
import { accept, validationIssuesHeader, validationLevel } from './validation-level.ts';

export interface Submitted {
  readonly resource: Resource;
  /** For the answer: says when issues were let pass. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws FhirError 400, 413 or 415 */
export function submitted(request: OperationRequest, type: string): Submitted {
  const level = validationLevel(request.headers);
  const { resource, issues } = accept(parseBody(request, maxResourceBytes), level, type);
  return { resource, headers: issues.length === 0 ? {} : { [validationIssuesHeader]: 'true' } };
}
