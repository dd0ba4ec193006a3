/** The places that a patch path leads to (https://hl7.org/fhir/R4/fhirpath.html). */
import type { Json } from '../json.ts';
import { isNumber, numberText, numberValue } from '../json.ts';
import { unprocessable } from '../outcome.ts';
import type { Literal } from '../path/expression.ts';
import type { Criteria, Path, Step } from './patch-path.ts';
import { childPlaces, spend } from './places.ts';
import type { Place } from './places.ts';

/**
 * @param from the resource
 * @throws FhirError 422 for an element that none of the places has by its type, or `single()` of several; 403 for too many
 */
export function selectPlaces(from: Place, path: Path): readonly Place[] {
  return follow([from], path);
}

function follow(from: readonly Place[], path: Path): readonly Place[] {
  let places = from;
  for (const [position, step] of path.entries()) {
    // A path may begin with the type of what it starts from.
    const isType = position === 0 && step.kind === 'member' && /^[A-Z]/.test(step.name);
    places = isType ? places.filter(({ type }) => isOfType(type, step.name)) : take(places, step);
  }
  return places;
}

function take(places: readonly Place[], step: Step): readonly Place[] {
  if (places[0] !== undefined) spend(places[0].effort, places.length);
  switch (step.kind) {
    case 'member':
      return members(places, step.name);
    case 'index':
      return places.slice(step.index, step.index + 1);
    case 'first':
      return places.slice(0, 1);
    case 'last':
      return places.slice(-1);
    case 'single':
      if (places.length > 1) throw unprocessable('A path of the patch asks by single() for one element, and there are several.');
      return places;
    case 'type':
      return places.filter(({ type }) => isOfType(type, step.type));
    case 'extension':
      return members(places, 'extension').filter((place) => (childPlaces(place, 'url') ?? []).some(({ item }) => item.value === step.url));
    case 'where':
      return places.filter((place) => holds(step.criteria, place));
  }
}

function members(places: readonly Place[], name: string): readonly Place[] {
  const found = places.map((place) => childPlaces(place, name));
  if (places.length > 0 && places.every(isOfOneType) && found.every((each) => each === undefined)) {
    throw unprocessable('A path of the patch names an element that there is not. A choice of types is named without its type: value, not valueQuantity.');
  }
  return found.flatMap((each) => each ?? []);
}

/** Of a choice or a contained resource another type may have the element: then this one has none of it. */
function isOfOneType({ element }: Place): boolean {
  return element === undefined || (!element.isChoice && element.type !== 'Resource');
}

function isOfType(type: string, asked: string): boolean {
  return type === asked || asked === 'Resource' || asked === 'DomainResource';
}

function holds(criteria: Criteria, place: Place): boolean {
  spend(place.effort, 1);
  switch (criteria.kind) {
    case 'and':
      return holds(criteria.left, place) && holds(criteria.right, place);
    case 'or':
      return holds(criteria.left, place) || holds(criteria.right, place);
    case 'not':
      return !holds(criteria.criteria, place);
    case 'exists':
      return follow([place], criteria.path).length > 0;
    case 'true':
      return follow([place], criteria.path).some(({ item }) => item.value === true);
    case 'equals': {
      const found = follow([place], criteria.path);
      return found.length === 1 && isEqual(found[0]?.item.value, criteria.literal);
    }
  }
}

function isEqual(value: Json | undefined, literal: Literal): boolean {
  switch (literal.kind) {
    case 'text':
      return value === literal.text;
    case 'boolean':
      return value === literal.value;
    case 'number':
      return isNumber(value) && (numberText(value) === literal.text || numberValue(value) === Number(literal.text));
  }
}
