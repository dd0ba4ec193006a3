/** update: a new version of a resource, or the first under the client's id (https://hl7.org/fhir/R4/http.html#update). */
import { badRequest, invalidResource, unprocessable } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { isSubsetted } from '../fhir/subset.ts';
import { invitedUpload } from './binary/upload.ts';
import type { Uploading } from './binary/upload.ts';
import type { Operation, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { parseIfNoneMatch, underIfMatch } from './preconditions.ts';
import { submitted } from './submitted.ts';
import { subsetOf } from './subset.ts';
import { written } from './written.ts';

const subsettedUpdate =
  'The resource is marked as SUBSETTED: elements are missing, and an update would erase them. Read it whole, change that, and send it.';

/** Answers 200, or 201 where the resource did not exist or was deleted; 202 where a content is to be uploaded first; 412 when `If-Match` or `If-None-Match` does not hold. */
export function update({ store, uploading }: StoreOf<'read' | 'write'> & { readonly uploading?: Uploading }): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const id = pathSegment(request, 'id');
    const shown = subsetOf(request.query);
    const ifNoneMatch = parseIfNoneMatch(request.headers['if-none-match']);
    if (ifNoneMatch !== undefined && request.headers['if-match'] !== undefined) {
      throw badRequest('If-Match and If-None-Match exclude each other in a write. Send one of them.');
    }
    const invitation = await invitedUpload(request, type, uploading);
    if (invitation !== undefined) return invitation;
    const { resource, content, headers } = submitted(request, type, uploading);
    requireId(resource, id);
    if (content === undefined) requireWhole(resource);
    const { version, created } = await underIfMatch({ store, request, type, id }, (ifMatch) =>
      store.write({ interaction: 'update', resource, content, ifMatch, ifNoneMatch }),
    );
    if (version === undefined) throw new Error('The store made no version of an update.');
    return written(request, { version, created, headers, shown });
  };
}

/** @throws FhirError 422 for a resource of which elements are missing */
export function requireWhole(resource: Resource): void {
  if (isSubsetted(resource)) throw unprocessable(subsettedUpdate, `${resource.resourceType}.meta.tag`);
}

function requireId(resource: Resource, id: string): asserts resource is Resource & { id: string } {
  if (resource.id === id) return;
  const expression = `${resource.resourceType}.id`;
  throw resource.id === undefined
    ? invalidResource([{ severity: 'error', code: 'required', diagnostics: 'The resource has no id. It must be the id in the URL.', expression }])
    : badRequest('The id of the resource is not the id in the URL. They must be the same.', expression);
}
