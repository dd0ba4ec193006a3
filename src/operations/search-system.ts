/**
 * search-system: resources of several types, or of all, that satisfy the parameters which these types have in common, by
 * GET or by `POST [base]/_search` (https://hl7.org/fhir/R4/http.html#search).
 */
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { Operation } from './operation.ts';
import { answerSearch } from './search/answer-search.ts';
import type { FoundPage } from './search/found-page.ts';
import { countTypes } from './search/count-types.ts';
import { mergeTypes } from './search/merge-types.ts';
import { queriesAcross } from './search/searched-types.ts';
import { openSystemCursor, sealSystemCursor } from './search/system-cursor.ts';
import type { SystemPlace } from './search/system-cursor.ts';
import { walkTypes } from './search/walk-types.ts';
import type { SearchParts, TypesPage } from './search/walk-types.ts';

export function searchSystem(parts: SearchParts): Operation {
  return async (request) => answerSearch(request, {
    path: '',
    find(parameters, context, { cursor, atMost }) {
      const asked = queriesAcross(parameters, context);
      const queries = atMost === undefined ? asked : asked.map((query) => ({ ...query, count: atMost }));
      return queries[0]!.count === 0 ? counted(parts, queries) : onePage(parts, queries, cursor);
    },
  }, parts);
}

async function counted(parts: SearchParts, queries: readonly SearchQuery[]): Promise<FoundPage> {
  return { ...summary(queries), ...(await countTypes(parts, queries)), matches: [] };
}

/** What matches in all is counted for the first page, and then goes from link to link. */
async function onePage(parts: SearchParts, queries: readonly SearchQuery[], cursor: string | undefined): Promise<FoundPage> {
  const { sealer } = parts.store;
  const from = cursor === undefined ? undefined : openSystemCursor(sealer, queries, cursor);
  const isCounted = from === undefined && queries[0]!.total !== 'none';
  const [page, count] = await Promise.all([
    pageFrom(parts, queries, from?.place),
    isCounted ? countTypes(parts, queries) : { total: from?.total, explanations: [] },
  ]);
  const { total } = count;
  const next = page.next === undefined ? undefined : sealSystemCursor(sealer, queries, { place: page.next, total });
  const explanations = [...page.explanations, ...count.explanations];
  return { ...summary(queries), matches: page.matches, total, next, explanations };
}

function summary([first]: readonly SearchQuery[]): Pick<FoundPage, 'applied' | 'ignored' | 'contained' | 'includes'> {
  const { applied, ignored, contained, includes } = first!;
  return { applied, ignored, contained: contained?.answer, includes };
}

/**
 * One type sorts as its store does; several are sorted here. A cursor is of the same types and parameters, `_sort` among
 * them, so its place is of the kind that is looked for.
 */
async function pageFrom(parts: SearchParts, queries: readonly SearchQuery[], from: SystemPlace = { position: 0 }): Promise<TypesPage<SystemPlace>> {
  const isMerged = queries.length > 1 && queries[0]!.sort.length > 0;
  if (isMerged) return mergeTypes(parts, queries, 'id' in from ? from : undefined);
  return walkTypes(parts, queries, 'id' in from ? { position: 0 } : from);
}
