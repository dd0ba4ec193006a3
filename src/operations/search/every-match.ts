/** All matches of a query that another one needs first, page by page (https://hl7.org/fhir/R4/search.html). */
import { tooCostly } from '../../fhir/outcome.ts';
import type { SearchQuery } from '../../fhir/search/values.ts';
import type { DataStore, SearchMatch } from '../../store/data-store.ts';

/** As many as one page may hold: what is resolved becomes part of a query, which has to stay one. */
export const maxInnerMatches = 1000;

/** @throws FhirError 403 when there are more than `maxInnerMatches` */
export async function everyMatch(
  store: Pick<DataStore, 'search'>,
  asked: Pick<SearchQuery, 'type' | 'baseUrl' | 'clauses'>,
): Promise<SearchMatch[]> {
  const query: SearchQuery = {
    ...asked, conditions: [], lists: [], sort: [], count: maxInnerMatches, total: 'none', explain: false, applied: [], ignored: [],
  };
  const found: SearchMatch[] = [];
  let cursor: string | undefined;
  do {
    const { matches, next } = await store.search(query, cursor);
    found.push(...matches);
    if (found.length > maxInnerMatches || (found.length === maxInnerMatches && next !== undefined)) {
      throw tooCostly(`A search may depend on ${maxInnerMatches} resources of type ${asked.type}; this one depends on more. Narrow it.`);
    }
    cursor = next;
  } while (cursor !== undefined);
  return found;
}
