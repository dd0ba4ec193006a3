/** Dates more exact than a year, and ages over 89. */
import type { Token } from '../tokens.ts';
import { months } from './patterns.ts';
import type { TokenSpan } from './span.ts';
import { isDigits } from './span.ts';

/** Ages up to this identify nobody by themselves (45 CFR 164.514(b)(2)(i)(C)). */
const lastCommonAge = 89;
/** Nobody is older; beyond it a number is no age. */
const greatestAge = 125;

/** `03/22/2021`, `2021-03-22`, `3/22`, `March 22, 2021`, `22 March`, `March 2021`. */
export function dateEnd(tokens: readonly Token[], at: number): TokenSpan | undefined {
  const end = numericDateEnd(tokens, at) ?? namedDateEnd(tokens, at);
  return end === undefined ? undefined : { begin: at, end };
}

function numericDateEnd(tokens: readonly Token[], at: number): number | undefined {
  const [first, mark, second, again, third] = [0, 1, 2, 3, 4].map((step) => tokens[at + step]);
  const joined = mark !== undefined && ['/', '-'].includes(mark.text) && !mark.apart && second?.apart === false;
  if (!joined || tokens[at - 1]?.text === mark.text) return undefined;
  const whole = again?.text === mark.text && third?.apart === false;
  if (whole && isDigits(first, 4, 4) && isMonth(second) && isDay(third)) return at + 5;
  if (whole && isMonth(first) && isDay(second) && (isDigits(third, 4, 4) || isDigits(third, 2, 2))) return at + 5;
  const short = mark.text === '/' && isMonth(first) && isDay(second) && again?.text !== '/' && isDated(tokens, at);
  if (short) return at + 3;
  return mark.text === '/' && isMonth(first) && isYear(second) && again?.text !== '/' ? at + 3 : undefined;
}

/** A fraction is not taken for a day: `3/22` is one behind a preposition of time alone. */
function isDated(tokens: readonly Token[], at: number): boolean {
  return ['on', 'since', 'dated', 'until', 'by'].includes(tokens[at - 1]?.form ?? '');
}

function namedDateEnd(tokens: readonly Token[], at: number): number | undefined {
  const first = tokens[at];
  if (isDay(first) && isMonthName(tokens[at + 1])) return isYear(tokens[at + 2]) ? at + 3 : at + 2;
  if (!isMonthName(first)) return undefined;
  const day = tokens[at + 1]?.text === '.' ? at + 2 : at + 1;
  if (isYear(tokens[day])) return day + 1;
  if (!isDay(tokens[day])) return undefined;
  const ordinal = ['st', 'nd', 'rd', 'th'].includes(tokens[day + 1]?.form ?? '') ? day + 2 : day + 1;
  const year = tokens[ordinal]?.text === ',' ? ordinal + 1 : ordinal;
  return isYear(tokens[year]) ? year + 1 : ordinal;
}

function isMonth(token: Token | undefined): boolean {
  return isDigits(token, 1, 2) && Number(token?.text) >= 1 && Number(token?.text) <= 12;
}

function isDay(token: Token | undefined): boolean {
  return isDigits(token, 1, 2) && Number(token?.text) >= 1 && Number(token?.text) <= 31;
}

function isYear(token: Token | undefined): boolean {
  return isDigits(token, 4, 4) && Number(token?.text) >= 1900 && Number(token?.text) <= 2100;
}

/** `may` and `march` are verbs too: a month has a capital. */
function isMonthName(token: Token | undefined): boolean {
  return token?.kind === 'word' && months.has(token.text.toLowerCase()) && /^\p{Lu}/u.test(token.text);
}

/** `93-year-old`, `aged 91`, `age: 90`: the number alone is the identifier. */
export function ageEnd(tokens: readonly Token[], at: number): TokenSpan | undefined {
  const age = tokens[at];
  if (!isDigits(age, 2, 3) || Number(age?.text) <= lastCommonAge || Number(age?.text) > greatestAge) return undefined;
  const next = tokens.slice(at + 1, at + 5).filter(({ text }) => text !== '-').map(({ form }) => form);
  const behind = ([
    'year', 'yr', 'y'].includes(next[0] ?? '') && ['old', 'o', '/'].includes(next[1] ?? '')) || ['yo', 'y',
  ].includes(next[0] ?? '');
  const before = tokens.slice(Math.max(0, at - 2), at).some(({ form }) => form === 'age' || form === 'aged');
  return behind || before ? { begin: at, end: at + 1 } : undefined;
}
