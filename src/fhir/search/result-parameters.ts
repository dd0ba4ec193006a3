/** The parameters that shape the answer of a search (https://hl7.org/fhir/R4/search.html#Result-Parameters). */
import { badRequest, notSupported } from '../outcome.ts';
import { searchParameter, searchParametersOf } from './parameters.ts';
import type { SortKey } from './values.ts';

/** Matches a page: a page has to fit in one answer. */
export const maxCount = 1000;

export interface ResultParameters {
  count: number;
  sort: readonly SortKey[];
}

/** `_format` and its like are no matter of the search: whoever writes the answer reads them. */
const readers: Readonly<Record<string, (results: ResultParameters, type: string, value: string) => void>> = {
  _count: readCount,
  _sort: readSort,
  _total: readTotal,
  _format: passed,
  _pretty: passed,
  _summary: passed,
  _elements: passed,
};

export function isResultParameter(name: string): boolean {
  return Object.hasOwn(readers, name);
}

/** @throws FhirError 400 for a value that is malformed or not offered. */
export function readResultParameter(results: ResultParameters, type: string, [name, value]: readonly [string, string]): void {
  if (value === '') throw badRequest(`${name} has no value.`);
  readers[name]!(results, type, value);
}

function passed(): void {}

function readCount(results: ResultParameters, _type: string, value: string): void {
  if (!/^\d{1,9}$/.test(value)) throw badRequest(`_count is not a whole number from 1 to ${maxCount}.`);
  const count = Number(value);
  if (count === 0) throw notSupported(`_count=0, a count without matches, is not offered yet: _count is from 1 to ${maxCount}.`);
  if (count > maxCount) throw badRequest(`_count is at most ${maxCount}: follow the next links for more.`);
  results.count = count;
}

function readTotal(_results: ResultParameters, _type: string, value: string): void {
  if (value !== 'none') throw notSupported('_total is offered with the value none only: matches are not counted yet.');
}

function readSort(results: ResultParameters, type: string, value: string): void {
  if (value.includes(',')) throw notSupported('_sort is offered with one parameter only.');
  const descending = value.startsWith('-');
  const parameter = searchParameter(type, descending ? value.slice(1) : value);
  if (parameter === undefined || parameter.type !== 'date') {
    const sortable = [...searchParametersOf(type).values()].filter((one) => one.type === 'date').map((one) => one.code);
    throw notSupported(`_sort of ${type} is offered by date only: ${sortable.sort().join(', ')}; with - in front for the latest first.`);
  }
  results.sort = [{ parameter, descending }];
}
