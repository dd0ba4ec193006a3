/** history-instance: the versions of one resource, deletions included (https://hl7.org/fhir/R4/http.html#history). */
import { historyOf } from './history.ts';
import type { Dependencies, Operation } from './operation.ts';
import { pathSegment } from './path-segment.ts';

export function historyInstance(dependencies: Pick<Dependencies, 'store'>): Operation {
  return async (request) => historyOf(request, { type: pathSegment(request, 'type'), id: pathSegment(request, 'id') }, dependencies);
}
