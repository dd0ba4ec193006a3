/**
 * The parts of a resource that `_summary` and `_elements` ask for (https://hl7.org/fhir/R4/search.html#summary,
 * https://hl7.org/fhir/R4/search.html#elements), marked as subsetted so that nobody writes them back as the whole.
 */
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { Meta, Resource } from './resource.ts';
import type { Element, Structure } from './structures.ts';
import { structureOf } from './structures.ts';

/** https://hl7.org/fhir/R4/valueset-summary-mode.html without `count`, which returns no resources. */
export type SummaryMode = 'true' | 'text' | 'data' | 'false';

export const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' } as const;

/**
 * `true`: elements marked as summary, at every level; `text`: narrative, id, meta and mandatory elements; `data`: all
 * but the narrative; `false`: the resource itself. Mandatory elements are always kept, and modifier extensions in a
 * summary, since without them the rest may mean something else.
 */
export function summarize(resource: Resource, mode: SummaryMode): Resource {
  switch (mode) {
    case 'true':
      return summary(resource);
    case 'text':
      return select(resource, (element) => element.isRequired || element.name === 'text');
    case 'data':
      return select(resource, (element) => element.name !== 'text');
    case 'false':
      return resource;
  }
}

/**
 * The elements of the resource's root that have one of these base names (`value` for `valueQuantity`), with id, meta,
 * mandatory elements and modifier extensions.
 */
export function selectElements(resource: Resource, names: readonly string[]): Resource {
  const wanted = new Set(names);
  return select(
    resource,
    ({ name, baseName, isRequired }) => isRequired || wanted.has(baseName) || wanted.has(name) || name === 'modifierExtension',
  );
}

function select(resource: Resource, isWanted: (element: Element) => boolean): Resource {
  const structure = structureOf(resource.resourceType);
  if (structure === undefined) return resource;
  return markSubsetted(keep(resource, structure, (element) => isAlwaysThere(element) || isWanted(element)) as Resource);
}

function summary(resource: Resource): Resource {
  const structure = structureOf(resource.resourceType);
  return structure === undefined ? resource : markSubsetted(summaryOf(resource, structure) as Resource);
}

function isAlwaysThere({ name }: Element): boolean {
  return name === 'id' || name === 'meta';
}

function isOfSummary({ name, isSummary, isRequired }: Element): boolean {
  return isSummary || isRequired || name === 'modifierExtension';
}

/** The object with those elements alone, in their order; the `_name` of a primitive goes with it. */
function keep(object: JsonObject, { elements }: Structure, isWanted: (element: Element) => boolean): JsonObject {
  const kept: JsonObject = {};
  for (const name of Object.keys(object)) {
    const element = elements.get(name) ?? (name.startsWith('_') ? elements.get(name.slice(1)) : undefined);
    if (name === 'resourceType' || (element !== undefined && isWanted(element))) kept[name] = object[name];
  }
  return kept;
}

function summaryOf(object: JsonObject, structure: Structure): JsonObject {
  const kept = keep(object, structure, isOfSummary);
  for (const name of Object.keys(kept)) {
    const element = structure.elements.get(name);
    const child = element === undefined || element.isPrimitive ? undefined : summarizedStructure(element.type);
    if (child !== undefined) kept[name] = mapItems(kept[name] as Json, (item) => summaryOfItem(item, child));
  }
  return kept;
}

/**
 * The type whose elements are to be cut down. An Extension is kept whole, as is meta, a resource within a Bundle, and
 * a type none of whose elements are marked: there the mark on the element itself means all of it.
 */
function summarizedStructure(type: string): Structure | undefined {
  const structure = type === 'Extension' || type === 'Meta' || type === 'Resource' ? undefined : structureOf(type);
  return structure !== undefined && [...structure.elements.values()].some(isMarked) ? structure : undefined;
}

function isMarked({ name, isSummary }: Element): boolean {
  return isSummary && name !== 'modifierExtension';
}

function mapItems(value: Json, change: (item: Json) => Json): Json {
  return Array.isArray(value) ? value.map(change) : change(value);
}

/** An element that would be left without anything, having only extensions, stays as it is: it may be mandatory. */
function summaryOfItem(item: Json, structure: Structure): Json {
  if (!isObject(item)) return item;
  const kept = summaryOf(item, structure);
  return Object.keys(kept).length === 0 ? item : kept;
}

/** Whether the resource says of itself that elements are missing: written back, it would erase them. */
export function isSubsetted({ meta }: Resource): boolean {
  const tags = isObject(meta) && Array.isArray(meta.tag) ? meta.tag : [];
  return tags.some((tag) => isObject(tag) && tag.system === subsetted.system && tag.code === subsetted.code);
}

function markSubsetted(resource: Resource): Resource {
  const meta: Meta = isObject(resource.meta) ? resource.meta : {};
  const tags = Array.isArray(meta.tag) ? meta.tag : [];
  const marked = isSubsetted(resource) ? meta : { ...meta, tag: [...tags, { ...subsetted }] };
  if (resource.meta !== undefined) return { ...resource, meta: marked };
  const { resourceType, id, ...rest } = resource;
  return { resourceType, ...(id === undefined ? {} : { id }), meta: marked, ...rest };
}
