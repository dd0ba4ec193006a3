/**
 * The search parameter kind string (https://hl7.org/fhir/R4/search.html#string): the start of a field, or of any word
 * in it, regardless of case, accents, punctuation and white space.
 */
import type { Json } from '../../json.ts';
import { isObject } from '../../json.ts';
import { unescapeValue } from '../escapes.ts';
import {
  areCanonicallyEqual, hasWordStart, normalizedCriterion, normalizeOnce, normalizeString, searchedPart,
} from '../normalized-text.ts';
import type { StringCriterion } from '../criteria.ts';
import type { StringValue } from '../values.ts';

/** `undefined` when the text holds no letter or digit, since it would find everything. */
export function parseString(text: string): StringCriterion | undefined {
  const unescaped = unescapeValue(text);
  return normalizeString(unescaped) === '' ? undefined : { kind: 'string', text: unescaped };
}

/** Any text, for `:exact`: punctuation is compared too. `undefined` when there is none. */
export function parseExactString(text: string): StringCriterion | undefined {
  return text === '' ? undefined : { kind: 'string', text: unescapeValue(text) };
}

/** https://hl7.org/fhir/R4/search.html#modifiers, and those that `_filter` has for strings. */
export type StringModifier = 'exact' | 'contains' | 'equals' | 'starts-with' | 'ends-with';

/** Without modifier: a word starts so. `:exact` compares canonically equivalent characters as the same. */
export function satisfiesString(value: StringValue, criterion: StringCriterion, modifier?: StringModifier): boolean {
  if (modifier === 'exact') return areCanonicallyEqual(value.text, criterion.text);
  const wanted = normalizedCriterion(criterion);
  switch (modifier) {
    case undefined:
      return hasWordStart(normalizeOnce(searchedPart(value.text)), wanted);
    case 'contains':
      return normalizeOnce(value.text).includes(wanted);
    case 'equals':
      return normalizeOnce(value.text) === wanted;
    case 'starts-with':
      return normalizeOnce(value.text).startsWith(wanted);
    case 'ends-with':
      return normalizeOnce(value.text).endsWith(wanted);
  }
}

/** string, markdown and the other primitive texts. */
export function fromString(values: StringValue[], element: Json | undefined): void {
  if (typeof element === 'string' && element !== '') values.push({ kind: 'string', text: element });
}

function fromParts(values: StringValue[], element: Json | undefined, names: readonly string[]): void {
  if (!isObject(element)) return;
  for (const name of names) {
    const part = element[name];
    if (!Array.isArray(part)) fromString(values, part);
    else for (const one of part) fromString(values, one);
  }
}

export function fromHumanName(values: StringValue[], element: Json | undefined): void {
  fromParts(values, element, ['family', 'given', 'prefix', 'suffix', 'text']);
}

export function fromAddress(values: StringValue[], element: Json | undefined): void {
  fromParts(values, element, ['line', 'city', 'district', 'state', 'postalCode', 'country', 'text']);
}

export function fromAnnotation(values: StringValue[], element: Json | undefined): void {
  fromParts(values, element, ['text']);
}
