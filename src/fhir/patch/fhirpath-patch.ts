/** FHIRPath Patch: operations on the elements that paths lead to (https://hl7.org/fhir/R4/fhirpatch.html). */
import type { Json, JsonObject } from '../json.ts';
import { FhirError, unprocessable } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import type { Element, Structure } from '../structures.ts';
import { elementsNamed, structureOf } from '../structures.ts';
import type { FhirPathOperation, PatchValue } from './fhirpath-operations.ts';
import { copyJson } from './json-copy.ts';
import { itemsOf, maxElementsLookedAt, putItems, removePlace, replacePlace, rootPlace, structureAt } from './places.ts';
import type { Effort, Item, Place } from './places.ts';
import { selectPlaces } from './select-places.ts';

/**
 * @returns the patched copy
 * @throws FhirError 422 naming the operation that cannot be applied; 403 when paths lead over elements without measure
 */
export function applyFhirPathPatch(resource: Resource, operations: readonly FhirPathOperation[]): Json {
  const patched: Resource = copyJson(resource);
  const effort: Effort = { left: maxElementsLookedAt };
  for (const operation of operations) {
    try {
      apply(rootPlace(patched, effort), operation);
    } catch (error) {
      if (!(error instanceof FhirError) || error.status === 403) throw error;
      const { position, type } = operation;
      const told = `Operation ${position} of the patch (${type}) cannot be applied: ${error.message} Nothing was changed.`;
      throw unprocessable(told, `Parameters.parameter[${position}]`);
    }
  }
  return patched;
}

function apply(root: Place, operation: FhirPathOperation): void {
  switch (operation.type) {
    case 'add':
      return add(onePlace(root, operation), operation.name, operation.value);
    case 'insert':
      return insert(root, operation);
    case 'delete':
      return remove(root, operation);
    case 'replace':
      return replace(onePlace(root, operation), operation.value);
    case 'move':
      return move(root, operation);
  }
}

function onePlace(root: Place, { path }: Pick<FhirPathOperation, 'path'>): Place {
  const [place, ...others] = selectPlaces(root, path);
  if (place === undefined) throw unprocessable('the path leads to no element.');
  if (others.length > 0) throw unprocessable('the path leads to more than one element.');
  return place;
}

function add(parent: Place, name: string, value: PatchValue): void {
  const { element, item } = fitted(parent, name, value);
  const taken = elementsNamed(structureAt(parent) as Structure, name).flatMap((each) => itemsOf(parent, each));
  if (taken.length > 0 && !element.isArray) throw unprocessable('the element is there already and does not repeat; replace it.');
  putItems(parent, element, [...taken, item]);
}

/** "Delete: path of the element to delete (if found)". */
function remove(root: Place, { path }: FhirPathOperation): void {
  const [place, ...others] = selectPlaces(root, path);
  if (others.length > 0) throw unprocessable('only a single element can be deleted, and the path leads to several.');
  if (place === undefined) return;
  if (place.parent === undefined) throw unprocessable('the resource itself is deleted by DELETE.');
  removePlace(place);
}

/** By a value of another type where the element is a choice. */
function replace(place: Place, value: PatchValue): void {
  const { parent, element } = place;
  if (parent === undefined || element === undefined) throw unprocessable('the resource itself is replaced by PUT.');
  const fit = fitted(parent, element.baseName, value);
  if (fit.element === element) return replacePlace(place, fit.item);
  putItems(parent, element, []);
  putItems(parent, fit.element, [fit.item]);
}

function insert(root: Place, operation: FhirPathOperation & { type: 'insert' }): void {
  const { parent, name } = collection(root, operation);
  const { element, item } = fitted(parent, name, operation.value);
  const items = itemsOf(parent, element);
  if (!element.isArray) throw unprocessable('the element does not repeat; add or replace it.');
  if (operation.index > items.length) throw unprocessable('the index is greater than the number of elements in the list.');
  putItems(parent, element, items.toSpliced(operation.index, 0, item));
}

function move(root: Place, operation: FhirPathOperation & { type: 'move' }): void {
  const { parent, name } = collection(root, operation);
  const [element] = elementsNamed(structureAt(parent) as Structure, name);
  if (element === undefined || !element.isArray) throw unprocessable('the path names no list.');
  const items = itemsOf(parent, element);
  const { source, destination } = operation;
  const moved = items[source];
  if (moved === undefined || destination >= items.length) throw unprocessable('source and destination are places in the list.');
  putItems(parent, element, items.toSpliced(source, 1).toSpliced(destination, 0, moved));
}

/** A list may be empty: it is named by its last member, in the one element that the path before leads to. */
function collection(root: Place, { path }: FhirPathOperation): { readonly parent: Place; readonly name: string } {
  const last = path.at(-1);
  if (last?.kind !== 'member') throw unprocessable('the path ends with the name of a list.');
  return { parent: onePlace(root, { path: path.slice(0, -1) }), name: last.name };
}

interface Fitted {
  readonly element: Element;
  readonly item: Item;
}

/** "The type of the value must be correct for the place at which it will be added." */
function fitted(parent: Place, name: string, value: PatchValue): Fitted {
  const elements = elementsNamed(structureAt(parent) as Structure, name);
  if (elements.length === 0) throw unprocessable('there is no element of that name. A choice of types is named without its type: value, not valueQuantity.');
  const element = 'parts' in value ? complexOf(elements) : elementFor(elements, value.type);
  if (element === undefined) throw unprocessable('the value is not of the type that the element has.');
  return { element, item: 'parts' in value ? { value: assembled(element, value.parts, parent.effort) } : copied(value.item) };
}

function complexOf(elements: readonly Element[]): Element | undefined {
  return elements.length === 1 && !elements[0]!.isPrimitive && elements[0]!.type !== 'Resource' ? elements[0] : undefined;
}

function elementFor(elements: readonly Element[], type: string): Element | undefined {
  return elements.find((element) => element.type === type) ?? (elements.length === 1 ? elements.find((element) => isAkin(element.type, type)) : undefined);
}

/** Types that specialize one another: a value of one is looked at as the other, and its format checked after. */
const families: readonly ReadonlySet<string>[] = [
  new Set(['string', 'code', 'id', 'markdown', 'xhtml']),
  new Set(['uri', 'url', 'canonical', 'oid', 'uuid']),
  new Set(['integer', 'positiveInt', 'unsignedInt']),
  new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'SimpleQuantity', 'MoneyQuantity']),
];

function isAkin(expected: string, given: string): boolean {
  if (expected === 'Resource') return structureOf(given)?.isResource === true;
  return families.some((family) => family.has(expected) && family.has(given));
}

interface Part {
  readonly name: string;
  readonly value: PatchValue;
}

/** An element of a type without a name, part by part; a part that comes again is a list's next item. */
function assembled(element: Element, parts: readonly Part[], effort: Effort): JsonObject {
  const object: JsonObject = {};
  const parent: Place = { item: { value: object }, effort, type: element.type };
  for (const { name, value } of parts) add(parent, name, value);
  return object;
}

/** Of its own: what is put in place may be changed by the operations that follow. */
function copied({ value, sibling }: Item): Item {
  return { value: copyJson(value), sibling: copyJson(sibling) };
}
