/** From a write and what stands there to the version that the write makes: pure rules of the FHIR http page. */
import type { JsonObject } from '../fhir/json.ts';
import { conflict, duplicate, preconditionFailed } from '../fhir/outcome.ts';
import type { Meta, Resource } from '../fhir/resource.ts';
import type { Write } from './data-store.ts';
import type { StoredVersion } from './version-item.ts';

export interface NextVersion {
  readonly versionId: number;
  readonly lastUpdated: number;
  readonly created: number;
  /** The resource did not exist, or was deleted, before. */
  readonly creates: boolean;
}

export function isDeleted(version: StoredVersion): boolean {
  return version.interaction === 'delete';
}

/** Whether the resource's history begins with it, whatever its number: every later version is stamped later. */
export function isFirst({ created, lastUpdated }: Pick<StoredVersion, 'created' | 'lastUpdated'>): boolean {
  return created === lastUpdated;
}

/**
 * Holds the write's preconditions against the version that stands (https://hl7.org/fhir/R4/http.html#concurrency).
 *
 * @returns false when there is nothing to do: a delete of what is not there.
 * @throws FhirError 409 duplicate when a create's id is taken, 412 when a precondition does not hold.
 */
export function permits(write: Write, found: StoredVersion | undefined): boolean {
  if (write.interaction === 'create') {
    if (found !== undefined) throw duplicate('A resource with this id exists already. Update it, or create another.');
    return true;
  }
  if (write.interaction === 'update' && write.ifNoneMatch !== undefined && found !== undefined) {
    throw preconditionFailed('If-None-Match: * was sent, but the resource exists or has existed.');
  }
  if (write.ifMatch !== undefined && write.ifMatch !== found?.versionId) {
    const actual = found === undefined ? 'there is no such resource' : `the current version is ${found.versionId}`;
    throw preconditionFailed(`If-Match names version ${write.ifMatch}, but ${actual}. Read it again and repeat the change on it.`);
  }
  return write.interaction === 'update' || (found !== undefined && !isDeleted(found));
}

/**
 * @param stamp lastUpdated in ms, later than that of `found`.
 * @param first the number of a version before which there was none.
 */
export function nextVersion(found: StoredVersion | undefined, stamp: number, first = 1): NextVersion {
  return {
    versionId: found === undefined ? first : found.versionId + 1,
    lastUpdated: stamp,
    created: found?.created ?? stamp,
    creates: found === undefined || isDeleted(found),
  };
}

/** The resource with the server's id, versionId and lastUpdated; everything else as accepted, in its order. */
export function stamped(resource: Resource, id: string, version: Pick<NextVersion, 'versionId' | 'lastUpdated'>): Resource {
  const { resourceType } = resource;
  const versionId = String(version.versionId);
  const lastUpdated = new Date(version.lastUpdated).toISOString();
  // Named first for their places; what the resource itself says of them came over that.
  const meta: Meta = { versionId, lastUpdated, ...resource.meta };
  meta.versionId = versionId;
  meta.lastUpdated = lastUpdated;
  const stamping: Resource = { resourceType, id, meta, ...(resource as JsonObject) };
  stamping.id = id;
  stamping.meta = meta;
  return stamping;
}

export function contended(): Error {
  return conflict('Others are writing the same resource at this moment. Nothing was changed; send the request again.');
}
