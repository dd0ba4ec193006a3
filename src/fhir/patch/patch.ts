/**
 * A patch in either of its two forms, and what it makes of a resource (https://hl7.org/fhir/R4/http.html#patch). Whether
 * the result is a resource that may be stored is for the caller to check, as it does with an update's.
 */
import type { Json } from '../json.ts';
import { isObject } from '../json.ts';
import { unprocessable } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';
import type { FhirPathOperation } from './fhirpath-operations.ts';
import { applyJsonPatch } from './json-patch.ts';
import type { JsonPatchOperation } from './json-patch.ts';

export type Patch =
  | { readonly form: 'json-patch'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly form: 'fhirpath-patch'; readonly operations: readonly FhirPathOperation[] };

/**
 * Applies all operations, in order, to a copy.
 *
 * @returns what has the type, id and version of `resource`, and may otherwise be anything
 * @throws FhirError 422 when an operation cannot be applied, or the result would be another resource or version
 */
export function applyPatch(resource: Resource, patch: Patch): Json {
  const patched = patch.form === 'json-patch' ? applyJsonPatch(resource, patch.operations) : applyFhirPathPatch(resource, patch.operations);
  refuseOtherIdentity(resource, patched);
  return patched;
}

/** What says which resource and which version this is belongs to the server. */
function refuseOtherIdentity(before: Resource, after: Json): void {
  if (!isObject(after)) throw unprocessable('A patch changes elements of a resource; it cannot replace or remove the resource itself.');
  const type = before.resourceType;
  for (const name of ['resourceType', 'id'] as const) {
    if (after[name] !== before[name]) throw unprocessable(`A patch cannot change or remove ${name}: it would be another resource.`, `${type}.${name}`);
  }
  const version = isObject(after['meta']) ? after['meta']['versionId'] : undefined;
  // Left out with a meta that is replaced as a whole: the server writes it anew.
  if (version !== undefined && version !== before.meta?.versionId) {
    throw unprocessable('A patch cannot change meta.versionId, which the server counts. To patch one version alone send If-Match.', `${type}.meta.versionId`);
  }
}
