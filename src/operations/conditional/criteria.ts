/**
 * The criteria of conditional interactions: a search whose matches decide what becomes of a write
 * (https://hl7.org/fhir/R4/http.html#ccreate, #cond-update and #3.1.0.7.1).
 *
 * Nothing is written on half a search: one that is not understood to its last parameter, that asks for nothing, or that
 * does not come to its end is refused. Messages never repeat a value of the criteria.
 */
import { badRequest, multipleMatches, notSupported, tooCostly } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { splitEscaped } from '../../fhir/search/escapes.ts';
import { matchesQuery } from '../../fhir/search/match.ts';
import { searchParameter } from '../../fhir/search/parameters.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import { isResultParameter } from '../../fhir/search/result-parameters.ts';
import type { Clause } from '../../fhir/search/criteria.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Claim, DataStore, SearchMatch } from '../../store/data-store.ts';
import { servedParameters } from '../parameters.ts';
import type { Parameter } from '../parameters.ts';
import { resolveQuery } from '../search/resolve-query.ts';
import { createdAtApart, wasCreated } from './created-at.ts';
import type { CreatedAt } from './created-at.ts';

/** Pages that are followed to the end of a search for criteria; each takes up to ten seconds, of 29 that a request has. */
export const maxCriteriaPages = 2;

/** What conditions are looked up with. */
export type ConditionStore = Pick<DataStore, 'search' | 'searchParameters' | 'read' | 'vread'>;

export interface Criteria {
  readonly type: string;
  /** Resolved: it can be held against a resource. */
  readonly query: SearchQuery;
  /** Held against the first version; empty where nothing is asked about it. */
  readonly created: CreatedAt;
  /** Equal for criteria that differ in order only. */
  readonly text: string;
}

/**
 * @param parameters names and values as sent; `_format` and `_pretty` are passed over
 * @throws FhirError 400 for what is unknown, malformed, without a value, or nothing at all
 */
export async function readCriteria(
  store: ConditionStore, parameters: readonly Parameter[], { type, baseUrl }: { readonly type: string; readonly baseUrl: string },
): Promise<Criteria> {
  const asked = parameters.filter(([name]) => !servedParameters.has(name));
  if (asked.length === 0) throw badRequest('The criteria are empty. A conditional interaction needs search parameters, as identifier=system|value.');
  if (asked.some(([, value]) => value === '')) throw badRequest('A parameter of the criteria has no value. Criteria have to be understood as a whole.');
  for (const [name] of asked) refuseShape(name);
  const searchParameters = await store.searchParameters();
  const { created, others } = createdAtApart(asked, type, searchParameters);
  const query = parseSearch(type, others, { baseUrl, searchParameters });
  if (query.ignored.length > 0) throw badRequest('A parameter of the criteria is not known. Criteria have to be understood as a whole.');
  return { type, query: await resolveQuery(store, query), created, text: normalized(asked) };
}

/** Parameters that shape an answer decide about no resource. */
function refuseShape(name: string): void {
  if (!isResultParameter(name) && !/^_(?:rev)?include\b/.test(name)) return;
  throw notSupported(`${name.split(/[:.]/, 1)[0]} shapes the answer of a search: it is no part of criteria. Leave it out.`);
}

/** Alternatives and parameters in one order. The text is hashed, and stands nowhere. */
function normalized(parameters: readonly Parameter[]): string {
  const ordered = parameters.map(([name, value]) =>
    JSON.stringify([name, name === '_filter' ? value : splitEscaped(value, ',').toSorted().join(',')]));
  return ordered.toSorted().join('&');
}

/** `?a=b`, `Patient?a=b` and `a=b` mean the same in `If-None-Exist`. */
export function criteriaText(text: string, type: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('?')) return trimmed.slice(1);
  return trimmed.startsWith(`${type}?`) ? trimmed.slice(type.length + 1) : trimmed;
}

/**
 * Resources that satisfy the criteria, up to `most`; fewer are all there are.
 *
 * @throws FhirError 403 when the search does not come to its end
 */
export async function matchesUpTo(store: ConditionStore, { query, created }: Pick<Criteria, 'query' | 'created'>, most: number): Promise<readonly SearchMatch[]> {
  const found: SearchMatch[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxCriteriaPages; page += 1) {
    const { matches, next } = await store.search({ ...query, count: most }, cursor);
    for (const match of matches) if (await wasCreated(store, match, created)) found.push(match);
    if (next === undefined || found.length >= most) return found.slice(0, most);
    cursor = next;
  }
  throw tooCostly('The search for the criteria takes too long, so nothing was written. Narrow them, best by an identifier.');
}

/** The match, `undefined` where there is none. @throws FhirError 412 when there are several */
export async function onlyMatch(store: ConditionStore, criteria: Criteria): Promise<SearchMatch | undefined> {
  const [one, another] = await matchesUpTo(store, criteria, 2);
  if (another !== undefined) throw severalMatch();
  return one;
}

export function severalMatch(): Error {
  return multipleMatches('Several resources satisfy the criteria, so nothing was written. Narrow them until they are satisfied by one.');
}

/** Whether a resource that is stored satisfies the criteria now. */
export async function satisfiesCriteria(
  { store, clock }: { readonly store: ConditionStore; readonly clock: Pick<Clock, 'now'> }, { query, created }: Criteria, resource: Resource,
): Promise<boolean> {
  if (!(await wasCreated(store, { type: query.type, id: resource.id ?? '' }, created))) return false;
  if (!asksOthers(query)) return matchesQuery(resource, query, { now: clock.now(), baseUrl: query.baseUrl });
  const itself: Clause = { parameter: searchParameter(query.type, '_id')!, criteria: [{ kind: 'token', code: resource.id ?? '' }] };
  const found = await matchesUpTo(store, { query: { ...query, clauses: [...query.clauses, itself] }, created }, 1);
  return found.length > 0;
}

/** Chains and `_has`: what a resource alone cannot tell. */
export function asksOthers({ joins }: SearchQuery): boolean {
  return joins !== undefined;
}

/** What makes equal criteria one resource among those who create under them at the same time. */
export function claimOf(ports: { readonly store: ConditionStore; readonly clock: Pick<Clock, 'now'> }, criteria: Criteria): Claim {
  return { criteria: criteria.text, matches: (resource) => satisfiesCriteria(ports, criteria, resource) };
}
