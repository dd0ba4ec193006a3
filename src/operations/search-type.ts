/**
 * search-type: the resources of a type that satisfy the parameters, by GET or by `POST _search`
 * (https://hl7.org/fhir/R4/http.html#search).
 */
import { parseSearch } from '../fhir/search/parse.ts';
import type { Operation } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { answerSearch, pageOf } from './search/answer-search.ts';
import type { IncludingParts } from './search/include-page.ts';

export function searchType(parts: IncludingParts): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    return answerSearch(request, {
      path: type,
      async find(parameters, context, start) {
        const query = parseSearch(type, parameters, context);
        return pageOf(parts, query, start);
      },
    }, parts);
  };
}
