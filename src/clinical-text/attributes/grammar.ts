/** Amounts, and phrases of a closed list, read from tokens: what the grammars of medications and measurements share. */
import type { AttributeType } from '../../ports/clinical-nlp.ts';
import type { Phrases } from '../phrases.ts';
import { phrases } from '../phrases.ts';
import type { Token } from '../tokens.ts';

/** An attribute of an entity: which tokens of the sentence, and what they say. */
export interface FoundAttribute {
  readonly type: AttributeType;
  readonly begin: number;
  readonly end: number;
}

const numberWords = new Set([
  'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'twelve', 'half', 'a', 'an',
]);
const spelledNumbers = new Set([...numberWords].filter((word) => word !== 'a' && word !== 'an'));

/** The end of a number at the token: `5`, `1.5`, `1/2`, `4-6`, `1 to 2`, `two`; `undefined` where there is none. */
export function amountEnd(tokens: readonly Token[], at: number): number | undefined {
  const first = tokens[at];
  if (first === undefined || (first.kind !== 'number' && !spelledNumbers.has(first.form))) return undefined;
  const joint = tokens[at + 1]?.text.toLowerCase();
  const second = tokens[at + 2];
  const joins = joint !== undefined && ['-', '/', 'to', 'or', '\u2013'].includes(joint);
  return joins && second !== undefined && (second.kind === 'number' || spelledNumbers.has(second.form)) ? at + 3 : at + 1;
}

/** A set of phrases of equal meaning. */
export function phraseSet(list: readonly string[]): Phrases<true> {
  const set = phrases<true>();
  for (const phrase of list) set.add(phrase, true);
  return set;
}

/** The end of the longest of the phrases at the token. */
export function phraseEnd(set: Phrases<true>, tokens: readonly Token[], at: number): number | undefined {
  return set.longestAt(tokens, at)?.end;
}

/** The end of an amount and a unit behind it. */
export function quantityEnd(units: Phrases<true>, tokens: readonly Token[], at: number): number | undefined {
  const amount = amountEnd(tokens, at);
  return amount === undefined ? undefined : phraseEnd(units, tokens, tokens[amount]?.text === '-' ? amount + 1 : amount);
}
