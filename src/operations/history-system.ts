/** history-system: the versions of all resources (https://hl7.org/fhir/R4/http.html#history). */
import { historyOf } from './history.ts';
import type { Operation, StoreOf } from './operation.ts';

export function historySystem(dependencies: StoreOf<'read' | 'history'>): Operation {
  return (request) => historyOf(request, {}, dependencies);
}
