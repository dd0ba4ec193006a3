/**
 * From the request of a search to its searchset Bundle, for the three contexts of a search: all resources, those of a
 * type, those of a compartment (https://hl7.org/fhir/R4/search.html#searching).
 */
import type { ParseContext } from '../../fhir/search/parse.ts';
import type { ContainedSearch, SearchQuery } from '../../fhir/search/values.ts';
import type { DataStore, SearchMatch, SearchPage } from '../../store/data-store.ts';
import { bundleText } from '../bundle-text.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import type { Parameter } from '../parameters.ts';
import { preferences } from '../prefer.ts';
import { subset } from '../subset.ts';
import { askedOf, linksOf } from './asked.ts';
import { matchEntries, outcomeEntry } from './match-entries.ts';
import { explanationIssues, ignoredIssues } from './search-issues.ts';
import type { TypeExplanation } from './search-issues.ts';

/** What searches need of a store; lists and value sets are read by id. */
export type SearchStore = Pick<DataStore, 'search' | 'read' | 'sealer'>;

/** One page of a search, of whatever types. */
export interface Found extends Pick<SearchPage, 'matches' | 'next' | 'total'> {
  readonly applied: readonly Parameter[];
  readonly ignored: readonly string[];
  /** What is answered for a match within a resource; absent where none was searched. */
  readonly contained?: ContainedSearch['answer'];
  readonly explanations: readonly TypeExplanation[];
}

export interface SearchContext {
  /** Below the base: `Patient`, `Patient/1/Observation`, or `''` for the system. */
  readonly path: string;
  readonly find: (parameters: readonly Parameter[], context: ParseContext, cursor: string | undefined) => Promise<Found>;
}

/** @throws FhirError 400 for parameters that are malformed, unknown or not offered; 403 for a search that is too costly */
export async function answerSearch(request: OperationRequest, { path, find }: SearchContext, store: SearchStore): Promise<OperationResponse> {
  const { baseUrl, headers } = request;
  const asked = askedOf(request, path, store);
  // `_summary=count` answers no resources: there is nothing to cut down. What has no value is passed over.
  const shown = subset(asked.parameters.filter(([name, value]) => value !== '' && (name !== '_summary' || value !== 'count')));
  const strict = preferences(headers['prefer']).handling === 'strict';
  const found = await find(asked.parameters, { baseUrl, strict }, asked.cursor);
  const { applied, next, total, contained } = found;
  const issues = [...ignoredIssues(found.ignored), ...explanationIssues(found.explanations)];
  const entries = found.matches.flatMap((match: SearchMatch) => matchEntries(match, { baseUrl, shown, contained }));
  if (issues.length > 0) entries.push(outcomeEntry(issues));
  const links = linksOf({ baseUrl, path, asked, applied, next }, store);
  return { status: 200, headers: {}, json: bundleText({ type: 'searchset', total, links, entries }) };
}

/** A page of one type. */
export function foundOf(query: SearchQuery, { matches, next, total, explanation }: SearchPage): Found {
  const { type, applied, ignored, contained } = query;
  const explanations = explanation === undefined ? [] : [{ type, explanation }];
  return { matches, next, total, applied, ignored, contained: contained?.answer, explanations };
}
