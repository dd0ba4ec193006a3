/** delete: a version that is a deletion; the history stays (https://hl7.org/fhir/R4/http.html#delete). */
import type { ResourceVersion } from '../store/data-store.ts';
import type { Operation, OperationRequest, OperationResponse, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { preferences } from './prefer.ts';
import { underIfMatch } from './preconditions.ts';
import { subsetOf } from './subset.ts';
import { versionHeaders } from './version-headers.ts';
import { informed } from './written.ts';

/**
 * Answers 204, also where there is nothing to delete, or 200 with an OperationOutcome to those who prefer one; 412
 * when `If-Match` does not hold.
 */
export function deleteResource({ store }: StoreOf<'read' | 'write'>): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const id = pathSegment(request, 'id');
    // Of every interaction's parameters, though nothing of the resource is answered that they could apply to.
    subsetOf(request.query);
    const { version } = await underIfMatch({ store, request, type, id }, (ifMatch) =>
      store.write({ interaction: 'delete', type, id, ifMatch }),
    );
    return deletedAnswer(request, version);
  };
}

/** @param version the deletion; absent where there was nothing to delete */
export function deletedAnswer(request: OperationRequest, version: ResourceVersion | undefined): OperationResponse {
  const headers = version === undefined ? {} : versionHeaders(version);
  if (preferences(request.headers['prefer']).return !== 'OperationOutcome') return { status: 204, headers };
  const told = version === undefined ? 'There was nothing to delete.' : 'The resource was deleted. Its history remains.';
  return { status: 200, headers, json: informed(told) };
}
