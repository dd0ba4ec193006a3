/**
 * Elements of a resource as places that can be changed. In JSON a primitive's value and its id and extensions are two
 * properties, and two arrays where it repeats (https://hl7.org/fhir/R4/json.html#primitive); here they are one item.
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { tooCostly } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import type { Element, Structure } from '../structures.ts';
import { elementsNamed, structureOf } from '../structures.ts';

/** One occurrence of an element. */
export interface Item {
  readonly value?: Json;
  /** Of a primitive: its id and extensions. */
  readonly sibling?: Json;
}

/** How many elements a patch may look at in all: about half a second. A resource of 5 MB has some hundred thousand. */
export const maxElementsLookedAt = 500_000;

/** What a patch may still look at. Paths that walk over long lists, again and again, would hold up everybody else. */
export interface Effort {
  left: number;
}

/** @throws FhirError 403 when it is used up */
export function spend(effort: Effort, elements: number): void {
  effort.left -= elements;
  if (effort.left < 0) throw tooCostly('The paths of the patch lead over more elements than one patch may look at. Send several, or read the resource and PUT it.');
}

/** An element where it stands; the resource itself stands nowhere. */
export interface Place {
  readonly item: Item;
  readonly effort: Effort;
  /** `HumanName`, `date`, `Patient.contact`; of a resource its own type. */
  readonly type: string;
  readonly parent?: Place;
  /** Within the parent. */
  readonly element?: Element;
  readonly index?: number;
}

export function rootPlace(resource: Resource, effort: Effort): Place {
  return { item: { value: resource }, effort, type: resource.resourceType };
}

/** What the elements below a place are; those of a primitive are its id and extensions. */
export function structureAt({ type }: Place): Structure | undefined {
  return structureOf(type) ?? structureOf('Element');
}

/** The places below `parent` of the FHIRPath name; `undefined` where no such element is defined. */
export function childPlaces(parent: Place, name: string): readonly Place[] | undefined {
  const structure = structureAt(parent);
  const elements = structure === undefined ? [] : elementsNamed(structure, name);
  return elements.length === 0 ? undefined : elements.flatMap((element) => placesOf(parent, element));
}

export function placesOf(parent: Place, element: Element): readonly Place[] {
  const { effort } = parent;
  return itemsOf(parent, element).map((item, index) => ({ item, effort, parent, element, index, type: typeOf(item, element) }));
}

function typeOf({ value }: Item, { type }: Element): string {
  if (type !== 'Resource' || !isObject(value)) return type;
  return typeof value['resourceType'] === 'string' && structureOf(value['resourceType'])?.isResource === true ? value['resourceType'] : type;
}

export function itemsOf(parent: Place, element: Element): readonly Item[] {
  const object = objectAt(parent);
  if (object === undefined) return [];
  const value = object[element.name];
  const sibling = element.isPrimitive ? object[`_${element.name}`] : undefined;
  if (!Array.isArray(value) && !Array.isArray(sibling)) return value === undefined && sibling === undefined ? [] : [{ value, sibling }];
  const values = Array.isArray(value) ? value : [];
  const siblings = Array.isArray(sibling) ? sibling : [];
  const length = Math.max(values.length, siblings.length);
  spend(parent.effort, length);
  return Array.from({ length }, (_, index) => (
    { value: values[index] ?? undefined, sibling: siblings[index] ?? undefined }
  ));
}

/** Puts the items in place of those that are there; without any the element is gone. */
export function putItems(parent: Place, element: Element, items: readonly Item[]): void {
  const object = objectToChange(parent);
  put(object, element.name, partOf(items, element, 'value'));
  if (element.isPrimitive) put(object, `_${element.name}`, partOf(items, element, 'sibling'));
}

function partOf(items: readonly Item[], { isArray }: Element, part: 'value' | 'sibling'): Json | undefined {
  const parts = items.map((item) => item[part]);
  if (parts.every((each) => each === undefined)) return undefined;
  // What was stored under minimal validation may repeat all the same.
  return isArray || parts.length > 1 ? parts.map((each) => each ?? null) : parts[0];
}

function put(object: JsonObject, name: string, value: Json | undefined): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

/** The object that holds what is below the place. */
function objectAt({ item, element }: Place): JsonObject | undefined {
  const object = element?.isPrimitive === true ? item.sibling : item.value;
  return isObject(object) ? object : undefined;
}

/** As {@link objectAt}; a primitive that had neither id nor extensions is given room for them. */
function objectToChange(place: Place): JsonObject {
  const present = objectAt(place);
  if (present !== undefined) return present;
  const { parent, element, index, item } = place;
  if (parent === undefined || element === undefined) return {};
  const made: JsonObject = {};
  const part = element.isPrimitive ? { sibling: made } : { value: made };
  putItems(parent, element, itemsOf(parent, element).map((each, at) => (at === index ? { ...item, ...part } : each)));
  return made;
}

/** Removes the element; where that leaves its parent without any content, there is no such parent either. */
export function removePlace({ parent, element, index }: Place): void {
  if (parent === undefined || element === undefined) return;
  putItems(parent, element, itemsOf(parent, element).filter((_, at) => at !== index));
  const object = objectAt(parent);
  if (object === undefined || Object.keys(object).length > 0 || parent.parent === undefined || parent.element === undefined) return;
  if (!parent.element.isPrimitive || parent.item.value === undefined) removePlace(parent);
  else replacePlace(parent, { value: parent.item.value });
}

export function replacePlace({ parent, element, index }: Place, item: Item): void {
  if (parent === undefined || element === undefined) return;
  putItems(parent, element, itemsOf(parent, element).map((each, at) => (at === index ? item : each)));
}
