/**
 * Cuts a statement into tokens as Trino does
 * (https://github.com/trinodb/trino/blob/435/core/trino-grammar/src/main/antlr4/io/trino/grammar/sql/SqlBase.g4).
 */
import { maxStatementLength } from './limits.ts';
import { positionOf, SqlSyntaxError } from './syntax-error.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'integer' | 'decimal' | 'double' | 'symbol' | 'end';
  /** A word, number or symbol as written; of a quoted name or a string what it stands for. */
  readonly text: string;
  /** Upper case of a word; empty for the rest: quoted words are no keywords. */
  readonly keyword: string;
  readonly at: number;
  readonly end: number;
}

/** Longer ones first. */
const symbols = ['->', '<>', '!=', '<=', '>=', '||', '=>', '(', ')', '[', ']', ',', '.', '+', '-', '*', '/', '%', '=', '<', '>', ';'];

const patterns: readonly { readonly kind: Token['kind']; readonly pattern: RegExp }[] = [
  { kind: 'double', pattern: /(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+/y },
  { kind: 'decimal', pattern: /\d+\.\d*|\.\d+/y },
  { kind: 'integer', pattern: /\d+/y },
  { kind: 'word', pattern: /[A-Za-z_][A-Za-z0-9_]*/y },
  { kind: 'quoted', pattern: /"(?!"(?!"))[^"]*(?:""[^"]*)*"/y },
  { kind: 'string', pattern: /'[^']*(?:''[^']*)*'/y },
];

const blank = /[ \t\r\n]+|--[^\r\n]*|\/\*[^]*?\*\//y;

/** @throws SqlSyntaxError */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > maxStatementLength) {
    throw new SqlSyntaxError({ line: 1, column: 1 }, `A statement has at most ${maxStatementLength} characters.`);
  }
  refuseUnwritable(text);
  const tokens: Token[] = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at = skipBlank(text, token.end);
  }
  tokens.push({ kind: 'end', text: 'the end', keyword: '', at: text.length, end: text.length });
  return tokens;
}

/** What UTF-8 cannot hold, and the character that ends texts in C. */
function refuseUnwritable(text: string) {
  const found = /\0|\p{Surrogate}/u.exec(text);
  if (found) throw new SqlSyntaxError(positionOf(text, found.index), 'This is no character that a statement may hold.');
}

function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    blank.lastIndex = at;
    const found = blank.exec(text);
    if (!found) return at;
    at = blank.lastIndex;
  }
}

function tokenAt(text: string, at: number): Token {
  for (const { kind, pattern } of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return refuseGlued(text, tokenOf(kind, found, at));
  }
  if (text.startsWith('/*', at)) throw new SqlSyntaxError(positionOf(text, at), unreadable(text, at));
  const symbol = symbols.find((candidate) => text.startsWith(candidate, at));
  if (symbol) return { kind: 'symbol', text: symbol === '!=' ? '<>' : symbol, keyword: '', at, end: at + symbol.length };
  throw new SqlSyntaxError(positionOf(text, at), unreadable(text, at));
}

function tokenOf(kind: Token['kind'], written: string, at: number): Token {
  const end = at + written.length;
  if (kind === 'quoted') return { kind, text: written.slice(1, -1).replaceAll('""', '"'), keyword: '', at, end };
  if (kind === 'string') return { kind, text: written.slice(1, -1).replaceAll("''", "'"), keyword: '', at, end };
  return { kind, text: written, keyword: kind === 'word' ? written.toUpperCase() : '', at, end };
}

/** `1abc`, `X'00'`, `U&'…'`: Trino reads something else there, or nothing. */
function refuseGlued(text: string, token: Token): Token {
  const next = text[token.end] ?? '';
  const fault = (reason: string) => new SqlSyntaxError(positionOf(text, token.at), reason);
  const number = token.kind === 'integer' || token.kind === 'decimal' || token.kind === 'double';
  if (number && /[A-Za-z_]/.test(next)) throw fault('A name that begins with a digit is written in double quotes.');
  if (token.keyword === 'X' && next === "'") throw fault('Binary literals are not offered.');
  if (token.keyword === 'U' && /^&['"]/.test(text.slice(token.end))) {
    throw fault("Unicode escapes are not offered: write the characters themselves in '…'.");
  }
  return token;
}

function unreadable(text: string, at: number): string {
  if (text[at] === "'") return "This text is not closed: a ' within it is written twice.";
  if (text[at] === '"') return text[at + 1] === '"' ? 'A name has at least one character.' : 'This name is not closed.';
  if (text[at] === '`') return 'Names are quoted with ", not with `.';
  if (text.startsWith('/*', at)) return 'This comment is not closed.';
  if (text[at] === '?') return 'Parameters are not offered: write the value as a literal.';
  if (text[at] === '$') return 'Names that begin with $ are not offered.';
  if (text[at] === '\u00a0') return 'This is a no-break space: write an ordinary one.';
  return 'This character has no meaning in SQL outside of quotes.';
}
