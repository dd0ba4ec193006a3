/** What a user writes for a place in a data store, as a path behind its base. */
import { WrongUse } from './failure.ts';

/**
 * `Patient/123`, with or without a slash before it; with a query where the command takes one.
 * @throws WrongUse for what would lead out of the data store
 */
export function fhirPath(word: string): { readonly path: string; readonly query: URLSearchParams } {
  const [path, query] = splitOnce(word, '?');
  const segments = path.replace(/^\/|\/$/g, '').split('/');
  const wrong = /[\s#\\]/.test(path) || path.includes('://') || segments.some((segment) => segment === '.' || segment === '..');
  if (wrong) throw new WrongUse('Name a place in the data store, as Patient/123 or Patient/123/_history/1.');
  return { path: path === '' ? '' : `/${segments.map(encodeSegment).join('/')}`, query: new URLSearchParams(query) };
}

/** Operations keep their dollar sign as it is. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%24', '$');
}

/** `name=value`, as search parameters are written on the command line.
 * @throws WrongUse when there is no = in it */
export function parameter(word: string): readonly [name: string, value: string] {
  const [name, value] = splitOnce(word, '=');
  if (name === '' || value === undefined) throw new WrongUse('Search parameters are written name=value, as birthdate=lt1960.');
  return [name, value];
}

function splitOnce(text: string, sign: string): readonly [string, string?] {
  const at = text.indexOf(sign);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Path and query in one. */
export function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
