/**
 * What the expression of a search parameter selects from, step by step: elements with their types
 * (https://hl7.org/fhir/R4/fhirpath.html). In JSON a primitive's id and extensions stand beside its value; here they are one.
 */
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { isA } from '../../path/types.ts';
import type { Element } from '../../structures.ts';
import { elementsNamed, isPrimitiveType, isResourceType, structureOf } from '../../structures.ts';
import { spend } from './effort.ts';

/** Where an element is defined. There is one object for each. */
export interface Position {
  /** `HumanName`, `date`, the path of an element defined in place, `Resource` for any resource. */
  readonly type: string;
  /** `Patient.birthDate`; of an element with elements of its own its type, as its place says nothing more. */
  readonly path: string;
}

/** One element of a resource. */
export interface Item {
  readonly position: Position;
  readonly value: Json | undefined;
  /** Of a primitive: its id and extensions. */
  readonly sibling?: Json | undefined;
}

/** Selects from the items at hand; never throws, whatever the shape of the resource, but for the effort it takes. */
export type Select = (from: readonly Item[]) => readonly Item[];

/** A part of an expression: what it selects, and all that this can be. */
export interface Selector {
  readonly positions: readonly Position[];
  readonly select: Select;
}

const nothing: readonly Item[] = [];

/** Selects nothing, of whatever resource. */
export const selectsNothing: Selector = { positions: [], select: () => nothing };

/** What is at hand. */
export function itself(positions: readonly Position[]): Selector {
  return { positions, select: (items) => items };
}

export function rootItem(resource: JsonObject, position: Position): Item {
  return { position, value: resource };
}

interface Child {
  readonly element: Element;
  readonly position: Position;
}

/**
 * The children of one name: all types of a choice, which JSON's name narrows to one (`valueQuantity`, which is no FHIRPath
 * but stands in many expressions). Without positions where none of the types has such an element.
 */
export function children(of: readonly Position[], name: string): Selector {
  const byParent = new Map(of.map((parent) => [parent, childElements(parent, name)]));
  const positions = new Set([...byParent.values()].flatMap((found) => found.map(({ position }) => position)));
  return {
    positions: [...positions],
    select: (items) => {
      spend(items.length);
      return items.flatMap((item) => (byParent.get(item.position) ?? noChildren).flatMap((child) => itemsOf(item, child)));
    },
  };
}

const noChildren: readonly Child[] = [];
/** By type and name; only what R4 defines is kept, so that expressions cannot fill the memory. */
const known = new Map<string, readonly Child[]>();
const positionsByType = new Map<string, Position>();

function childElements({ type }: Position, name: string): readonly Child[] {
  const key = `${type} ${name}`;
  const found = known.get(key) ?? findChildren(type, name);
  if (found.length > 0) known.set(key, found);
  return found;
}

function findChildren(parent: string, name: string): readonly Child[] {
  const structure = isPrimitiveType(parent) ? structureOf('Element') : structureOf(parent);
  if (structure === undefined) return noChildren;
  const named = elementsNamed(structure, name);
  const narrowed = structure.elements.get(name);
  const elements = named.length > 0 || narrowed?.isChoice !== true ? named : [narrowed];
  return elements.map((element) => {
    const { type, baseName, isPrimitive } = element;
    return { element, position: isPrimitive ? { type, path: `${structure.name}.${baseName}` } : positionOf(type) };
  });
}

/** Of what has elements of its own. */
function positionOf(type: string): Position {
  let position = positionsByType.get(type);
  if (position === undefined) positionsByType.set(type, position = { type, path: type });
  return position;
}

function itemsOf({ value: parent, sibling: beside, position: { type } }: Item, { element, position }: Child): readonly Item[] {
  const object = isPrimitiveType(type) ? beside : parent;
  if (!isObject(object)) return nothing;
  const value = object[element.name];
  const sibling = element.isPrimitive ? object[`_${element.name}`] : undefined;
  if (!element.isArray) return existing([{ position, value, sibling }]);
  const values = listOf(value);
  const siblings = listOf(sibling);
  const length = Math.max(values.length, siblings.length);
  spend(length);
  return existing(Array.from({ length }, (_, index) => ({ position, value: values[index], sibling: siblings[index] })));
}

/** Content of the wrong shape, an array where there is to be one element, is nothing that is there. */
function existing(items: readonly Item[]): readonly Item[] {
  return items.filter(({ value, sibling }) => (isPresent(value) && !Array.isArray(value)) || isObject(sibling));
}

function listOf(value: Json | undefined): readonly (Json | undefined)[] {
  if (Array.isArray(value)) return value;
  return isPresent(value) ? [value] : [];
}

function isPresent(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

/** Those of a type, or of what specializes it. What may be any resource is of the type that it says it is. */
export function ofType(of: Selector, type: string): Selector {
  const anyResource = of.positions.some((position) => position.type === 'Resource') && isResourceType(type);
  const narrowed = positionOf(type);
  const kept = of.positions.filter((position) => isA(position.type, type));
  const narrow = (item: Item): readonly Item[] => {
    spend(1);
    if (isA(item.position.type, type)) return [item];
    if (!anyResource || item.position.type !== 'Resource' || !isObject(item.value)) return nothing;
    return item.value['resourceType'] === type ? [{ position: narrowed, value: item.value }] : nothing;
  };
  return { positions: anyResource ? [...kept, narrowed] : kept, select: (items) => of.select(items).flatMap(narrow) };
}

/** Of both, none twice: so that no expression selects more than there is, times its own length. */
export function union(left: Selector, right: Selector): Selector {
  return {
    positions: [...new Set([...left.positions, ...right.positions])],
    select: (items) => {
      const first = left.select(items);
      const second = right.select(items);
      spend(first.length + second.length);
      if (first.length === 0 || second.length === 0) return first.length === 0 ? second : first;
      const seen = new Set(first.map(identity));
      return [...first, ...second.filter((item) => !seen.has(identity(item)))];
    },
  };
}

/** An object is itself; of primitives, equal ones of one element are one, as in FHIRPath. */
function identity({ position, value, sibling }: Item): unknown {
  return isObject(value) ? value : isObject(sibling) ? sibling : `${position.path} ${JSON.stringify(value)}`;
}
