/**
 * The search parameter kind string (https://hl7.org/fhir/R4/search.html#string): the start of a field, or of any word
 * in it, regardless of case, accents, punctuation and white space.
 */
import type { Json } from '../../json.ts';
import { isObject } from '../../json.ts';
import { unescapeValue } from '../escapes.ts';
import type { Criterion, StringValue } from '../values.ts';

export type StringCriterion = Extract<Criterion, { kind: 'string' }>;

/** How many words of one field can be found by their start; bounds the index entries of long prose. */
export const maxWordStarts = 100;
/** How many characters of a word start the index keeps; what is longer is settled by `satisfiesString`. */
export const maxWordStartLength = 64;

/** `undefined` when the text holds no letter or digit, since it would find everything. */
export function parseString(text: string): StringCriterion | undefined {
  const unescaped = unescapeValue(text);
  return normalizeString(unescaped) === '' ? undefined : { kind: 'string', text: unescaped };
}

export function satisfiesString(value: StringValue, criterion: StringCriterion): boolean {
  const wanted = normalizeString(criterion.text);
  const text = normalizeString(value.text);
  return startPositions(text).some((position) => text.startsWith(wanted, position));
}

/** Marks that the scripts of Europe and the Near East leave out in ordinary writing. Elsewhere a mark is part of the letter. */
const optionalMarks = /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}]]--[\u3099\u309a]]/gv;
/**
 * Unicode's normal forms sort the marks behind a letter, in quadratic time: a megabyte of them takes minutes. No writing
 * has more than these (Stream-Safe Text Format, https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format).
 */
export const maxMarks = 30;
const excessMarks = new RegExp(`(\\p{M}{${maxMarks}})\\p{M}+`, 'gu');
const apostrophes = /['’‘ʼʹ`´]/gu;
const notWord = /[^\p{L}\p{N}\p{M}]+/gu;
/** Letters with a stroke and ligatures, which Unicode does not decompose. */
const plainLetters: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', æ: 'ae', œ: 'oe', ς: 'σ' };
const strokedLetters = /[łøđðħæœς]/gu;

/** What is behind is not searched: room for `maxWordStarts` long words, where a megabyte of ligatures would take seconds. */
export const maxSearchedLength = 16 * 1024;

/**
 * The form in which texts are compared: compatibility forms and accents resolved, lower case, apostrophes gone, other
 * punctuation and white space one space between words.
 */
export function normalizeString(text: string): string {
  if (/^[a-z0-9]*$/.test(text)) return text.slice(0, maxSearchedLength);
  const searched = text.slice(0, maxSearchedLength);
  // Apostrophes go first: decomposed, an acute that stands alone would become a space and part the word.
  const letters = searched.replace(apostrophes, '').replace(excessMarks, '$1').normalize('NFKD').replace(optionalMarks, '');
  // Upper case first: it spells out ß and joins the forms that lower case alone keeps apart.
  const folded = letters.toUpperCase().toLowerCase().replace(optionalMarks, '');
  const plain = folded.replace(strokedLetters, (letter) => plainLetters[letter]!);
  return plain.replace(notWord, ' ').trim().normalize('NFC');
}

/**
 * What the index keeps of a text: from each word's start on, cut to `maxWordStartLength`. A text satisfies a criterion
 * only if one of its word starts begins with the criterion's normalised text, cut to the same length.
 */
export function wordStarts(text: string): string[] {
  const normalized = normalizeString(text);
  const starts = startPositions(normalized).map((position) => normalized.slice(position, position + maxWordStartLength));
  return [...new Set(starts)];
}

function startPositions(normalized: string): number[] {
  const positions: number[] = [];
  let position = 0;
  while (position < normalized.length && positions.length < maxWordStarts) {
    positions.push(position);
    const space = normalized.indexOf(' ', position);
    if (space < 0) break;
    position = space + 1;
  }
  return positions;
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
