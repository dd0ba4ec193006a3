/** All matches of a query that another one needs first, page by page (https://hl7.org/fhir/R4/search.html). */
import { tooCostly } from '../../fhir/outcome.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { DataStore, SearchMatch } from '../../store/data-store.ts';

/** As many as one page may hold: what is resolved becomes part of a query, which has to stay one. */
export const maxInnerMatches = 1000;

/**
 * @param read what is needed of a match: its text, which may be megabytes, is not held on to
 * @throws FhirError 403 when there are more than `maxInnerMatches`
 */
export async function everyMatch<Part>(
  store: Pick<DataStore, 'search'>,
  asked: Pick<SearchQuery, 'type' | 'baseUrl' | 'clauses'>,
  read: (match: SearchMatch) => Part,
): Promise<Part[]> {
  const query: SearchQuery = {
    ...asked, conditions: [], lists: [], sort: [], count: maxInnerMatches, total: 'none', explain: false, applied: [], ignored: [],
  };
  const found: Part[] = [];
  let cursor: string | undefined;
  do {
    const { matches, next } = await store.search(query, cursor);
    found.push(...matches.map(read));
    if (found.length > maxInnerMatches || (found.length === maxInnerMatches && next !== undefined)) {
      throw tooCostly(`A search may depend on ${maxInnerMatches} resources of type ${asked.type}; this one depends on more. Narrow it.`);
    }
    cursor = next;
  } while (cursor !== undefined);
  return found;
}
