/** string (https://hl7.org/fhir/R4/search.html#string). */
import type { Element } from './elements.ts';
import { unescape } from './escapes.ts';
import { anyOf, list, type Verdict } from './json.ts';

/** The parts of HumanName and Address that are texts (https://hl7.org/fhir/R4/datatypes.html#HumanName). */
const parts: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['text', 'family', 'given', 'prefix', 'suffix'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
  Annotation: ['text'],
};

export function textsOf({ type, data }: Pick<Element, 'type' | 'data'>): readonly string[] {
  if (typeof data === 'string') return data === '' ? [] : [data];
  return (parts[type] ?? []).flatMap((part) => list(data[part])).filter((text) => typeof text === 'string' && text !== '');
}

const folds = new Map<string, string>();

/**
 * Without case, accents, punctuation and runs of white space. What the specification leaves open is read as the platform
 * documents it: an apostrophe is nothing, other punctuation parts words, and vowel signs of Indic scripts are letters.
 */
export function fold(text: string): string {
  const known = folds.get(text);
  if (known !== undefined) return known;
  const words = text
    .replace(/['’‘ʼʹ`´]/gu, '')
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, (mark) => (/\p{Script=Inherited}|\p{Script=Hebrew}/u.test(mark) && !/[\u3099\u309a]/.test(mark) ? '' : mark))
    .replace(/[łøđðħæœς]/gu, (letter) => ({ ł: 'l', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', æ: 'ae', œ: 'oe', ς: 'σ' })[letter]!)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
    .join(' ')
    .normalize('NFC');
  folds.set(text, words);
  return words;
}

/** Of a text as many words are found by their start as the platform documents; the specification asks for the first alone. */
const wordsFound = 100;

/** The start of the field or of a word in it; of a word far behind it is open. */
export function startsSomewhere(text: string, wanted: string): Verdict {
  const folded = fold(text);
  const start = fold(wanted);
  if (folded.startsWith(start)) return true;
  const found = folded.indexOf(` ${start}`);
  if (found < 0) return false;
  return folded.slice(0, found + 1).split(' ').length <= wordsFound ? true : undefined;
}

export function stringMatches(element: Pick<Element, 'type' | 'data'>, text: string, modifier: string | undefined): Verdict {
  const wanted = unescape(text);
  const texts = textsOf(element);
  // Characters that are canonically equivalent may be told apart or not.
  if (modifier === 'exact') return texts.includes(wanted) || (texts.some((one) => one.normalize() === wanted.normalize()) ? undefined : false);
  if (modifier === 'contains') return texts.some((one) => fold(one).includes(fold(wanted)));
  return anyOf(texts, (one) => startsSomewhere(one, wanted));
}
