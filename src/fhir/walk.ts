/**
 * Visits every element of a resource with its FHIR type (https://hl7.org/fhir/R4/json.html), so that code which
 * rewrites references or looks for URLs needs no list of paths.
 */
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { badRequest } from './outcome.ts';
import type { Resource } from './resource.ts';
import type { Element, Structure } from './structures.ts';
import { isResourceType, maxDepth, structureOf } from './structures.ts';

/** One element: `parent[key]` is `value`, and may be replaced through them. */
export interface VisitedElement {
  readonly value: Json;
  /** `uri`, `Reference`, `Observation.component`, …; a resource's own type for a resource within; `Element` for a `_name` property. */
  readonly type: string;
  readonly parent: JsonObject | Json[];
  readonly key: string | number;
}

type Visit = (element: VisitedElement) => void;

/**
 * Calls `visit` for each primitive and complex element below the resource, a parent before its children, those of
 * contained resources, extensions and Bundle entries included. An array's items are visited, the array is not.
 * Elements that R4 does not define, and nulls, are passed over. Children are read after their parent's visit.
 * @throws FhirError when the resource is nested deeper than `maxDepth`.
 */
export function walk(resource: Resource, visit: Visit): void {
  const structure = isResourceType(resource.resourceType) ? structureOf(resource.resourceType) : undefined;
  if (structure !== undefined) walkObject(resource, structure, { visit, depth: 0 });
}

interface Position {
  readonly visit: Visit;
  depth: number;
}

const elementStructure = structureOf('Element') as Structure;

function walkObject(object: JsonObject, structure: Structure, position: Position): void {
  if (++position.depth > maxDepth) throw badRequest(`The resource is nested deeper than ${maxDepth} levels. Flatten it.`);
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const element = structure.elements.get(key);
    if (element !== undefined) walkProperty(object, key, element, position);
    else if (key.startsWith('_') && structure.elements.get(key.slice(1))?.isPrimitive) walkSiblings(object, key, position);
  }
  position.depth--;
}

function walkProperty(parent: JsonObject, key: string, element: Element, position: Position): void {
  const value = parent[key];
  if (!Array.isArray(value)) walkValue(parent, key, element, position);
  else for (let index = 0; index < value.length; index++) walkValue(value, index, element, position);
}

function walkValue(parent: JsonObject | Json[], key: string | number, element: Element, position: Position): void {
  const value = (parent as JsonObject)[key];
  if (value === null || value === undefined) return;
  if (element.isPrimitive) {
    position.visit({ value, type: element.type, parent, key });
    return;
  }
  if (!isObject(value)) return;
  const type = element.type === 'Resource' ? value.resourceType : element.type;
  if (typeof type !== 'string' || (element.type === 'Resource' && !isResourceType(type))) return;
  position.visit({ value, type, parent, key });
  descend(parent, key, type, position);
}

/** The visitor may have put another value in place. */
function descend(parent: JsonObject | Json[], key: string | number, type: string, position: Position): void {
  const value = (parent as JsonObject)[key];
  const structure = structureOf(type);
  if (structure !== undefined && isObject(value)) walkObject(value, structure, position);
}

/** The `_name` property of a primitive: its id and extensions. */
function walkSiblings(parent: JsonObject, key: string, position: Position): void {
  const value = parent[key];
  if (Array.isArray(value)) value.forEach((_, index) => walkSibling(value, index, position));
  else walkSibling(parent, key, position);
}

function walkSibling(parent: JsonObject | Json[], key: string | number, position: Position): void {
  const value = (parent as JsonObject)[key];
  if (!isObject(value)) return;
  position.visit({ value, type: 'Element', parent, key });
  walkObject(value, elementStructure, position);
}
