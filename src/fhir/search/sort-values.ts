/** The values by which matches are sorted (https://hl7.org/fhir/R4/search.html#sort). */
import type { Resource } from '../resource.ts';
import type { MatchContext } from './match.ts';
import { normalizeString } from './normalized-text.ts';
import { valuesOf } from './reading.ts';
import type { SortKey } from './search-query.ts';
import type { SearchParameter, SearchValue, TokenValue } from './values.ts';

export type SortValue = string | number | undefined;

/** Sort values of many matches are held at a time; what differs later only is taken for equal. */
export const maxSortValueLength = 200;

/** Composites, positions and full text have no order of their own. */
export function isSortable({ code, type }: SearchParameter): boolean {
  return type !== 'composite' && type !== 'special' && code !== '_text' && code !== '_content' && code !== '_query';
}

/**
 * Of several values the one that comes first in the asked order. Dates stand under the start of the span of all their
 * values in both directions, as in the index. `undefined` when the resource has no value.
 */
export function sortValue(resource: Resource, { parameter, descending }: SortKey, context: MatchContext): SortValue {
  const values = valuesOf(resource, parameter, context.lastUpdated);
  const lowest = !descending || parameter.type === 'date';
  let first: SortValue;
  for (const value of parameter.type === 'token' ? codedFirst(values) : values) {
    const candidate = orderOf(value, lowest);
    if (candidate === undefined) continue;
    if (first === undefined || (lowest ? candidate < first : candidate > first)) first = candidate;
  }
  return first;
}

/** A concept is sorted by its codes; only one without codes by its text. */
function codedFirst(values: readonly SearchValue[]): readonly SearchValue[] {
  const coded = values.filter((value) => (value as TokenValue).code !== undefined);
  return coded.length > 0 ? coded : values;
}

/** Case and accents do not count in the order. */
function orderOf(value: SearchValue, lowest: boolean): SortValue {
  switch (value.kind) {
    case 'string':
      return orderOfText(value.text);
    case 'token':
      return value.code === undefined ? orderOfText(value.text ?? '') : value.code.toLowerCase().slice(0, maxSortValueLength);
    case 'reference':
      return (value.url || (value.identifier?.value ?? '')).slice(0, maxSortValueLength) || undefined;
    case 'uri':
      return value.uri.slice(0, maxSortValueLength);
    case 'date':
      return value.low;
    case 'number':
      return lowest ? value.low : value.high;
    case 'quantity': {
      const range = value.canonical ?? value;
      return lowest ? range.low : range.high;
    }
    default:
      return undefined;
  }
}

function orderOfText(text: string): string | undefined {
  return normalizeString(text).slice(0, maxSortValueLength) || undefined;
}

/**
 * Negative when the first comes before the second in the asked order. Resources without the value follow those with it,
 * in both directions. @param one the sort values, one for each key.
 */
export function compareSortValues(keys: readonly SortKey[], one: readonly SortValue[], other: readonly SortValue[]): number {
  for (const [position, { descending }] of keys.entries()) {
    const order = compare(one[position], other[position], descending);
    if (order !== 0) return order;
  }
  return 0;
}

function compare(one: SortValue, other: SortValue, descending: boolean): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other === descending ? 1 : -1;
}
