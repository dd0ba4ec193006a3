/** Street addresses, and places with a postal code; a town or a state alone is not found. */
import type { Token } from '../tokens.ts';
import { states, streets } from './patterns.ts';
import type { TokenSpan } from './span.ts';
import { isCapitalized, isDigits } from './span.ts';

/** Names of streets and towns have no more words. */
const maxNameWords = 4;

/** `1200 North Main Street, Apt 4, Springfield, IL 62701`, or any part of it that stands by itself. */
export function addressEnd(tokens: readonly Token[], at: number): TokenSpan | undefined {
  const street = streetEnd(tokens, at);
  const place = placeEnd(tokens, street === undefined ? at : behindComma(tokens, unitEnd(tokens, street)));
  const end = place ?? (street === undefined ? undefined : unitEnd(tokens, street));
  return end === undefined ? undefined : { begin: at, end };
}

function streetEnd(tokens: readonly Token[], at: number): number | undefined {
  if (!isDigits(tokens[at], 1, 6)) return undefined;
  for (let end = at + 1; end <= at + maxNameWords + 1; end += 1) {
    const token = tokens[end];
    if (end > at + 1 && token?.kind === 'word' && streets.has(token.text.toLowerCase()) && isCapitalized(token)) return end + 1;
    const named = isCapitalized(token) || token?.kind === 'number' || (token?.kind === 'word' && token.text.length === 1);
    if (!named) return undefined;
  }
  return undefined;
}

/** `, Apt 4B`, `Suite 300`, `#12`. */
function unitEnd(tokens: readonly Token[], from: number): number {
  const at = behindComma(tokens, tokens[from]?.text === '.' && tokens[from + 1]?.text === ',' ? from + 1 : from);
  const named = ['apt', 'apartment', 'suite', 'unit', '#', 'floor', 'room'].includes(tokens[at]?.text.toLowerCase() ?? '');
  if (!named || !/\d/.test(tokens[at + 1]?.text ?? '')) return from;
  return tokens[at + 2]?.kind === 'word' && !tokens[at + 2]?.apart ? at + 3 : at + 2;
}

function behindComma(tokens: readonly Token[], at: number): number {
  return tokens[at]?.text === ',' || tokens[at]?.kind === 'line-end' ? at + 1 : at;
}

/** `Springfield, IL 62701`, `Springfield, IL 62701-1234`: with the code, or none. */
function placeEnd(tokens: readonly Token[], at: number): number | undefined {
  let end = at;
  while (end < at + maxNameWords && isCapitalized(tokens[end])) end += 1;
  if (end === at) return undefined;
  const state = behindComma(tokens, end);
  if (!states.has(tokens[state]?.text ?? '') || !isDigits(tokens[state + 1], 5, 5)) return undefined;
  return tokens[state + 2]?.text === '-' && isDigits(tokens[state + 3], 4, 4) ? state + 4 : state + 2;
}
