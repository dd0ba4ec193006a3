/**
 * What a client asks a search for, wherever it stood: in the URL, in a form (`POST …/_search`), or sealed in the link to
 * a further page (https://hl7.org/fhir/R4/http.html#search).
 *
 * What a client posts may name a patient. It is kept out of URLs: the next link of a posted search carries its
 * parameters sealed, as `_sealed`.
 */
import { badRequest, tooCostly } from '../../fhir/outcome.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { BundleLink } from '../bundle-text.ts';
import { requireForm } from '../negotiate.ts';
import type { OperationRequest } from '../operation.ts';
import { formatParameters, parseParameters, refuseOthers, servedParameters, single, withParameters } from '../parameters.ts';
import type { Parameter } from '../parameters.ts';

/** What servers and proxies take for a URL, less room for the base and the cursor. */
export const maxSealedLength = 6000;

export interface Asked {
  readonly parameters: readonly Parameter[];
  readonly cursor?: string;
  /** True when the parameters came in a body, or sealed because they once had. */
  readonly isPrivate: boolean;
}

type WithSealer = Pick<DataStore, 'sealer'>;

/**
 * @param path of the search below the base: `Patient`, `Patient/1/Observation`, or `''` for the system
 * @throws FhirError 400 for parameters that cannot be read, 415 for a body that is no form
 */
export function askedOf(request: OperationRequest, path: string, store: WithSealer): Asked {
  const inUrl = parseParameters(request.query);
  const sealed = single(inUrl.filter(hasValue), '_sealed');
  const isPosted = request.method === 'POST';
  if (sealed !== undefined) refuseOthers(inUrl, ['_sealed', '_cursor']);
  const further = sealed !== undefined ? unsealed(sealed, path, store) : isPosted ? posted(request) : [];
  const all = further.length === 0 ? inUrl : [...further, ...inUrl];
  const cursor = single(all.filter(hasValue), '_cursor');
  return {
    parameters: all.filter(([name, value]) => value === '' || (name !== '_cursor' && name !== '_sealed')),
    ...(cursor === undefined ? {} : { cursor }),
    isPrivate: isPosted || sealed !== undefined,
  };
}

/** R4: "Empty parameters are not an error - they are just ignored". Whoever reads the search names them. */
function hasValue([, value]: Parameter): boolean {
  return value !== '';
}

/** A search may be posted with all of its parameters in the URL, and then has no body to declare. */
function posted({ headers, body }: OperationRequest): readonly Parameter[] {
  if (body === undefined || body === '') return [];
  requireForm(headers);
  return parseParameters(body);
}

export interface LinkedPage {
  readonly baseUrl: string;
  readonly path: string;
  readonly asked: Asked;
  /** The parameters that were understood. */
  readonly applied: readonly Parameter[];
  readonly next?: string;
}

/** The self link tells which parameters were understood, as FHIR asks; it goes to the one who sent them and nowhere else. */
export function linksOf({ baseUrl, path, asked, applied, next }: LinkedPage, store: WithSealer): readonly BundleLink[] {
  const url = path === '' ? baseUrl : `${baseUrl}/${path}`;
  const cursor: readonly Parameter[] = asked.cursor === undefined ? [] : [['_cursor', asked.cursor]];
  const self: BundleLink = { relation: 'self', url: withParameters(url, [...applied, ...cursor]) };
  if (next === undefined) return [self];
  const carried = asked.isPrivate ? withoutCriteria(path, applied, store) : applied;
  return [self, { relation: 'next', url: withParameters(url, [...carried, ['_cursor', next]]) }];
}

/** `_format` and `_pretty` stay legible: they are read before the operation is asked. */
function withoutCriteria(path: string, parameters: readonly Parameter[], store: WithSealer): readonly Parameter[] {
  const isServed = ([name]: Parameter): boolean => servedParameters.has(name);
  const token = sealed(path, parameters.filter((each) => !isServed(each)), store);
  return [['_sealed', token], ...parameters.filter(isServed)];
}

/** The path is sealed with the parameters: a token is of no use for another search. */
function sealed(path: string, parameters: readonly Parameter[], { sealer }: WithSealer): string {
  const token = sealer.seal(`${path}?${formatParameters(parameters)}`);
  if (token.length <= maxSealedLength) return token;
  throw tooCostly(
    'The results do not fit on one page, and the parameters are too long for a link to the next. Raise _count to 1000, or split the search.',
  );
}

function unsealed(token: string, path: string, { sealer }: WithSealer): readonly Parameter[] {
  const text = sealer.unseal(token);
  if (text?.startsWith(`${path}?`)) return parseParameters(text.slice(path.length + 1));
  throw badRequest('_sealed is not of this server, or not of this search. Follow the next link as it was sent.');
}
