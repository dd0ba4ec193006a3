/**
 * The text of a Bundle, put together from the texts of its resources: what is stored is not parsed to be sent
 * (https://hl7.org/fhir/R4/bundle.html).
 */
import type { ResourceVersion } from '../store/data-store.ts';

export interface BundleLink {
  readonly relation: 'self' | 'next';
  readonly url: string;
}

export interface BundleParts {
  readonly type: 'history' | 'searchset';
  /** Of all pages together, where it was counted. */
  readonly total?: number;
  readonly links: readonly BundleLink[];
  /** Each the JSON text of an entry. */
  readonly entries: readonly string[];
}

export function bundleText({ type, total, links, entries }: BundleParts): string {
  const counted = total === undefined ? '' : `,"total":${total}`;
  const start = `{"resourceType":"Bundle","type":"${type}"${counted},"link":${JSON.stringify(links)}`;
  return entries.length === 0 ? `${start}}` : `${start},"entry":[${entries.join(',')}]}`;
}

/**
 * `"fullUrl":…` of the version's resource; its own base may need escapes, a type and an id never do.
 *
 * @param containedId of a resource within it, which is then what the URL names
 */
export function fullUrlText(baseUrl: string, { type, id }: Pick<ResourceVersion, 'type' | 'id'>, containedId?: string): string {
  const fragment = containedId === undefined ? '' : `#${containedId}`;
  return `"fullUrl":${JSON.stringify(`${baseUrl}/${type}/${id}${fragment}`)}`;
}
