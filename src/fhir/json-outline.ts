/**
 * What a JSON text tells before it is parsed, in one pass over what is not within its strings.
 *
 * How deep it is nested: a parser spends 100 bytes and a microsecond on every level, so that a body of nothing but brackets
 * would cost gigabytes and half a minute before anybody could look at it. And what saves looking at the text again.
 */

const quote = 0x22;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const capitalE = 0x45;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const smallE = 0x65;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Doubles hold every decimal of so many digits. */
const sureDigits = 15;

/** Of a text that is no JSON: anything. */
export interface Outline {
  /** Members of all objects, those of one name counted apart. */
  readonly names: number;
  /** JavaScript prints every number as it is written here. Not told of what has exponents. */
  readonly keepsNumbers: boolean;
}

/** True when objects and arrays lie in one another deeper than `levels`. Of a text that is no JSON: either. */
export function isNestedDeeper(text: string, levels: number): boolean {
  return outlineOf(text, levels) === undefined;
}

/** `undefined` when objects and arrays lie in one another deeper than `levels`. Of a text that is no JSON: either. */
export function outlineOf(text: string, levels: number): Outline | undefined {
  let [depth, names, keepsNumbers] = [0, 0, true];
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      at = endOfString(text, at);
      if (at < 0) break;
    } else if (character === colon) names++;
    else if (character === openBrace || character === openBracket) {
      if (++depth > levels) return undefined;
    } else if (character === closeBrace || character === closeBracket) depth--;
    else if (isOfNumber(character)) {
      const end = endOfNumber(text, at);
      keepsNumbers &&= isKept(text, at, end);
      at = end - 1;
    }
  }
  return { names, keepsNumbers };
}

/** -1 when the string does not end. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** An odd number of backslashes before it. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first--;
  return (at - first) % 2 === 1;
}

function isOfNumber(character: number): boolean {
  return (character >= zero && character <= nine) || character === point || character === minus;
}

/** Exclusive; before an exponent. */
function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (isOfNumber(text.charCodeAt(end))) end++;
  return end;
}

/** Most numbers need not be parsed to tell. */
function isKept(text: string, start: number, end: number): boolean {
  const behind = text.charCodeAt(end);
  if (behind === smallE || behind === capitalE) return false;
  const isPlain = end - start <= sureDigits && text.charCodeAt(start) > zero && text.charCodeAt(end - 1) !== zero;
  if (isPlain) return true;
  const number = text.slice(start, end);
  return String(Number(number)) === number;
}
