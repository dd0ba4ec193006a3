/**
 * search-type: the resources of a type that satisfy the parameters, by GET or by `POST _search`
 * (https://hl7.org/fhir/R4/http.html#search).
 *
 * What a client posts may name a patient. It is kept out of URLs: the next link of a posted search carries its
 * parameters sealed, as `_sealed`.
 */
import { badRequest, tooCostly } from '../fhir/outcome.ts';
import { parseSearch } from '../fhir/search/parse.ts';
import type { DataStore } from '../store/data-store.ts';
import { bundleText, fullUrlText } from './bundle-text.ts';
import type { BundleLink } from './bundle-text.ts';
import { requireForm } from './negotiate.ts';
import type { Operation, OperationRequest, StoreOf } from './operation.ts';
import { formatParameters, parseParameters, refuseOthers, servedParameters, single, withParameters } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import { pathSegment } from './path-segment.ts';
import { preferences } from './prefer.ts';
import { subset } from './subset.ts';

/** What servers and proxies take for a URL, less room for the base and the cursor. */
export const maxSealedLength = 6000;

/** What the client asks for, wherever it stood. */
interface Asked {
  readonly parameters: readonly Parameter[];
  readonly cursor?: string;
  /** True when the parameters came in a body, or sealed because they once had. */
  readonly isPrivate: boolean;
}

export function searchType({ store }: StoreOf<'search' | 'sealer'>): Operation {
  return async (request) => {
    const { baseUrl, headers } = request;
    const type = pathSegment(request, 'type');
    const asked = askedOf(request, type, store);
    const shown = subset(asked.parameters);
    const strict = preferences(headers['prefer']).handling === 'strict';
    const query = parseSearch(type, asked.parameters, { baseUrl, strict });
    const { matches, next } = await store.search(query, asked.cursor);
    const entries: string[] = [];
    for (const match of matches) {
      if (match.json === undefined) continue;
      entries.push(`{${fullUrlText(baseUrl, match)},"resource":${shown(match.json)},"search":{"mode":"match"}}`);
    }
    const links = linksOf({ baseUrl, type, asked, applied: query.applied, next }, store);
    return { status: 200, headers: {}, json: bundleText('searchset', links, entries) };
  };
}

function askedOf(request: OperationRequest, type: string, store: Pick<DataStore, 'sealer'>): Asked {
  const inUrl = parseParameters(request.query);
  const sealed = single(inUrl, '_sealed');
  const isPosted = request.method === 'POST';
  if (sealed !== undefined) refuseOthers(inUrl, ['_sealed', '_cursor']);
  const further = sealed !== undefined ? unsealed(sealed, type, store) : isPosted ? posted(request) : [];
  const all = further.length === 0 ? inUrl : [...further, ...inUrl];
  return {
    parameters: all.filter(([name]) => name !== '_cursor' && name !== '_sealed'),
    cursor: single(all, '_cursor'),
    isPrivate: isPosted || sealed !== undefined,
  };
}

/** A search may be posted with all of its parameters in the URL, and then has no body to declare. */
function posted({ headers, body }: OperationRequest): readonly Parameter[] {
  if (body === undefined || body === '') return [];
  requireForm(headers);
  return parseParameters(body);
}

interface Page {
  readonly baseUrl: string;
  readonly type: string;
  readonly asked: Asked;
  /** The parameters that were understood. */
  readonly applied: readonly Parameter[];
  readonly next?: string;
}

/** The self link tells which parameters were understood, as FHIR asks; it goes to the one who sent them and nowhere else. */
function linksOf({ baseUrl, type, asked, applied, next }: Page, store: Pick<DataStore, 'sealer'>): readonly BundleLink[] {
  const url = `${baseUrl}/${type}`;
  const cursor: readonly Parameter[] = asked.cursor === undefined ? [] : [['_cursor', asked.cursor]];
  const self: BundleLink = { relation: 'self', url: withParameters(url, [...applied, ...cursor]) };
  if (next === undefined) return [self];
  const carried = asked.isPrivate ? withoutCriteria(type, applied, store) : applied;
  return [self, { relation: 'next', url: withParameters(url, [...carried, ['_cursor', next]]) }];
}

/** `_format` and `_pretty` stay legible: they are read before the operation is asked. */
function withoutCriteria(type: string, parameters: readonly Parameter[], store: Pick<DataStore, 'sealer'>): readonly Parameter[] {
  const isServed = ([name]: Parameter): boolean => servedParameters.has(name);
  const token = sealed(type, parameters.filter((each) => !isServed(each)), store);
  return [['_sealed', token], ...parameters.filter(isServed)];
}

/** The type is sealed with the parameters: a token is of no use for another search. */
function sealed(type: string, parameters: readonly Parameter[], { sealer }: Pick<DataStore, 'sealer'>): string {
  const token = sealer.seal(`${type}?${formatParameters(parameters)}`);
  if (token.length <= maxSealedLength) return token;
  throw tooCostly(
    'The results do not fit on one page, and the parameters are too long for a link to the next. Raise _count to 1000, or split the search.',
  );
}

function unsealed(token: string, type: string, { sealer }: Pick<DataStore, 'sealer'>): readonly Parameter[] {
  const text = sealer.unseal(token);
  if (text?.startsWith(`${type}?`)) return parseParameters(text.slice(type.length + 1));
  throw badRequest('_sealed is not of this server, or not of this search. Follow the next link as it was sent.');
}
