/**
 * patch: operations on the current version of a resource, all or none of them (https://hl7.org/fhir/R4/http.html#patch).
 *
 * What comes out is checked as an update's resource is, and written as the next version, also where nothing changed: then,
 * too, the client learns from the answer that its patch holds for the version it is told of, as after an update.
 */
import { isNestedDeeper } from '../fhir/json-outline.ts';
import { parseJson } from '../fhir/json.ts';
import { badRequest, conflict, FhirError, notFound, payloadTooLarge, preconditionFailed, unprocessable } from '../fhir/outcome.ts';
import { applyPatch } from '../fhir/patch/patch.ts';
import type { Patch } from '../fhir/patch/patch.ts';
import type { Resource } from '../fhir/resource.ts';
import { isSubsetted } from '../fhir/subset.ts';
import type { DataStore, ResourceVersion } from '../store/data-store.ts';
import { goneVersion } from './gone-version.ts';
import type { Operation, OperationRequest, StoreOf } from './operation.ts';
import { maxBodyDepth } from './parse-body.ts';
import { pathSegment } from './path-segment.ts';
import { parseIfMatch } from './preconditions.ts';
import { submittedPatch } from './submitted-patch.ts';
import { subsetOf } from './subset.ts';
import { maxResourceBytes } from './table.ts';
import { accept, validationIssuesHeader, validationLevel } from './validation-level.ts';
import type { Accepted, ValidationLevel } from './validation-level.ts';
import { written } from './written.ts';

/** Each time another writer came first: so many writers at one resource at once get through. */
export const maxPatchAttempts = 20;

/** Answers 200; 404 or 410 where there is nothing to patch, 412 when `If-Match` does not hold, 422 when the patch does not fit. */
export function patch({ store }: StoreOf<'read' | 'write'>): Operation {
  return async (request) => {
    const type = pathSegment(request, 'type');
    const id = pathSegment(request, 'id');
    const shown = subsetOf(request.query);
    if (request.headers['if-none-match'] !== undefined) throw badRequest('If-None-Match means nothing for a patch, which needs a resource to be there. Leave it out.');
    const { version, headers } = await patchResource({ store, request, type, id }, submittedPatch(request));
    return written(request, { version, created: false, headers, shown });
  };
}

export interface PatchTarget {
  readonly store: Pick<DataStore, 'read' | 'write'>;
  /** Whose `If-Match` and validation level hold. */
  readonly request: Pick<OperationRequest, 'headers'>;
  readonly type: string;
  readonly id: string;
}

export interface PatchedVersion {
  readonly version: ResourceVersion;
  /** For the answer: says when issues were let pass. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Patches the resource of a known id. Where another writer comes between reading and writing, the patch is applied to what
 * that one wrote, unless `If-Match` names a version.
 *
 * @throws FhirError 400, 404, 410, 412, 413, 422; 409 when others were first {@link maxPatchAttempts} times
 */
export async function patchResource({ store, request, type, id }: PatchTarget, patch: Patch): Promise<PatchedVersion> {
  const ifMatch = parseIfMatch(request.headers['if-match']);
  const level = validationLevel(request.headers);
  for (let attempt = 0; attempt < maxPatchAttempts; attempt++) {
    const current = presentVersion(await store.read(type, id), ifMatch);
    const { resource, issues } = patchedResource(current, patch, level);
    try {
      const { version } = await store.write({ interaction: 'update', resource, ifMatch: current.versionId });
      if (version === undefined) throw new Error('The store made no version of a patch.');
      return { version, headers: issues.length === 0 ? {} : { [validationIssuesHeader]: 'true' } };
    } catch (error) {
      if (typeof ifMatch === 'number' || !(error instanceof FhirError) || error.status !== 412) throw error;
    }
  }
  throw conflict('Others are writing the same resource at this moment. Nothing was changed; the request may be sent again as it is.');
}

/**
 * @param ifMatch the version that the client wants to patch, or any
 * @throws FhirError 404, 410, or 412 when there is not the version that `ifMatch` asks for
 */
export function presentVersion(current: ResourceVersion | undefined, ifMatch: number | '*' | undefined): ResourceVersion & { json: string } {
  const isPresent = current?.json !== undefined;
  if (ifMatch !== undefined && (!isPresent || (ifMatch !== '*' && ifMatch !== current.versionId))) {
    throw preconditionFailed('If-Match does not hold of the current version. Read the resource for its current ETag, and see whether the patch still fits.');
  }
  if (current === undefined) throw notFound('There is no resource of this type with this id, and a patch makes none. PUT does.');
  if (!isPresent) throw goneVersion(current);
  return current as ResourceVersion & { json: string };
}

/**
 * What the patch makes of the version, accepted at the level as the resource of an update is.
 *
 * @throws FhirError 400 for what is not valid any more, 413, 422 when the patch does not fit
 */
export function patchedResource(
  { json, type, content }: ResourceVersion & { json: string }, patch: Patch, level: ValidationLevel,
): Accepted & { readonly resource: Resource & { id: string } } {
  if (content !== undefined) throw unprocessable('A Binary whose content lies apart from it cannot be patched. PUT its content.', type);
  const patched = applyPatch(parseJson(json) as Resource, patch);
  requireSize(JSON.stringify(patched));
  const { resource, issues } = accept(patched, level, type);
  if (isSubsetted(resource)) throw unprocessable('A resource that is stored is whole; it cannot be tagged as SUBSETTED.', `${type}.meta.tag`);
  // applyPatch lets no other id through.
  return { resource: resource as Resource & { id: string }, issues };
}

/** Copies and additions make a resource grow beyond what any body may have. */
function requireSize(text: string): void {
  if (text.length * 3 > maxResourceBytes && Buffer.byteLength(text) > maxResourceBytes) {
    throw payloadTooLarge(`The patched resource would be larger than ${maxResourceBytes} bytes, the most that one may have.`);
  }
  if (isNestedDeeper(text, maxBodyDepth)) throw badRequest(`The patched resource would be nested deeper than ${maxBodyDepth} levels.`);
}
