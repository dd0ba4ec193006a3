/** vread: one version of a resource (https://hl7.org/fhir/R4/http.html#vread). */
import { notFound } from '../fhir/outcome.ts';
import { goneVersion } from './gone-version.ts';
import type { Downloads } from '../ports/contents.ts';
import { contentAnswer } from './binary/content-answer.ts';
import type { Operation, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { isNotModified } from './preconditions.ts';
import { subsetOf } from './subset.ts';
import { versionHeaders } from './version-headers.ts';

/** The versionIds that this server gives: integers from 1, of at most ten digits. */
const versionIdPattern = /^[1-9]\d{0,9}$/;

/** Answers 200, 404 for a version that there is not, 410 for one that is a deletion. */
export function vread({ store, downloads }: StoreOf<'vread'> & { readonly downloads?: Downloads }): Operation {
  return async (request) => {
    const subset = subsetOf(request.query);
    const versionId = pathSegment(request, 'versionId');
    const version = versionIdPattern.test(versionId)
      ? await store.vread(pathSegment(request, 'type'), pathSegment(request, 'id'), Number(versionId))
      : undefined;
    if (version === undefined) throw notFound('There is no such version of this resource. Its _history lists those there are.');
    if (version.json === undefined) throw goneVersion(version);
    const headers = versionHeaders(version);
    if (isNotModified(request.headers, version)) return { status: 304, headers };
    const content = version.type === 'Binary' ? await contentAnswer(request, { version: version, headers }, downloads) : undefined;
    return content ?? { status: 200, headers, json: subset(version.json) };
  };
}
