/**
 * The text of a Bundle, put together from the texts of its resources: what is stored is not parsed to be sent
 * (https://hl7.org/fhir/R4/bundle.html).
 */
import type { ResourceVersion } from '../store/data-store.ts';

export interface BundleLink {
  readonly relation: 'self' | 'next';
  readonly url: string;
}

/** @param entries each the JSON text of an entry */
export function bundleText(type: 'history' | 'searchset', links: readonly BundleLink[], entries: readonly string[]): string {
  const start = `{"resourceType":"Bundle","type":"${type}","link":${JSON.stringify(links)}`;
  return entries.length === 0 ? `${start}}` : `${start},"entry":[${entries.join(',')}]}`;
}

/** `"fullUrl":…` of the version's resource; its own base may need escapes, a type and an id never do. */
export function fullUrlText(baseUrl: string, { type, id }: Pick<ResourceVersion, 'type' | 'id'>): string {
  return `"fullUrl":${JSON.stringify(`${baseUrl}/${type}/${id}`)}`;
}
