/**
 * From the request of a search to its searchset Bundle, for the three contexts of a search: all resources, those of a
 * type, those of a compartment (https://hl7.org/fhir/R4/search.html#searching).
 */
import type { ParseContext } from '../../fhir/search/parse.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { SearchMatch } from '../../store/data-store.ts';
import { bundleText } from '../bundle-text.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import type { Parameter } from '../parameters.ts';
import { preferences } from '../prefer.ts';
import { subset, whole } from '../subset.ts';
import { askedOf, linksOf } from './asked.ts';
import type { FoundPage, PageStart } from './found-page.ts';
import { withIncluded } from './include-page.ts';
import type { IncludingParts } from './include-page.ts';
import { includedEntries, matchEntries, outcomeEntry } from './match-entries.ts';
import { runQuery } from './run-query.ts';
import { explanationIssues, ignoredIssues } from './search-issues.ts';

export interface SearchContext {
  /** Below the base: `Patient`, `Patient/1/Observation`, or `''` for the system. */
  readonly path: string;
  readonly find: (parameters: readonly Parameter[], context: ParseContext, start: PageStart) => Promise<FoundPage>;
}

/** @throws FhirError 400 for parameters that are malformed, unknown or not offered; 403 for a search that is too costly */
export async function answerSearch(request: OperationRequest, { path, find }: SearchContext, parts: IncludingParts): Promise<OperationResponse> {
  const { baseUrl, headers } = request;
  const { store } = parts;
  const asked = askedOf(request, path, store);
  // `_summary=count` answers no resources: there is nothing to cut down. What has no value is passed over.
  const shown = subset(asked.parameters.filter(([name, value]) => value !== '' && (name !== '_summary' || value !== 'count')));
  const isByElements = asked.parameters.some(([name, value]) => name === '_elements' && value !== '');
  const strict = preferences(headers['prefer']).handling === 'strict';
  const searchParameters = await store.searchParameters();
  const { found, included } = await withIncluded(parts, {
    baseUrl,
    searchParameters,
    find: (atMost) => find(asked.parameters, { baseUrl, searchParameters, strict }, { cursor: asked.cursor, atMost }),
  });
  const { applied, next, total, contained } = found;
  const issues = [...ignoredIssues(found.ignored), ...explanationIssues(found.explanations)];
  const entries = found.matches.flatMap((match: SearchMatch) => matchEntries(match, { baseUrl, shown, contained }));
  entries.push(...includedEntries(included, { baseUrl, shown: isByElements ? whole : shown }));
  if (issues.length > 0) entries.push(outcomeEntry(issues));
  const links = linksOf({ baseUrl, path, asked, applied, next }, store);
  return { status: 200, headers: {}, json: bundleText({ type: 'searchset', total, links, entries }) };
}

/** A page of one type. */
export async function pageOf({ store }: Pick<IncludingParts, 'store'>, query: SearchQuery, { cursor, atMost }: PageStart): Promise<FoundPage> {
  const { type, applied, ignored, contained, includes } = query;
  const asked = atMost === undefined ? query : { ...query, count: atMost };
  const { matches, next, total, explanation } = await runQuery(store, asked, cursor);
  const explanations = explanation === undefined ? [] : [{ type, explanation }];
  return { matches, next, total, applied, ignored, contained: contained?.answer, includes, explanations };
}
