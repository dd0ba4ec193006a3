/**
 * Conditions on the version that is there: `If-Match` and `If-None-Match` of writes
 * (https://hl7.org/fhir/R4/http.html#concurrency), `If-None-Match` and `If-Modified-Since` of reads
 * (https://hl7.org/fhir/R4/http.html#cread).
 */
import { parseVersionTag } from '../fhir/bundle/version-tag.ts';
import { badRequest, conflict, FhirError, notSupported, preconditionFailed } from '../fhir/outcome.ts';
import type { DataStore, ResourceVersion } from '../store/data-store.ts';
import type { OperationRequest } from './operation.ts';
import { entityTag } from './version-headers.ts';

/** A single entity tag, whether of this server or not. Strong tags and bare numbers are common among clients. */
const anyTag = /^(?:(?:W\/)?"[^"]*"|\d+)$/;

/**
 * @param header the value of `If-Match`, or a bundle entry's `ifMatch`
 * @returns the version asked for; `*` for any
 * @throws FhirError 400 when malformed, 412 for a tag that no version of this server can have
 */
export function parseIfMatch(header: string | undefined): number | '*' | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (text === '*') return '*';
  const versionId = parseVersionTag(text);
  if (versionId !== undefined) return versionId;
  if (!anyTag.test(text)) throw badRequest('If-Match is one entity tag, as in W/"3", or *.');
  throw preconditionFailed('No version has the entity tag of If-Match. Read the resource for its current ETag.');
}

/** @throws FhirError 400 for anything but `*`: other tags have no use in a write */
export function parseIfNoneMatch(header: string | undefined): '*' | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  throw notSupported('If-None-Match of a write is * (create only, never replace). To replace a known version send If-Match.');
}

/**
 * Does a write under its `If-Match`. The store compares versions; that any version will do (`*`) is settled here,
 * by a read and the version it found.
 */
export async function underIfMatch<Result>(
  { store, request, type, id }: { store: Pick<DataStore, 'read'>; request: OperationRequest; type: string; id: string },
  write: (ifMatch: number | undefined) => Promise<Result>,
): Promise<Result> {
  const ifMatch = parseIfMatch(request.headers['if-match']);
  if (ifMatch !== '*') return write(ifMatch);
  const current = await store.read(type, id);
  if (current === undefined || current.json === undefined) throw preconditionFailed('If-Match is *, and there is no such resource.');
  try {
    return await write(current.versionId);
  } catch (error) {
    if (error instanceof FhirError && error.status === 412) throw conflict('Another writer came first. The request may be sent again as it is.');
    throw error;
  }
}

/** Whether a conditional read is answered with 304. `If-None-Match` goes before `If-Modified-Since` (RFC 9110, 13.2.2). */
export function isNotModified(headers: OperationRequest['headers'], current: ResourceVersion): boolean {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return listsTag(ifNoneMatch, entityTag(current.versionId));
  const ifModifiedSince = headers['if-modified-since'];
  if (ifModifiedSince === undefined) return false;
  // Not a date: RFC 9110 has the header ignored. HTTP dates are in whole seconds.
  return Math.floor(current.lastUpdated / 1000) * 1000 <= Date.parse(ifModifiedSince);
}

/** The comparison of conditional reads is weak: `W/"1"` and `"1"` are the same. */
function listsTag(list: string, current: string): boolean {
  if (list === current) return true;
  const strong = current.slice(2);
  return list.split(',').some((each) => {
    const one = each.trim();
    return one === '*' || one === current || one === strong;
  });
}
