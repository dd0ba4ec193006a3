/**
 * Many phrases looked for at once: a trie over tokens. A step costs one look-up, and a phrase has at most
 * {@link maxPhraseTokens} tokens, so that time grows with the text alone, whatever the number of phrases.
 */
import type { Token } from './tokens.ts';
import { isJoiningHyphen, tokensOf } from './tokens.ts';

/** Names of clinical concepts are shorter; without a bound a line of a lexicon would be the bound. */
export const maxPhraseTokens = 12;

interface Node<Value> {
  readonly next: Map<string, Node<Value>>;
  values?: Value[];
}

export interface PhraseMatch<Value> {
  /** Positions of tokens; `end` is exclusive. */
  readonly begin: number;
  readonly end: number;
  /** What the phrase stands for, in the order in which it was added. */
  readonly values: readonly Value[];
}

/** A set of phrases; those of equal words are one, with several values. */
export interface Phrases<Value> {
  /** @throws RangeError when the phrase has no words or too many */
  add(phrase: string, value: Value): void;
  /** The longest phrase that begins at the token and has a value that is accepted. */
  longestAt(tokens: readonly Token[], at: number, accepts?: Accepts<Value>): PhraseMatch<Value> | undefined;
}

/** Whether a phrase counts in the tokens that it matched. */
export type Accepts<Value> = (value: Value, match: readonly Token[]) => boolean;

export function phrases<Value>(): Phrases<Value> {
  const root: Node<Value> = { next: new Map() };
  return {
    add(phrase, value) {
      const forms = tokensOf(phrase).filter((token, at, all) => token.kind !== 'line-end' && !isJoiningHyphen(all, at));
      const fits = forms.length > 0 && forms.length <= maxPhraseTokens;
      if (!fits) throw new RangeError(`A phrase has 1 to ${maxPhraseTokens} words`);
      let node = root;
      for (const { form } of forms) {
        const following: Node<Value> = node.next.get(form) ?? { next: new Map() };
        node.next.set(form, following);
        node = following;
      }
      (node.values ??= []).push(value);
    },
    longestAt(tokens, at, accepts = () => true) {
      let node: Node<Value> | undefined = root;
      let found: PhraseMatch<Value> | undefined;
      for (let position = at; position < tokens.length && node !== undefined; position += 1) {
        if (position > at && isJoiningHyphen(tokens, position)) continue;
        node = step(node, tokens[position]);
        const matched = node?.values?.filter((value) => accepts(value, tokens.slice(at, position + 1))) ?? [];
        if (matched.length > 0) found = { begin: at, end: position + 1, values: matched };
      }
      return found;
    },
  };
}

function step<Value>(node: Node<Value>, token: Token | undefined): Node<Value> | undefined {
  return token === undefined || token.kind === 'line-end' ? undefined : node.next.get(token.form);
}
