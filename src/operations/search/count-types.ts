/** How many resources of several types match (https://hl7.org/fhir/R4/search.html#total). */
import { tooCostly } from '../../fhir/outcome.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import { wholeTimeBudgetMs } from '../../store/store-context.ts';
import { runQuery } from './run-query.ts';
import { maxTypesAtOnce } from './walk-types.ts';
import type { SearchParts } from './walk-types.ts';
import type { TypeExplanation } from './search-issues.ts';

export interface Count {
  readonly total: number;
  readonly explanations: readonly TypeExplanation[];
}

/** @throws FhirError 403 when there are more matches than one request may count, or has the time to */
export async function countTypes({ store, clock }: SearchParts, queries: readonly SearchQuery[]): Promise<Count> {
  const deadline = clock.now() + wholeTimeBudgetMs;
  let total = 0;
  const explanations: TypeExplanation[] = [];
  for (let begin = 0; begin < queries.length; begin += maxTypesAtOnce) {
    if (clock.now() >= deadline) throw tooManyTypes();
    const some = queries.slice(begin, begin + maxTypesAtOnce);
    const pages = await Promise.all(some.map((query) => runQuery(store, { ...query, count: 0 })));
    for (const [i, page] of pages.entries()) {
      total += page.total ?? 0;
      if (page.explanation !== undefined) explanations.push({ type: some[i]!.type, explanation: page.explanation });
    }
  }
  return { total, explanations };
}

function tooManyTypes(): Error {
  return tooCostly(
    'The matches of so many types are not counted in the time that a request has. Name fewer types in _type, narrow the search, or leave the total out.',
  );
}
