/**
 * search-type: the resources of a type that satisfy the parameters, by GET or by `POST _search`
 * (https://hl7.org/fhir/R4/http.html#search).
 *
 * What a client posts may name a patient. It is kept out of URLs: the next link of a posted search carries its
 * parameters sealed, as `_query`.
 */
import { badRequest, tooCostly } from '../fhir/outcome.ts';
import { parseSearch } from '../fhir/search/parse.ts';
import type { SearchQuery } from '../fhir/search/values.ts';
import { bundleText, fullUrlText } from './bundle-text.ts';
import type { BundleLink } from './bundle-text.ts';
import { requireForm } from './negotiate.ts';
import type { Dependencies, Operation, OperationRequest } from './operation.ts';
import { formatParameters, parseParameters, refuseOthers, servedParameters, single } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import { pathSegment } from './path-segment.ts';
import { preferences } from './prefer.ts';
import { subset, subsetParameters } from './subset.ts';

/** What servers and proxies take for a URL, less room for the base and the cursor. */
export const maxSealedQueryLength = 6000;

/** What the client asks for, wherever it stood. */
interface Asked {
  /** What the search itself is made of. */
  readonly criteria: readonly Parameter[];
  /** `_summary`, `_elements`. */
  readonly shape: readonly Parameter[];
  /** `_format`, `_pretty`: carried along by links. */
  readonly served: readonly Parameter[];
  readonly cursor?: string;
  /** True when the criteria came in a body, or sealed because they once had. */
  readonly isPrivate: boolean;
}

export function searchType({ store }: Pick<Dependencies, 'store'>): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const asked = askedOf(request, type, store);
    const shown = subset(asked.shape);
    const strict = preferences(request.headers['prefer']).handling === 'strict';
    const query = parseSearch(type, asked.criteria, { baseUrl: request.baseUrl, strict });
    const { matches, next } = await store.search(query, asked.cursor);
    const entries: string[] = [];
    for (const match of matches) {
      if (match.json === undefined) continue;
      entries.push(`{${fullUrlText(request.baseUrl, match)},"resource":${shown(match.json)},"search":{"mode":"match"}}`);
    }
    const links = linksOf({ url: `${request.baseUrl}/${type}`, type, query, asked, next }, store);
    return { status: 200, headers: {}, json: bundleText('searchset', links, entries) };
  };
}

function askedOf(request: OperationRequest, type: string, store: Dependencies['store']): Asked {
  const inUrl = parseParameters(request.query);
  const isPosted = request.method === 'POST';
  const sealed = single(inUrl, '_query');
  if (sealed !== undefined) {
    refuseOthers(inUrl, ['_query', '_cursor']);
    const opened = parseParameters(unsealed(sealed, type, store));
    return { ...sorted([...opened, ...inUrl.filter(([name]) => name !== '_query')]), isPrivate: true };
  }
  return { ...sorted(isPosted ? [...inUrl, ...posted(request)] : inUrl), isPrivate: isPosted };
}

/** A search may be posted with all of its parameters in the URL, and then has no body to declare. */
function posted(request: OperationRequest): readonly Parameter[] {
  if (request.body === undefined || request.body === '') return [];
  requireForm(request.headers);
  return parseParameters(request.body);
}

function sorted(parameters: readonly Parameter[]): Omit<Asked, 'isPrivate'> {
  const isShape = ([name]: Parameter): boolean => subsetParameters.includes(name);
  const isServed = ([name]: Parameter): boolean => servedParameters.has(name);
  return {
    criteria: parameters.filter((each) => each[0] !== '_cursor' && !isShape(each) && !isServed(each)),
    shape: parameters.filter(isShape),
    served: parameters.filter(isServed),
    cursor: single(parameters, '_cursor'),
  };
}

interface Page {
  /** `{base}/{type}` */
  readonly url: string;
  readonly type: string;
  readonly query: SearchQuery;
  readonly asked: Asked;
  readonly next?: string;
}

/** The self link tells which parameters were understood, as FHIR asks; it goes to the one who sent them and nowhere else. */
function linksOf({ url, type, query, asked, next }: Page, store: Dependencies['store']): readonly BundleLink[] {
  const applied = [...query.applied, ...asked.shape];
  const cursor: readonly Parameter[] = asked.cursor === undefined ? [] : [['_cursor', asked.cursor]];
  const self: BundleLink = { relation: 'self', url: withParameters(url, [...applied, ...asked.served, ...cursor]) };
  if (next === undefined) return [self];
  const carried: readonly Parameter[] = asked.isPrivate ? [['_query', sealedQuery(type, applied, store)]] : applied;
  return [self, { relation: 'next', url: withParameters(url, [...carried, ...asked.served, ['_cursor', next]]) }];
}

function withParameters(url: string, parameters: readonly Parameter[]): string {
  return parameters.length === 0 ? url : `${url}?${formatParameters(parameters)}`;
}

/** The type is sealed with the parameters: a token is of no use for another search. */
function sealedQuery(type: string, parameters: readonly Parameter[], { sealer }: Dependencies['store']): string {
  const sealed = sealer.seal(`${type}?${formatParameters(parameters)}`);
  if (sealed.length <= maxSealedQueryLength) return sealed;
  throw tooCostly('The results do not fit on one page, and the parameters are too long for the link to the next. Raise _count to 1000, or split the search.');
}

function unsealed(token: string, type: string, { sealer }: Dependencies['store']): string {
  const text = sealer.unseal(token);
  if (text === undefined || !text.startsWith(`${type}?`)) throw badRequest('_query is not of this server, or not of this search. Follow the next link as it was sent.');
  return text.slice(type.length + 1);
}
