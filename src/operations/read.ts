/** read: the current version of a resource (https://hl7.org/fhir/R4/http.html#read). */
import { notFound } from '../fhir/outcome.ts';
import type { Downloads } from '../ports/contents.ts';
import { contentAnswer } from './binary/content-answer.ts';
import type { Operation, StoreOf } from './operation.ts';
import { pathSegment } from './path-segment.ts';
import { isNotModified } from './preconditions.ts';
import { subsetOf } from './subset.ts';
import { goneVersion } from './gone-version.ts';
import { versionHeaders } from './version-headers.ts';

/** Answers 200, 304 to a conditional read, 307 to the content of a Binary, 404 where there never was such a resource, 410 where it was deleted. */
export function read({ store, downloads }: StoreOf<'read'> & { readonly downloads?: Downloads }): Operation {
  return async (request) => {
    const subset = subsetOf(request.query);
    const current = await store.read(pathSegment(request, 'type'), pathSegment(request, 'id'));
    if (current === undefined) throw notFound('There is no resource of this type with this id.');
    if (current.json === undefined) throw goneVersion(current);
    const headers = versionHeaders(current);
    if (isNotModified(request.headers, current)) return { status: 304, headers };
    const content = current.type === 'Binary' ? await contentAnswer(request, { version: current, headers }, downloads) : undefined;
    return content ?? { status: 200, headers, json: subset(current.json) };
  };
}
