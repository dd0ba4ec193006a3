/**
 * PATCH in a transaction (https://hl7.org/fhir/R4/http.html#transaction). Each is made an update of the version that was
 * read, on condition that it still is the current one: the commit takes it or nothing, and nobody's write is lost between.
 * What the criteria of a conditional patch find is what is stored before the transaction.
 */
import { entryIssue, rawEntries, readEntry } from '../../fhir/bundle/entry.ts';
import type { BundleEntry } from '../../fhir/bundle/entry.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { isObject } from '../../fhir/json.ts';
import { FhirError, invalidResource, notFound } from '../../fhir/outcome.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { copyJson } from '../../fhir/patch/json-copy.ts';
import type { Patch } from '../../fhir/patch/patch.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ResourceVersion } from '../../store/data-store.ts';
import { onlyMatch, readCriteria } from '../conditional/criteria.ts';
import { requireIfMatch } from '../conditional/while-matching.ts';
import type { OperationRequest } from '../operation.ts';
import { parseParameters } from '../parameters.ts';
import { patchedResource, presentVersion } from '../patch.ts';
import { parseIfMatch } from '../preconditions.ts';
import { route } from '../route.ts';
import { submittedPatch } from '../submitted-patch.ts';
import { validationLevel } from '../validation-level.ts';
import { entityTag } from '../version-headers.ts';
import type { BundleContext } from './bundle-context.ts';
import { entryRequest } from './entry-request.ts';
import { inParallel } from './in-parallel.ts';

export interface PatchEntry {
  readonly index: number;
  readonly type: string;
  /** Which resource is patched: the one of this id, or the one that satisfies these criteria. */
  readonly target: { readonly id: string } | { readonly criteria: string };
  readonly patch: Patch;
  /** The version that the client wants to patch, or any. */
  readonly ifMatch?: number | '*';
}

export function isPatch(entry: JsonObject): boolean {
  return isObject(entry['request']) && entry['request']['method'] === 'PATCH';
}

/** @throws FhirError naming the first entry whose patch cannot be read */
export function patchEntries(bundle: JsonObject, request: OperationRequest): readonly PatchEntry[] {
  return rawEntries(bundle).flatMap((raw, index) => {
    if (!isPatch(raw)) return [];
    const entry = readEntry(raw, index, request.baseUrl);
    if (!('index' in entry)) throw invalidResource(entry);
    return [patchEntry(entry, request)];
  });
}

function patchEntry(entry: BundleEntry, request: OperationRequest): PatchEntry {
  const { index, method, path, query, ifMatch } = entry;
  for (const name of ['ifNoneMatch', 'ifNoneExist', 'ifModifiedSince'] as const) {
    if (entry[name] === undefined) continue;
    throw invalidResource([entryIssue(index, `request.${name}`, ['invalid', `${name} means nothing for PATCH; leave it out.`])]);
  }
  const { type = '', id } = inEntry(index, 'request.url', () => route(method, `/${path}`).path);
  if (id !== undefined && query !== undefined) {
    throw invalidResource([entryIssue(index, 'request.url', ['not-supported', 'a PATCH names the resource as Type/id, or by criteria as Type?…, not both.'])]);
  }
  return {
    index, type, target: id === undefined ? { criteria: query ?? '' } : { id },
    ifMatch: inEntry(index, 'request.ifMatch', () => parseIfMatch(ifMatch)),
    patch: inEntry(index, 'resource', () => submittedPatch(entryRequest(entry, request, ''))),
  };
}

/** What is wrong is told of the entry. */
function inEntry<T>(index: number, element: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw ofEntry(error, index, element);
  }
}

function ofEntry(error: unknown, index: number, element: string): unknown {
  return error instanceof FhirError ? new FhirError(error.status, issuesOf(error.issues, index, element), error.headers) : error;
}

/** What an issue is about, an element of the patched resource or an operation of the patch, is named in its words. */
function issuesOf(issues: readonly Issue[], index: number, element: string): readonly Issue[] {
  return issues.map(({ code, diagnostics, expression }) =>
    entryIssue(index, element, [code, expression === undefined ? diagnostics : `${diagnostics} (${expression})`]),
  );
}

export interface PatchedBundle {
  /** A copy with updates in place of patches. */
  readonly bundle: JsonObject;
  /** What `minimal` let pass, by entry. */
  readonly passed: ReadonlyMap<number, readonly Issue[]>;
}

/** @throws FhirError 404, 410, 412 or 422 naming an entry whose patch does not fit, 400 where it leaves an invalid resource */
export async function withPatchesApplied(
  bundle: JsonObject, patches: readonly PatchEntry[], { request, store }: BundleContext,
): Promise<PatchedBundle> {
  const level = validationLevel(request.headers);
  const updates = new Map<number, Update>();
  const passed = new Map<number, readonly Issue[]>();
  await inParallel(patches, async (entry) => {
    const { index, patch } = entry;
    const version = await versionToPatch(entry, { request, store });
    const { resource, issues } = inEntry(index, 'request', () => patchedResource(version, patch, level));
    updates.set(index, { resource, ifMatch: entityTag(version.versionId) });
    if (issues.length > 0) passed.set(index, issuesOf(issues, index, 'request'));
  });
  return { bundle: withUpdates(bundle, updates), passed };
}

async function versionToPatch(
  { index, type, target, ifMatch }: PatchEntry, { request, store }: Pick<BundleContext, 'request' | 'store'>,
): Promise<ResourceVersion & { json: string }> {
  if ('id' in target) {
    const current = await store.read(type, target.id);
    return inEntry(index, 'request', () => presentVersion(current, ifMatch));
  }
  try {
    const criteria = await readCriteria(store, parseParameters(target.criteria), { type, baseUrl: request.baseUrl });
    const found = await onlyMatch(store, criteria);
    requireIfMatch({ headers: ifMatch === undefined ? {} : { 'if-match': ifMatch === '*' ? ifMatch : entityTag(ifMatch) } }, found);
    if (found === undefined) throw notFound('no resource satisfies the criteria, and a patch makes none. A conditional update does.');
    return presentVersion(found, undefined);
  } catch (error) {
    throw ofEntry(error, index, 'request.url');
  }
}

interface Update {
  readonly resource: Resource & { id: string };
  readonly ifMatch?: string;
}

/** With the smallest updates there are, for a look at which resources the bundle wrote: `ids` by entry. */
export function withoutPatches(bundle: JsonObject, patches: readonly PatchEntry[], ids: ReadonlyMap<number, string>): JsonObject {
  return withUpdates(bundle, new Map(patches.map(({ index, type }) => {
    const id = ids.get(index);
    if (id === undefined) throw new Error('A committed transaction lacks what an entry of it patched.');
    return [index, { resource: { resourceType: type, id } }];
  })));
}

/** A copy, as planning takes over what it is given. */
function withUpdates(bundle: JsonObject, updates: ReadonlyMap<number, Update>): JsonObject {
  const copy = copyJson(bundle);
  for (const [index, entry] of rawEntries(copy).entries()) {
    const update = updates.get(index);
    const { request } = entry;
    if (update === undefined || !isObject(request)) continue;
    const { resource, ifMatch } = update;
    entry['resource'] = resource;
    entry['request'] = { ...request, method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ifMatch };
  }
  return copy;
}
