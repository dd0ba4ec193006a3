/** The parameters that shape the answer of a search (https://hl7.org/fhir/R4/search.html#Result-Parameters). */
import { badRequest, notSupported } from '../outcome.ts';
import { isSupported } from './parameters.ts';
import type { SearchParameters } from './parameters.ts';
import { isSortable } from './sort-values.ts';
import type { ContainedSearch, SearchQuery, SortKey } from './search-query.ts';

/** Matches a page: a page has to fit in one answer. */
export const maxCount = 1000;
/** Each key is a value read from every match that is sorted. */
export const maxSortKeys = 10;

export interface ResultParameters {
  count: number;
  total: SearchQuery['total'];
  sort: readonly SortKey[];
  explain: boolean;
  containedOf?: ContainedSearch['of'];
  containedAnswer?: ContainedSearch['answer'];
}

/** What is searched, and by what it may be. */
interface Searched {
  readonly type: string;
  readonly searchParameters: SearchParameters;
}

/** `_format` and its like are no matter of the search: whoever writes the answer reads them. */
const readers: Readonly<Record<string, (results: ResultParameters, searched: Searched, value: string) => void>> = {
  _count: readCount,
  _sort: readSort,
  _total: readTotal,
  _summary: readSummary,
  _contained: readContained,
  _containedType: readContainedType,
  _explain: readExplain,
  _elements: passed,
  _format: passed,
  _pretty: passed,
};

export function isResultParameter(name: string): boolean {
  return Object.hasOwn(readers, name);
}

/** @throws FhirError 400 for a value that is malformed or not offered. */
export function readResultParameter(results: ResultParameters, searched: Searched, [name, value]: readonly [string, string]): void {
  readers[name]!(results, searched, value);
}

/** What `_contained` and `_containedType` ask for together; `undefined` when contained resources are not searched. */
export function containedSearch({ containedOf, containedAnswer }: ResultParameters): ContainedSearch | undefined {
  return containedOf && { of: containedOf, answer: containedAnswer ?? 'container' };
}

/** A count without matches asks for the total, whether or not it says so. */
export function totalOf({ count, total }: ResultParameters): SearchQuery['total'] {
  return count === 0 && total === 'none' ? 'accurate' : total;
}

/** The parameter as it was understood: R4 lets a page be smaller than asked, and the self link tells how large it is. */
export function understood([name, value]: readonly [name: string, value: string]): readonly [name: string, value: string] {
  return name === '_count' && Number(value) > maxCount ? [name, String(maxCount)] : [name, value];
}

function passed(): void {}

function readCount(results: ResultParameters, _searched: Searched, value: string): void {
  if (!/^\d{1,9}$/.test(value)) throw badRequest('_count is not a whole number.');
  const count = Math.min(Number(value), maxCount);
  results.count = Math.min(count, results.count === 0 ? 0 : count);
}

/** The answer's writer reads the others; `count` is a search without matches. */
function readSummary(results: ResultParameters, _searched: Searched, value: string): void {
  if (value === 'count') results.count = 0;
}

function readTotal(results: ResultParameters, _searched: Searched, value: string): void {
  if (value !== 'none' && value !== 'estimate' && value !== 'accurate') throw badRequest('_total is none, estimate or accurate.');
  results.total = value;
}

function readContained(results: ResultParameters, _searched: Searched, value: string): void {
  if (value === 'true') results.containedOf = 'contained';
  else if (value === 'both') results.containedOf = 'both';
  else if (value !== 'false') throw badRequest('_contained is true, false or both.');
}

function readContainedType(results: ResultParameters, _searched: Searched, value: string): void {
  if (value !== 'container' && value !== 'contained') throw badRequest('_containedType is container or contained.');
  results.containedAnswer = value;
}

function readExplain(results: ResultParameters, _searched: Searched, value: string): void {
  if (value !== 'true' && value !== 'false') throw badRequest('_explain is true or false.');
  results.explain = value === 'true';
}

/** https://hl7.org/fhir/R4/search.html#sort: parameters in order of priority, each with - in front for the other direction. */
function readSort(results: ResultParameters, searched: Searched, value: string): void {
  const keys = value.split(',');
  if (keys.length > maxSortKeys) throw badRequest(`_sort takes up to ${maxSortKeys} parameters.`);
  results.sort = keys.map((key) => sortKey(searched, key));
}

function sortKey({ type, searchParameters }: Searched, key: string): SortKey {
  const descending = key.startsWith('-');
  const parameter = searchParameters.of(type).get(descending ? key.slice(1) : key);
  if (parameter !== undefined && isSupported(parameter) && isSortable(parameter)) return { parameter, descending };
  const sortable = [...searchParameters.of(type).values()].filter((one) => isSupported(one) && isSortable(one)).map(({ code }) => code);
  throw notSupported(`_sort of ${type} is offered by: ${sortable.sort().join(', ')}; with - in front for descending order.`);
}
