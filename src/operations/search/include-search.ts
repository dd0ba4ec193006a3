/** What includes are found with, and the searches among it: to their end, a page at a time. */
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { Condition } from '../../fhir/search/criteria.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { ResourceVersion } from '../../store/data-store.ts';
import type { SearchStore } from './found-page.ts';

/** A resource to be brought along. */
export interface Found extends ResourceVersion {
  readonly json: string;
  /** Set where a reference asked for this version; else it is the current one. */
  readonly isVersion?: boolean;
}

export interface Including {
  readonly store: SearchStore;
  /** Without a slash at the end, as references are compared with it. */
  readonly baseUrl: string;
  readonly searchParameters: SearchParameters;
  /** Resources that can be of use at all. */
  readonly most: number;
  /** Whether the resource is there already, or that version of it. */
  readonly isKnown: (key: Pick<ResourceVersion, 'type' | 'id'> & { readonly versionId?: number }) => boolean;
  /** Whether the time is spent: then no further search is begun. */
  readonly isLate: () => boolean;
  /** Takes what was found; false when no more is to be looked for. */
  readonly keep: (found: readonly Found[]) => boolean;
}

/**
 * @param take what a page has; false when no more is wanted
 * @returns false when it ended by that, or for want of time
 */
export async function everyPage(
  { store, baseUrl, most, isLate }: Including,
  { type, conditions }: { readonly type: string; readonly conditions: readonly Condition[] },
  take: (found: readonly Found[]) => boolean,
): Promise<boolean> {
  const query: SearchQuery = {
    type, baseUrl, clauses: [], conditions, lists: [], sort: [], count: most, total: 'none', explain: false, applied: [], ignored: [],
  };
  let cursor: string | undefined;
  do {
    const { matches, next } = await store.search(query, cursor);
    if (!take(matches.flatMap((match) => (match.json === undefined ? [] : [{ ...match, json: match.json }])))) return false;
    if (next !== undefined && isLate()) return false;
    cursor = next;
  } while (cursor !== undefined);
  return true;
}
