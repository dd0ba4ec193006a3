/**
 * References into the same resource (https://hl7.org/fhir/R4/references.html#contained): `#id` to what it contains, `#` from
 * there to the container. Extraction leaves them out, for nothing can be found by them; a chain follows them.
 */
import type { Resource } from '../resource.ts';
import { containedResources } from './extract.ts';
import type { ReferenceValue } from './values.ts';

/** A host that can never be (https://www.rfc-editor.org/rfc/rfc2606#section-2), so that no reference to it can be meant. */
const insideBase = 'http://contained.invalid';

/** A resource never changes once it was read; where it is forgotten, so is its copy. */
const copies = new WeakMap<Resource, Resource>();

/**
 * The resource with its `#` references written out, so that extraction finds them; `insideTarget` tells where they lead.
 * Itself, when it contains nothing that can be referred to. What it contains is written out as well.
 */
export function withInsideReferences(resource: Resource): Resource {
  const known = copies.get(resource);
  if (known !== undefined) return known;
  const inside = containedResources(resource);
  const copy = inside.length === 0 ? resource : writtenOut(resource, inside);
  copies.set(resource, copy);
  copies.set(copy, copy);
  return copy;
}

/** The contained resource that a reference leads to, of a container whose references are written out. */
export function insideTarget({ base, type, id }: ReferenceValue, container: Resource): Resource | undefined {
  if (base !== insideBase) return undefined;
  return containedResources(container).find((one) => one.resourceType === type && one.id === id);
}

function writtenOut(resource: Resource, inside: readonly Resource[]): Resource {
  const urls = new Map(inside.map(({ resourceType, id }) => [`#${id as string}`, `${insideBase}/${resourceType}/${id as string}`]));
  if (typeof resource.id === 'string') urls.set('#', `${resource.resourceType}/${resource.id}`);
  return JSON.parse(JSON.stringify(resource), (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith('#') ? urls.get(value) ?? value : value) as Resource;
}
