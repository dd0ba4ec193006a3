/** uri (https://hl7.org/fhir/R4/search.html#uri). */
import type { Element } from './elements.ts';
import { split, unescape } from './escapes.ts';
import type { Resource, Verdict } from './json.ts';

export interface Uri {
  readonly uri: string;
  /** The business version that a canonical names, or that the resource has whose canonical URL this is. */
  readonly version: string | undefined;
}

export function uriOf({ type, data, path }: Element, resource: Resource): Uri | undefined {
  if (typeof data !== 'string') return undefined;
  if (type === 'canonical') {
    const [uri = '', version] = data.split('|');
    return { uri, version };
  }
  return { uri: data, version: path === `${resource.resourceType}.url` ? resource['version'] : undefined };
}

/** The whole URI, or by `:below` and `:above` its beginning; `url|version` of a canonical asks for that version too. */
export function uriMatches(target: Uri | undefined, text: string, modifier: string | undefined): Verdict {
  if (target === undefined) return false;
  const [wanted = '', version] = split(text, '|').map(unescape);
  if (version !== undefined) return target.uri === wanted && versionMatches(target.version, version, modifier);
  if (target.uri === wanted) return true;
  if (modifier === 'below') return under(wanted, target.uri);
  if (modifier === 'above') return under(target.uri, wanted);
  return false;
}

function versionMatches(version: string | undefined, wanted: string, modifier: string | undefined): Verdict {
  if (version === wanted) return true;
  return modifier === undefined || !version?.startsWith(wanted) ? false : undefined;
}

/**
 * Whether `lower` goes on where `upper` ends. They are URLs, not URNs; where `upper` ends inside a segment, starting
 * with it and lying under it are two readings.
 */
function under(upper: string, lower: string): Verdict {
  if (!lower.startsWith(upper)) return false;
  if (/^urn:/i.test(upper) || /^urn:/i.test(lower)) return undefined;
  return upper.endsWith('/') || /^[/?#]/.test(lower.slice(upper.length)) ? true : undefined;
}
