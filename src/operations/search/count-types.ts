/** How many resources of several types match (https://hl7.org/fhir/R4/search.html#total). */
import type { SearchQuery } from '../../fhir/search/values.ts';
import type { SearchStore } from './answer-search.ts';
import { runQuery } from './run-query.ts';
import { maxTypesAtOnce } from './walk-types.ts';
import type { TypeExplanation } from './search-issues.ts';

export interface Count {
  readonly total: number;
  readonly explanations: readonly TypeExplanation[];
}

/** @throws FhirError 403 when one of the types has more matches than one request may count */
export async function countTypes(store: SearchStore, queries: readonly SearchQuery[]): Promise<Count> {
  let total = 0;
  const explanations: TypeExplanation[] = [];
  for (let begin = 0; begin < queries.length; begin += maxTypesAtOnce) {
    const some = queries.slice(begin, begin + maxTypesAtOnce);
    const pages = await Promise.all(some.map((query) => runQuery(store, { ...query, count: 0 })));
    for (const [i, page] of pages.entries()) {
      total += page.total ?? 0;
      if (page.explanation !== undefined) explanations.push({ type: some[i]!.type, explanation: page.explanation });
    }
  }
  return { total, explanations };
}
