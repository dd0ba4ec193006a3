/**
 * Conditions over selected elements (https://hl7.org/fhirpath/N1/#boolean-logic): true, false, or nothing where they cannot
 * be said of what is not there.
 */
import type { Json } from '../../json.ts';
import { isNumber, isObject, numberValue } from '../../json.ts';
import type { Literal } from '../../path/expression.ts';
import { isA } from '../../path/types.ts';
import { isResourceType } from '../../structures.ts';
import { typeOfCanonical, typeOfReference } from '../kinds/reference.ts';
import { spend } from './effort.ts';
import type { Item, Select } from './selection.ts';

export type Test = (from: readonly Item[]) => boolean | undefined;

export function holds(test: Test, item: Item): boolean {
  spend(1);
  return test([item]) === true;
}

/** One element stands for true, unless it is a boolean; several stand for nothing. */
export function asTest(select: Select): Test {
  return (from) => {
    const item = single(select(from));
    if (item === undefined || item.position.type !== 'boolean') return item && true;
    return typeof item.value === 'boolean' ? item.value : undefined;
  };
}

/** `and`, `or`: what decides alone does so beside nothing as well. */
export function connected(operator: 'and' | 'or', one: Test, other: Test): Test {
  const decisive = operator === 'or';
  return (from) => {
    const first = one(from);
    if (first === decisive) return decisive;
    const second = other(from);
    if (second === decisive) return decisive;
    return first === undefined || second === undefined ? undefined : !decisive;
  };
}

export function negated(test: Test): Test {
  return (from) => {
    const value = test(from);
    return value === undefined ? undefined : !value;
  };
}

/** `exists()`, with criteria or without. */
export function someHolds(select: Select, test: Test): Test {
  return (from) => select(from).some((item) => holds(test, item));
}

/** Of nothing nothing can be said; several elements equal no literal. */
export function equals(select: Select, literal: Literal): Test {
  return (from) => {
    const items = select(from);
    const [item] = items;
    if (item === undefined || items.length > 1) return item && false;
    return item.value === undefined || item.value === null ? undefined : isEqual(item.value, literal);
  };
}

function isEqual(value: Json, literal: Literal): boolean {
  switch (literal.kind) {
    case 'text':
      return value === literal.text;
    case 'boolean':
      return value === literal.value;
    case 'number':
      return isNumber(value) && numberValue(value) === Number(literal.text);
  }
}

/** `is` of an element. */
export function hasType(select: Select, type: string): Test {
  return (from) => {
    const item = single(select(from));
    return item && isA(item.position.type, type);
  };
}

/** `resolve() is`: a reference says by its own text what it leads to; nothing is read for it. */
export function leadsTo(select: Select, type: string): Test {
  return (from) => {
    const item = single(select(from));
    const target = item && targetType(item);
    return target === undefined ? undefined : isA(target, type);
  };
}

function targetType({ value }: Item): string | undefined {
  const target = isObject(value) ? typeOfReference(value) : typeof value === 'string' ? typeOfCanonical(value) : undefined;
  return target !== undefined && isResourceType(target) ? target : undefined;
}

function single(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}
