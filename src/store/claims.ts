/**
 * Claims: one resource for equal criteria, however many ask for it at once (https://hl7.org/fhir/R4/http.html#ccreate).
 *
 * Who creates under criteria first claims them for the id that it is going to use. A claim whose resource is missing is
 * completed with the same id, by whoever comes; a claim whose resource no longer matches is taken over. What is
 * guaranteed is one resource among those created under equal criteria; a plain create that happens to match is not seen.
 */
import { FhirError } from '../fhir/outcome.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Item } from '../ports/ordered-table.ts';
import type { Claim, Reservation, ResourceVersion, WriteOptions, WriteResult } from './data-store.ts';
import { claimKey } from './keys.ts';
import { contended } from './next-version.ts';
import { settledPut } from './settled-put.ts';
import { maxContendedAttempts, type StoreContext } from './store-context.ts';
import { resourceVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';
import { writeOne } from './writer.ts';

interface Held {
  readonly id: string;
  readonly rev: string;
}

/** What asks for a claim. */
interface Claimed {
  readonly type: string;
  readonly claim: Claim;
}

/** @throws FhirError 409 when the claim changes hands too often, and what a create throws. */
export async function createUnderClaim(context: StoreContext, resource: Resource, { claim, options = {} }: { readonly claim: Claim; readonly options?: WriteOptions }): Promise<WriteResult> {
  const { resourceType: type } = resource;
  for (let attempt = 0; attempt < maxContendedAttempts; attempt += 1) {
    const { id, standing } = await reserve(context, { type, claim }, context.ids.uuid());
    if (standing !== undefined) return { type, id, created: false, version: standing };
    const made = await complete(context, { resource, id }, options);
    if (made !== undefined) return made;
  }
  throw contended();
}

/**
 * Claims criteria without creating: for a transaction, whose creates are its own.
 *
 * @param wantedId under which the caller would create; another's, where that one came first
 * @throws FhirError 409 when the claim changes hands too often
 */
export async function reserve(context: StoreContext, claimed: Claimed, wantedId: string): Promise<Reservation> {
  let held = await take(context, claimed, { id: wantedId });
  for (let attempt = 0; attempt < maxContendedAttempts; attempt += 1) {
    const standing = await current(context, claimed.type, held.id);
    if (standing === undefined) return { id: held.id };
    if (standing.json !== undefined && (await claimed.claim.matches(parseJson(standing.json) as Resource))) return { id: held.id, standing };
    // The id that was wanted may be the one that is used up.
    held = await take(context, claimed, { id: context.ids.uuid(), replaced: held });
  }
  throw contended();
}

/** Puts a claim of the id where there is none, or in place of `replaced`. @returns the claim that stands then. */
async function take(
  context: StoreContext, claimed: Claimed, { id, replaced }: { readonly id: string; readonly replaced?: Held },
): Promise<Held> {
  const wanted: Held = { id, rev: context.ids.rev() };
  const item: Item = { ...claimKey(context.rules.hash('claim', claimed.type, claimed.claim.criteria)), attributes: { ...wanted } };
  const condition = replaced === undefined ? ({ attribute: 'rev', absent: true } as const) : ({ attribute: 'rev', equals: replaced.rev } as const);
  const outcome = await settledPut(context, item, { condition });
  if (outcome.written) return wanted;
  const found = outcome.found?.attributes;
  return found === undefined ? take(context, claimed, { id }) : { id: found.id as string, rev: found.rev as string };
}

async function current(context: StoreContext, type: string, id: string): Promise<ResourceVersion | undefined> {
  const view = await versionReader(context.resources).view({ type, id });
  return view?.version === undefined ? undefined : resourceVersion(context.objects, view.version);
}

/** @returns `undefined` when another completed the claim first. */
async function complete(
  context: StoreContext, { resource, id }: { readonly resource: Resource; readonly id: string }, options: WriteOptions,
): Promise<WriteResult | undefined> {
  try {
    return await writeOne(context, { interaction: 'create', resource, id }, options);
  } catch (error) {
    if (error instanceof FhirError && error.status === 409) return undefined;
    throw error;
  }
}
