/** Words that tell who somebody is. */
import type { EntityType } from '../../ports/clinical-nlp.ts';
import type { Token } from '../tokens.ts';

export interface Identifier {
  readonly type: EntityType;
  readonly score: number;
  /** In UTF-16 code units of the text; `end` is exclusive. */
  readonly begin: number;
  readonly end: number;
}

/** Positions of tokens; `end` is exclusive. */
export interface TokenSpan {
  readonly begin: number;
  readonly end: number;
}

/** The token is a number of so many digits. */
export function isDigits(token: Token | undefined, least: number, most: number): boolean {
  return token?.kind === 'number' && token.text.length >= least && token.text.length <= most && /^\d+$/.test(token.text);
}

/** A word that begins with a capital and goes on in small letters, or an apostrophe or second capital within: `O'Neil`. */
export function isCapitalized(token: Token | undefined): boolean {
  return token?.kind === 'word' && /^\p{Lu}[\p{L}\p{M}'\u2019]*\p{Ll}[\p{L}\p{M}'\u2019]*$/u.test(token.text);
}
