/**
 * Names, where something beside them says that they are: a title, a label, a degree, or the way a note begins (`Jane Doe is a
 * 45-year-old …`). Once found, each part of a name counts wherever it stands alone with a capital.
 */
import { phraseEnd, phraseSet } from '../attributes/grammar.ts';
import type { Token } from '../tokens.ts';
import { degrees, nameLabels, notNames, titles } from './patterns.ts';
import type { Identifier, TokenSpan } from './span.ts';
import { isCapitalized } from './span.ts';

const labels = phraseSet(nameLabels);
/** First name, middle name or initial, one or two last names. */
const maxNameTokens = 6;
/** Shorter parts are words of the language too often. */
const leastPartCharacters = 3;
const scores = { introduced: 0.95, repeated: 0.85 };

/** The names of a text, in its order. */
export function namesIn(tokens: readonly Token[]): readonly Identifier[] {
  const spans: TokenSpan[] = [];
  for (let at = 0; at < tokens.length;) {
    const name = nameAt(tokens, at);
    if (name !== undefined) spans.push(name);
    at = Math.max(at + 1, name?.end ?? 0);
  }
  const named = spans.flatMap(({ begin, end }) => tokens.slice(begin, end));
  const parts = new Set(named.filter(isTellingPart).map(({ text }) => text));
  const introduced = spans.map((span) => identifierOf(tokens, span, scores.introduced));
  const inside = (token: Token): boolean => introduced.some(({ begin, end }) => token.begin >= begin && token.begin < end);
  const again = (token: Token): boolean => parts.has(possessor(token)) && !inside(token);
  // `John` in front of a `Doe` that was Mr. Doe elsewhere.
  const given = (token: Token, at: number): boolean => tokens[at + 1] !== undefined && again(tokens[at + 1]!) && isGivenName(token) && !inside(token);
  const repeated = tokens.filter((token, at) => again(token) || given(token, at));
  return [...introduced, ...repeated.map((token) => ({
    type: 'NAME' as const,
    score: scores.repeated,
    begin: token.begin,
    end: token.begin + possessor(token).length,
  }))].sort((one, other) => one.begin - other.begin);
}

function isTellingPart(token: Token): boolean {
  return isCapitalized(token) && token.text.length >= leastPartCharacters;
}

function isGivenName(token: Token): boolean {
  return isTellingPart(token) && !notNames.has(token.text) && !titles.has(token.text.toLowerCase());
}

/** `Baker's` without its ending. */
function possessor({ text }: Token): string {
  return text.replace(/['\u2019]s$/, '');
}

function nameAt(tokens: readonly Token[], at: number): TokenSpan | undefined {
  const first = tokens[at];
  if (first?.kind !== 'word') return undefined;
  const titled = titles.has(first.text.toLowerCase()) && isCapitalized(first);
  if (titled) return nonempty(tokens, tokens[at + 1]?.text === '.' ? at + 2 : at + 1);
  const label = phraseEnd(labels, tokens, at);
  if (label !== undefined && tokens[label]?.text === ':') return labelled(tokens, label + 1);
  const free = nonempty(tokens, at);
  if (free === undefined || free.end - free.begin < 2) return undefined;
  return isIntroduced(tokens, free.end) || isDegree(tokens, free.end) || isNumbered(tokens, free.end) ? free : undefined;
}

function nonempty(tokens: readonly Token[], begin: number): TokenSpan | undefined {
  const end = nameEnd(tokens, begin);
  return end > begin ? { begin, end } : undefined;
}

/** Behind a label a surname may come first: `Doe, Jane`. */
function labelled(tokens: readonly Token[], begin: number): TokenSpan | undefined {
  const title = titles.has(tokens[begin]?.text.toLowerCase() ?? '') ? begin + (tokens[begin + 1]?.text === '.' ? 2 : 1) : begin;
  const end = nameEnd(tokens, title);
  if (end === title) return undefined;
  const given = tokens[end]?.text === ',' ? nameEnd(tokens, end + 1) : end;
  return { begin: title, end: given > end + 1 && !isDegree(tokens, end) ? given : end };
}

/** Words with a capital, initials, and what joins the parts of a name. */
function nameEnd(tokens: readonly Token[], begin: number): number {
  let end = begin;
  while (end < begin + maxNameTokens) {
    const token = tokens[end];
    const initial = token?.kind === 'word' && /^\p{Lu}$/u.test(token.text) && tokens[end + 1]?.text === '.';
    if (token === undefined || (notNames.has(token.text) && !initial)) break;
    const joint = end > begin && !token.apart && (token.text === '-' || (token.text === '.' && tokens[end - 1]?.text.length === 1));
    if (!isCapitalized(token) && !initial && !joint) break;
    end += 1;
  }
  while (end > begin && tokens[end - 1]?.kind === 'mark') end -= 1;
  return end;
}

/** `is a 45-year-old`, `, a 45 year old`, `(45-year-old`. */
function isIntroduced(tokens: readonly Token[], from: number): boolean {
  const next = tokens.slice(from, from + 8).filter(({ text }) => text !== '-').map(({ form }) => form);
  const year = next.findIndex((form) => form === 'year' || form === 'yr' || form === 'month');
  return year > 0 && year <= 5 && [
    'is', ',', '(', 'a', 'age',
  ].includes(next[0] ?? '') && tokens.slice(from, from + 8).some(({ kind }) => kind === 'number');
}

/** `Jane Roe (MRN 5678)`, `Jane Roe, DOB 3/14/1960`. */
function isNumbered(tokens: readonly Token[], from: number): boolean {
  return ['(', ','].includes(tokens[from]?.text ?? '') && ['MRN', 'DOB', 'SSN'].includes(tokens[from + 1]?.text ?? '');
}

function isDegree(tokens: readonly Token[], from: number): boolean {
  const at = tokens[from]?.text === ',' ? from + 1 : from;
  const dotted = ['M', '.', 'D'].every((text, step) => tokens[at + step]?.text === text);
  return dotted || degrees.has(tokens[at]?.text ?? '');
}

function identifierOf(tokens: readonly Token[], { begin, end }: TokenSpan, score: number): Identifier {
  return { type: 'NAME', score, begin: tokens[begin]?.begin ?? 0, end: tokens[end - 1]?.end ?? 0 };
}
