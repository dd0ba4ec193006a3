/** The order in which matches are answered (https://hl7.org/fhir/R4/search.html#sort). */
import { compareSortValues, sortValue, type SortValue } from '../fhir/search/sort-values.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import { maxSortCharacters, type SortPlace } from './cursor.ts';
import { comparePlaces, type Place } from './index-walk.ts';
import { instantKey } from './order-preserving.ts';
import type { Ordering } from './search-pages.ts';

/** Whether the index may keep the order that is asked for. What others contain is in no date's order of its own. */
export function isByDate({ sort, contained }: SearchQuery): boolean {
  return sort.length === 1 && sort[0]!.parameter.type === 'date' && contained === undefined;
}

type Bounds<Key> = Omit<Ordering<Key>, 'keyOf' | 'compare'>;

/** By one date, with the places of the type's walk in that order; resources without the value follow the others. */
export function byDate(query: SearchQuery, bounds: Bounds<Place>): Ordering<Place> {
  const { sort: [key], baseUrl } = query;
  return {
    ...bounds,
    keyOf({ resource, version: { lastUpdated }, place: { id } }) {
      const value = sortValue(resource, key!, { now: 0, baseUrl, lastUpdated }) as number | undefined;
      return value === undefined ? { stage: 1, order: instantKey(lastUpdated), id } : { stage: 0, order: instantKey(value), id };
    },
    compare: (one, other) => comparePlaces(one, other, key!.descending),
  };
}

/** By any values, and by id where they are equal. */
export function byValues({ sort, baseUrl }: SearchQuery, bounds: Bounds<SortPlace> & { readonly now: number }): Ordering<SortPlace> {
  const length = Math.floor(maxSortCharacters / sort.length);
  const cut = (value: SortValue): SortValue => (typeof value === 'string' ? value.slice(0, length) : value);
  return {
    ...bounds,
    keyOf: ({ resource, version: { lastUpdated }, place: { id } }) => ({
      values: sort.map((key) => cut(sortValue(resource, key, { now: bounds.now, baseUrl, lastUpdated }))),
      id,
    }),
    compare: (one, other) => compareSortValues(sort, one.values, other.values) || compareUtf8(one.id, other.id),
  };
}
