/**
 * Whether an object of a JSON text has two properties of one name. "Property names SHALL be unique"
 * (https://hl7.org/fhir/R4/json.html); a parser keeps the last and drops the others without a word, which of a record
 * nobody may do.
 */
import type { Json } from './json.ts';
import { isRawNumber } from './json.ts';
import type { Outline } from './json-outline.ts';

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const backslash = 0x5c;

/**
 * The position of the first name that its object has already; `undefined` when there is none, as in nearly every text.
 * So the text is looked at closely only when it has more of them than the parsed value has members.
 *
 * @param text JSON, from which `value` was parsed
 */
export function repeatedName(text: string, value: Json, { names }: Pick<Outline, 'names'>): number | undefined {
  return names === countMembers(value) ? undefined : firstRepetition(text);
}

function countMembers(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countMembers(item);
    return count;
  }
  for (const name in value) {
    count++;
    const member = value[name];
    if (typeof member === 'object') count += countMembers(member);
  }
  return count;
}

function firstRepetition(text: string): number | undefined {
  const names: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') names.push(new Set());
    else if (character === '}' || character === ']') names.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (isName(text, end) && !isAdded(names.at(-1)!, JSON.parse(text.slice(at, end + 1)) as string)) return at;
      at = end;
    }
  }
  return undefined;
}

/** False for what was there before. */
function isAdded(names: Set<string>, name: string): boolean {
  const before = names.size;
  return names.add(name).size > before;
}

function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text.charCodeAt(end) !== quote) end += text.charCodeAt(end) === backslash ? 2 : 1;
  return end;
}

/** A string before a colon is a name. */
function isName(text: string, end: number): boolean {
  let next = end + 1;
  while (isSpace(text.charCodeAt(next))) next++;
  return text[next] === ':';
}

function isSpace(character: number): boolean {
  return character === space || character === lineFeed || character === carriageReturn || character === tab;
}
