/**
 * Tells a resource that is as enrichment made it from one that a person has changed since: it carries a digest of itself. What does
 * not agree with its digest, or has none, is a person's, and enrichment leaves it alone.
 */
import { createHash } from 'node:crypto';
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { DerivedResource } from './derived-resource.ts';
import { calderaUrl } from './system-names.ts';

/** 128 bits: nobody hits it by chance, and whoever forges it may write the resource anyway. */
const digestHexDigits = 32;

export function withSeal(resource: DerivedResource): DerivedResource {
  const seal = { url: calderaUrl.asMade, valueString: digestOf(resource) };
  return { ...resource, extension: [...extensionsOf(resource), seal] };
}

export function isAsMade(resource: Resource): boolean {
  const seal = extensionsOf(resource).find(({ url }) => url === calderaUrl.asMade);
  return seal !== undefined && seal.valueString === digestOf(resource);
}

/** Whether two are the same but for what the store says of a version. */
export function isSameContent(one: Resource, other: Resource): boolean {
  return JSON.stringify(inOrder(unversioned(one))) === JSON.stringify(inOrder(unversioned(other)));
}

function digestOf(resource: Resource): string {
  const extension = extensionsOf(resource).filter(({ url }) => url !== calderaUrl.asMade);
  const content = inOrder({ ...unversioned(resource), extension });
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, digestHexDigits);
}

function unversioned(resource: Resource): JsonObject {
  const { versionId: _version, lastUpdated: _updated, ...meta } = resource.meta ?? {};
  return { ...resource, meta };
}

/** The order of names says nothing in JSON: a client may have changed it. */
function inOrder(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => inOrder(one) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).toSorted().map((name) => [name, inOrder(value[name])]));
}

function extensionsOf({ extension }: JsonObject): JsonObject[] {
  return Array.isArray(extension) ? extension as JsonObject[] : [];
}
