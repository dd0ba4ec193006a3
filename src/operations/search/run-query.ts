import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { DataStore, SearchPage } from '../../store/data-store.ts';
import { resolveQuery } from './resolve-query.ts';

/** One page of a query as it was parsed: what it names by reference (value sets, lists, hierarchies) is looked up first. */
export async function runQuery(store: Pick<DataStore, 'search' | 'read'>, query: SearchQuery, cursor?: string): Promise<SearchPage> {
  return store.search(await resolveQuery(store, query), cursor);
}
