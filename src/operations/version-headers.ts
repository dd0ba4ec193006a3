/** How a version shows in headers and URLs (https://hl7.org/fhir/R4/http.html#versioning). */
import type { ResourceVersion } from '../store/data-store.ts';

/** The weak entity tag of a version: `W/"3"`. */
export function entityTag(versionId: number): string {
  return `W/"${versionId}"`;
}

/** `ETag` and `Last-Modified`. */
export function versionHeaders({ versionId, lastUpdated }: Pick<ResourceVersion, 'versionId' | 'lastUpdated'>): Record<string, string> {
  return { ETag: entityTag(versionId), 'Last-Modified': new Date(lastUpdated).toUTCString() };
}

/** Where a version is, relative to the base. */
export function versionPath(version: { readonly type: string; readonly id: string; readonly versionId: number }): string {
  return `${version.type}/${version.id}/_history/${version.versionId}`;
}
