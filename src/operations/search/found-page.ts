/** One page of a search, of whatever types, and what it is found in. */
import type { ContainedSearch, Include } from '../../fhir/search/search-query.ts';
import type { DataStore, SearchPage } from '../../store/data-store.ts';
import type { Parameter } from '../parameters.ts';
import type { TypeExplanation } from './search-issues.ts';

/** What searches need of a store; lists, value sets and what matches refer to are read by id. */
export type SearchStore = Pick<DataStore, 'search' | 'searchParameters' | 'read' | 'readMany' | 'vread' | 'sealer'>;

/** One page of a search, of whatever types. */
export interface FoundPage extends Pick<SearchPage, 'matches' | 'next' | 'total'> {
  readonly applied: readonly Parameter[];
  readonly ignored: readonly string[];
  /** What is answered for a match within a resource; absent where none was searched. */
  readonly contained?: ContainedSearch['answer'];
  /** What is to come along with the matches. */
  readonly includes?: readonly Include[];
  readonly explanations: readonly TypeExplanation[];
}

/** Where a page begins, and how many matches it may have where these are fewer than were asked for. */
export interface PageStart {
  readonly cursor?: string;
  readonly atMost?: number;
}
