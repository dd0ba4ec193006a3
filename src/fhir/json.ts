/**
 * JSON whose decimals keep their digits: `1.10` stays `1.10` (https://hl7.org/fhir/R4/json.html#decimal).
 *
 * A number that JavaScript would print differently is held as a raw number (`JSON.rawJSON`), all others as
 * ordinary numbers, so that the usual document costs no more than `JSON.parse`.
 */

import type { Outline } from './json-outline.ts';

/** A number kept as it was written. `JSON.stringify` prints it unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json | undefined;
}

interface JsonWithSource {
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
  parse(text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): Json;
}
const json = JSON as unknown as JsonWithSource;

/**
 * A number that may not survive a double: a trailing zero behind the point, an exponent or so small that JavaScript
 * writes one, a minus zero, or more than 15 digits. It stands behind a colon, comma or bracket and before a comma or closing bracket.
 */
const fragileNumber = /([:,[]\s*)(-?(?:\d+\.\d*0|0\.0{6}\d+|\d+(?:\.\d+)?[eE][+-]?\d+|0(?=[\s,\]}])(?<=-0)|(?=[\d.]{16})\d+(?:\.\d+)?))(?=\s*[,\]}])/g;

/** A document that is one number. */
const loneNumber = /^\s*-?\d/;

/** Begins the string that stands for a fragile number while its document is parsed. One byte wide, and in no sane text. */
const mark = '\u0080';
const markInText = /\u0080|\\u0080/;

/** Whether JavaScript would print one of its fragile numbers differently; most of those with many digits it prints as they are. */
function losesDigits(text: string): boolean {
  fragileNumber.lastIndex = 0;
  for (let found = fragileNumber.exec(text); found !== null; found = fragileNumber.exec(text)) {
    const digits = found[2]!;
    if (String(Number(digits)) !== digits) return true;
  }
  return false;
}

/**
 * Fragile numbers are marked in the text, and the marks turned into raw numbers after parsing: a fifth of the time of a
 * reviver, which is called for every value. A mark set inside a string breaks the syntax, and then the reviver decides.
 *
 * @param outline of the text, where it is known
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string, outline?: Pick<Outline, 'keepsNumbers'>): Json {
  if (outline?.keepsNumbers === true) return JSON.parse(text) as Json;
  const isLone = loneNumber.test(text);
  if (!isLone && !losesDigits(text)) return JSON.parse(text) as Json;
  if (!isLone && !markInText.test(text)) {
    try {
      const value = JSON.parse(text.replace(fragileNumber, `$1"${mark}$2"`)) as Json;
      unmark(value);
      return value;
    } catch {
      // A string looked like a number, or the text is no JSON: the reviver knows.
    }
  }
  return json.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/** Replaces marked strings in place. */
function unmark(value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = unmarked(value[index]!);
    return;
  }
  const members = value as Record<string, Json>;
  for (const name of Object.keys(members)) {
    const member = members[name]!;
    const exact = unmarked(member);
    if (exact === member) continue;
    if (name !== '__proto__') members[name] = exact;
    // An assignment would call the setter.
    else Object.defineProperty(members, name, { value: exact, enumerable: true, writable: true, configurable: true });
  }
}

function unmarked(member: Json): Json {
  if (typeof member === 'string' && member.startsWith(mark)) return exactNumber(member.slice(mark.length));
  unmark(member);
  return member;
}

function exactNumber(digits: string): number | RawNumber {
  const value = Number(digits);
  return String(value) === digits ? value : json.rawJSON(digits);
}

export function isRawNumber(value: unknown): value is RawNumber {
  return json.isRawJSON(value);
}

export function isNumber(value: unknown): value is number | RawNumber {
  return typeof value === 'number' || json.isRawJSON(value);
}

/** The digits as they were written. */
export function numberText(value: number | RawNumber): string {
  return typeof value === 'number' ? String(value) : value.rawJSON;
}

export function numberValue(value: number | RawNumber): number {
  return typeof value === 'number' ? value : Number(value.rawJSON);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}
