/**
 * A text as words, numbers, marks and line ends, each with its place in the original. One pass over the characters, no
 * regular expressions: a hostile text costs what any other of its length does.
 */

export type TokenKind = 'word' | 'number' | 'mark' | 'line-end';

export interface Token {
  readonly kind: TokenKind;
  /** As it is compared: lower case, without a possessive or plural ending. Numbers and marks as written. */
  readonly form: string;
  /** As it is written. */
  readonly text: string;
  /** In UTF-16 code units of the text; `end` is exclusive. */
  readonly begin: number;
  readonly end: number;
  /** White space stands in front, or nothing. */
  readonly apart: boolean;
}

const letter = /[\p{L}\p{M}]/u;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return code < 0xd800 && code !== 0x2019 && letter.test(text.charAt(at));
}

function isApostrophe(code: number): boolean {
  return code === 39 || code === 0x2019;
}

/** A word holds letters, then digits too (`A1c`, `T2DM`), and an apostrophe between letters. */
function wordEnd(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const joins = isApostrophe(code) && isLetter(text, at + 1);
    if (!joins && !isDigit(code) && !isLetter(text, at)) break;
    at += 1;
  }
  return at;
}

/** `12`, `1,000`, `7.5`: a comma only in front of three digits. */
function numberEnd(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const point = code === 46 && isDigit(text.charCodeAt(at + 1));
    const thousands = code === 44 && [1, 2, 3, 4].every((step) => isDigit(text.charCodeAt(at + step)) === step < 4);
    if (!point && !thousands && !isDigit(code)) break;
    at += 1;
  }
  return at;
}

/** Endings in -s that are no plural. */
const singularEndings = ['ss', 'us', 'is'];

/**
 * What singular and plural of a word have in common. It need not be a word itself: terms and texts go through the same
 * function, and meet in the result.
 */
export function comparedForm(written: string): string {
  let word = written.toLowerCase().replaceAll('\u2019', "'");
  if (word.endsWith("'s")) word = word.slice(0, -2);
  if (word.length <= 3 || !word.endsWith('s') || singularEndings.some((ending) => word.endsWith(ending))) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

interface Piece {
  readonly kind: TokenKind;
  readonly end: number;
}

function pieceAt(text: string, begin: number): Piece {
  const code = text.charCodeAt(begin);
  if (code === 10) return { kind: 'line-end', end: begin + 1 };
  if (isLetter(text, begin)) return { kind: 'word', end: wordEnd(text, begin) };
  const number = isDigit(code) || (code === 46 && isDigit(text.charCodeAt(begin + 1)) && !isDigit(text.charCodeAt(begin - 1)));
  if (number) return { kind: 'number', end: numberEnd(text, begin) };
  const pair = code >= 0xd800 && code < 0xdc00 && begin + 1 < text.length;
  return { kind: 'mark', end: begin + (pair ? 2 : 1) };
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 0xa0 || code === 11 || code === 12 || code === 0xfeff;
}

/** The tokens of a text, in its order. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let apart = true;
  for (let begin = 0; begin < text.length;) {
    if (isSpace(text.charCodeAt(begin))) {
      apart = true;
      begin += 1;
      continue;
    }
    const { kind, end } = pieceAt(text, begin);
    const written = text.slice(begin, end);
    tokens.push({ kind, form: kind === 'word' ? comparedForm(written) : written, text: written, begin, end, apart });
    apart = kind === 'line-end';
    begin = end;
  }
  return tokens;
}

/** A hyphen that joins two words says nothing: `follow-up` and `follow up` are one term. */
export function isJoiningHyphen(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const next = tokens[at + 1];
  const hyphen = token?.text === '-' || token?.text === '\u2010';
  return hyphen && !token.apart && next?.kind === 'word' && !next.apart;
}
