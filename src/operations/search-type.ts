/**
 * search-type: the resources of a type that satisfy the parameters, by GET or by `POST _search`
 * (https://hl7.org/fhir/R4/http.html#search).
 */
import { parseSearch } from '../fhir/search/parse.ts';
import type { Operation } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { answerSearch, foundOf } from './search/answer-search.ts';
import type { SearchStore } from './search/answer-search.ts';
import { runQuery } from './search/run-query.ts';

export function searchType({ store }: { readonly store: SearchStore }): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    return answerSearch(request, {
      path: type,
      async find(parameters, context, cursor) {
        const query = parseSearch(type, parameters, context);
        return foundOf(query, await runQuery(store, query, cursor));
      },
    }, store);
  };
}
