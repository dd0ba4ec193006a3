/**
 * The search parameter kind uri (https://hl7.org/fhir/R4/search.html#uri): precise, whole matches, or by `:below` and
 * `:above` the start of a URL.
 */
import type { Json } from '../../json.ts';
import { splitEscaped, unescapeValue } from '../escapes.ts';
import type { UriCriterion } from '../criteria.ts';
import type { UriValue } from '../values.ts';

/**
 * A URI, or `url|version` for the canonical URL of a resource
 * (https://hl7.org/fhir/R4/references.html#canonical). `undefined` when it is empty or has more parts.
 */
export function parseUri(text: string): UriCriterion | undefined {
  const [uri, version, ...more] = splitEscaped(text, '|').map(unescapeValue);
  if (!uri || version === '' || more.length > 0) return undefined;
  return version === undefined ? { kind: 'uri', uri } : { kind: 'uri', uri, version };
}

/**
 * `:below` finds values that the searched URL begins, `:above` values that begin it; both are for URLs alone, since URNs
 * have no hierarchy. A version must be equal where the criterion has one; under `:below` it may be a more precise one.
 */
export function satisfiesUri(value: UriValue, criterion: UriCriterion, modifier?: 'below' | 'above'): boolean {
  if (modifier === undefined || isUrn(criterion.uri)) return value.uri === criterion.uri && versionSatisfies(value, criterion);
  if (criterion.version !== undefined) return value.uri === criterion.uri && versionSatisfies(value, criterion, modifier);
  return modifier === 'below' ? value.uri.startsWith(criterion.uri) : criterion.uri.startsWith(value.uri);
}

function versionSatisfies(value: UriValue, criterion: UriCriterion, modifier?: 'below' | 'above'): boolean {
  if (criterion.version === undefined || criterion.version === value.version) return true;
  return modifier === 'below' && value.version !== undefined && value.version.startsWith(`${criterion.version}.`);
}

/** A URN names without a hierarchy: what its text begins with says nothing. */
export function isUrn(uri: string): boolean {
  return /^urn:/i.test(uri);
}

/** uri, url, oid and uuid. `version` is the business version of the resource whose canonical URL the element is. */
export function fromUri(values: UriValue[], element: Json | undefined, version?: Json): void {
  if (typeof element !== 'string' || element === '') return;
  if (typeof version === 'string' && version !== '') values.push({ kind: 'uri', uri: element, version });
  else values.push({ kind: 'uri', uri: element });
}

/** canonical: `url|version`. */
export function fromCanonical(values: UriValue[], element: Json | undefined): void {
  if (typeof element !== 'string') return;
  const bar = element.lastIndexOf('|');
  if (bar < 0) fromUri(values, element);
  else fromUri(values, element.slice(0, bar), element.slice(bar + 1));
}
