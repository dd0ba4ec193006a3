/**
 * How deep a JSON text is nested, told before it is parsed: a parser spends 100 bytes and a microsecond on every level,
 * so that a body of nothing but brackets would cost gigabytes and half a minute before anybody could look at it.
 */

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** True when objects and arrays lie in one another deeper than `levels`. Of a text that is no JSON: either. */
export function isNestedDeeper(text: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      at = endOfString(text, at);
      if (at < 0) return false;
    } else if (character === openBrace || character === openBracket) {
      if (++depth > levels) return true;
    } else if (character === closeBrace || character === closeBracket) depth--;
  }
  return false;
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
