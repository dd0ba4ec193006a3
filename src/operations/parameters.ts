/**
 * The parameters of a request (https://hl7.org/fhir/R4/http.html#parameters): those of the URL, and for
 * `POST _search` those of the form too (https://hl7.org/fhir/R4/search.html#searching).
 */
import { badRequest, notSupported } from '../fhir/outcome.ts';

export type Parameter = readonly [name: string, value: string];

/** More than any search of sense has; each one costs planning. */
export const maxParameters = 200;

/**
 * @param text `application/x-www-form-urlencoded`, as behind the `?` of a URL
 * @returns names and values in the order sent; parts without a name are left out
 * @throws FhirError 400 when it is not percent-encoded UTF-8, or has more than {@link maxParameters}
 */
export function parseParameters(text: string): readonly Parameter[] {
  if (text === '') return [];
  const parts = text.split('&', maxParameters + 1);
  if (parts.length > maxParameters) throw badRequest(`The request has more than ${maxParameters} parameters; send fewer.`);
  const parameters: Parameter[] = [];
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    if (name !== '') parameters.push([name, equals === -1 ? '' : decode(part.slice(equals + 1))]);
  }
  return parameters;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw badRequest('A parameter is not percent-encoded UTF-8. Encode a percent sign itself as %25.');
  }
}

/** The parameters as they stand behind the `?` of a URL. */
export function formatParameters(parameters: readonly Parameter[]): string {
  return parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

export function withParameters(url: string, parameters: readonly Parameter[]): string {
  return parameters.length === 0 ? url : `${url}?${formatParameters(parameters)}`;
}

/** As `encodeURIComponent`, but for the characters that FHIR's values are full of and that a query may hold as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2C|2F|24)/g, (escaped) => decodeURIComponent(escaped));
}

/** The single value of a parameter, `undefined` where it is absent. @throws FhirError 400 when it is repeated. */
export function single(parameters: readonly Parameter[], name: string): string | undefined {
  let found: string | undefined;
  for (const [each, value] of parameters) {
    if (each !== name) continue;
    if (found !== undefined) throw badRequest(`The parameter ${name} may be sent only once.`);
    found = value;
  }
  return found;
}

/** What `serve` reads, for every operation. */
export const servedParameters: ReadonlySet<string> = new Set(['_format', '_pretty']);

/**
 * Refuses what the operation would otherwise silently ignore.
 *
 * @throws FhirError 400 for a parameter that is neither in `known` nor one of {@link servedParameters}
 */
export function refuseOthers(parameters: readonly Parameter[], known: readonly string[]): void {
  for (const [name] of parameters) {
    if (servedParameters.has(name) || known.includes(name)) continue;
    const named = /^_?[A-Za-z][A-Za-z-]{0,63}$/.test(name) ? `The parameter ${name}` : 'One of the parameters';
    const offered = known.length === 0 ? 'It takes _format and _pretty.' : `It takes ${known.join(', ')}, _format and _pretty.`;
    throw notSupported(`${named} is not supported by this interaction. ${offered}`);
  }
}
