/** history-instance: the versions of one resource, deletions included (https://hl7.org/fhir/R4/http.html#history). */
import { historyOf } from './history.ts';
import type { Operation, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';

export function historyInstance(dependencies: StoreOf<'read' | 'history'>): Operation {
  return async (request) => historyOf(request, { type: pathSegment(request, 'type'), id: pathSegment(request, 'id') }, dependencies);
}
