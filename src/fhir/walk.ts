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
  /** `uri`, `Reference`, `Observation.component`, …; a nested resource's own type; `Element` for a `_name` property. */
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
  if (structure !== undefined) new Walk(visit).enter(resource, structure);
}

const elementStructure = structureOf('Element') as Structure;

class Walk {
  readonly #visit: Visit;
  #depth = 0;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  enter(object: JsonObject, structure: Structure): void {
    if (++this.#depth > maxDepth) throw badRequest(`The resource is nested deeper than ${maxDepth} levels. Flatten it.`);
    for (const key in object) {
      if (object[key] === undefined) continue;
      const element = structure.elements.get(key);
      if (element !== undefined) this.#property(object, element);
      else if (key.startsWith('_') && structure.elements.get(key.slice(1))?.isPrimitive) this.#siblings(object, key);
    }
    this.#depth--;
  }

  #property(object: JsonObject, element: Element): void {
    const value = object[element.name];
    if (!Array.isArray(value)) this.#value(object, element.name, element);
    else for (let index = 0; index < value.length; index++) this.#value(value, index, element);
  }

  #value(parent: JsonObject | Json[], key: string | number, element: Element): void {
    const value = (parent as JsonObject)[key];
    if (value === null || value === undefined) return;
    if (element.isPrimitive) {
      this.#visit({ value, type: element.type, parent, key });
      return;
    }
    if (!isObject(value)) return;
    const type = element.type === 'Resource' ? value.resourceType : element.type;
    const structure = typeof type === 'string' ? structureOf(type) : undefined;
    if (structure === undefined || structure.isResource !== (element.type === 'Resource')) return;
    this.#visit({ value, type: structure.name, parent, key });
    // The visitor may have put another value in place.
    const present = (parent as JsonObject)[key];
    if (isObject(present)) this.enter(present, structure);
  }

  /** The `_name` property of a primitive: its id and extensions, or an array of those. */
  #siblings(object: JsonObject, key: string): void {
    const value = object[key];
    if (Array.isArray(value)) value.forEach((_, index) => this.#sibling(value, index));
    else this.#sibling(object, key);
  }

  #sibling(parent: JsonObject | Json[], key: string | number): void {
    const value = (parent as JsonObject)[key];
    if (!isObject(value)) return;
    this.#visit({ value, type: 'Element', parent, key });
    this.enter(value, elementStructure);
  }
}
