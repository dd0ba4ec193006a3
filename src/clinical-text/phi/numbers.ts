/** Numbers and addresses of machines that lead to somebody: records, telephones, e-mail, web pages. */
import { phraseEnd, phraseSet } from '../attributes/grammar.ts';
import type { Token } from '../tokens.ts';
import { idLabels, phoneLabels } from './patterns.ts';
import type { TokenSpan } from './span.ts';
import { isDigits } from './span.ts';

const idLabelSet = phraseSet(idLabels);
const phoneLabelSet = phraseSet(phoneLabels);
/** Between a label and its number: `MRN: 1`, `Account # 1`, `ID no. 1`, `MRN is 1`. */
const connectors = new Set([':', '#', 'no', '.', 'number', 'is', 'at']);
const maxConnectors = 3;
/** An address of a machine has no more pieces; without a bound a text of dots would be one. */
const maxPieces = 40;

/** `MRN: 00123456`, `SSN 123-45-6789`; and the form of a social security number alone. */
export function idEnd(tokens: readonly Token[], at: number): TokenSpan | undefined {
  if (isSocialSecurityNumber(tokens, at)) return { begin: at, end: at + 5 };
  const label = phraseEnd(idLabelSet, tokens, at);
  if (label === undefined) return undefined;
  const begin = behindConnectors(tokens, label);
  const end = codeEnd(tokens, begin);
  return end === undefined || begin === label && !tokens[begin]?.apart ? undefined : { begin, end };
}

function isSocialSecurityNumber(tokens: readonly Token[], at: number): boolean {
  const hyphens = tokens[at + 1]?.text === '-' && tokens[at + 3]?.text === '-';
  return hyphens && isDigits(tokens[at], 3, 3) && isDigits(tokens[at + 2], 2, 2) && isDigits(tokens[at + 4], 4, 4);
}

function behindConnectors(tokens: readonly Token[], from: number): number {
  let at = from;
  while (at < from + maxConnectors && connectors.has(tokens[at]?.form ?? '')) at += 1;
  return at;
}

/** Letters, digits and hyphens without space between, with a digit among them. */
function codeEnd(tokens: readonly Token[], begin: number): number | undefined {
  let end = begin;
  let digits = false;
  while (end < tokens.length && end < begin + maxPieces) {
    const token = tokens[end];
    const part = token !== undefined && (token.kind === 'word' || token.kind === 'number' || token.text === '-');
    if (!part || (end > begin && token.apart)) break;
    digits ||= /\d/.test(token.text);
    end += 1;
  }
  return digits ? end : undefined;
}

/** `(555) 123-4567`, `555-123-4567`, `555.123.4567`, `+1 555 123 4567`; seven digits behind a label. */
export function phoneEnd(tokens: readonly Token[], at: number): TokenSpan | undefined {
  const long = longNumberEnd(tokens, at);
  if (long !== undefined) return { begin: at, end: long };
  const label = phraseEnd(phoneLabelSet, tokens, at);
  const begin = label === undefined ? at : behindConnectors(tokens, label);
  const short = isDigits(tokens[begin], 3, 3) && tokens[begin + 1]?.text === '-' && isDigits(tokens[begin + 2], 4, 4);
  if (short && label !== undefined) return { begin, end: begin + 3 };
  return label !== undefined && isDigits(tokens[begin], 7, 11) ? { begin, end: begin + 1 } : undefined;
}

function longNumberEnd(tokens: readonly Token[], at: number): number | undefined {
  let end = at;
  if (tokens[end]?.text === '+') end += 1;
  if (tokens[end]?.text === '1' && !isDigits(tokens[end + 1], 1, 2)) end = tokens[end + 1]?.text === '-' ? end + 2 : end + 1;
  // Full stops make a decimal of the first two groups: 555.123 .4567
  const dotted = /^\d{3}\.\d{3}(?:\.\d{4})?$/.test(tokens[end]?.text ?? '');
  if (dotted && tokens[end]?.text.length === 12) return end + 1;
  if (dotted && tokens[end + 1]?.text === '.' && isDigits(tokens[end + 2], 4, 4)) return end + 3;
  if (dotted && /^\.\d{4}$/.test(tokens[end + 1]?.text ?? '')) return end + 2;
  const bracketed = tokens[end]?.text === '(' && isDigits(tokens[end + 1], 3, 3) && tokens[end + 2]?.text === ')';
  if (!bracketed && !isDigits(tokens[end], 3, 3)) return undefined;
  end += bracketed ? 3 : 1;
  if (tokens[end]?.text === '-') end += 1;
  if (!isDigits(tokens[end], 3, 3)) return undefined;
  end += tokens[end + 1]?.text === '-' ? 2 : 1;
  return isDigits(tokens[end], 4, 4) ? end + 1 : undefined;
}

/** `someone@example.org`; `https://example.org/page`, `www.example.org`. */
export function electronicEnd(type: 'EMAIL' | 'URL'): (tokens: readonly Token[], at: number) => TokenSpan | undefined {
  return (tokens, at) => {
    const first = tokens[at];
    if (first === undefined || (first.kind !== 'word' && first.kind !== 'number') || isGlued(tokens, at)) return undefined;
    if (type === 'URL' && !['http', 'https', 'www'].includes(first.text.toLowerCase())) return undefined;
    let end = at + 1;
    while (end < tokens.length && end < at + maxPieces && isAddressPart(tokens[end])) end += 1;
    while (end > at && ['.', ',', ':', '/', '-'].includes(tokens[end - 1]?.text ?? '')) end -= 1;
    const pieces = tokens.slice(at, end).map(({ text }) => text);
    const dotted = pieces.lastIndexOf('.') > pieces.indexOf('@');
    const found = type === 'EMAIL' ? pieces.includes('@') && dotted : pieces.length > 2 && dotted;
    return found ? { begin: at, end } : undefined;
  };
}

/** The token goes on from the one before, which would have been the begin. */
function isGlued(tokens: readonly Token[], at: number): boolean {
  const [before, token] = [tokens[at - 1], tokens[at]];
  return token?.apart === false && before !== undefined && before.kind !== 'line-end' && '.-_+'.includes(before.text);
}

function isAddressPart(token: Token | undefined): boolean {
  if (token === undefined || token.apart || token.kind === 'line-end') return false;
  return token.kind !== 'mark' || '.-_+@:/%?=&#~'.includes(token.text);
}
