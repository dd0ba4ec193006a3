/** Lexicons made ready: all their terms in one trie. */
import type { PhraseMatch, Phrases } from '../phrases.ts';
import { phrases } from '../phrases.ts';
import type { Token } from '../tokens.ts';
import { anatomy } from './anatomy.ts';
import { diagnoses } from './diagnoses.ts';
import type { LexiconEntry } from './entry.ts';
import { findings } from './findings.ts';
import { parseLexicon } from './format.ts';
import { medications } from './medications.ts';
import { moreDiagnoses } from './more-diagnoses.ts';
import { testsAndProcedures } from './tests-and-procedures.ts';

/** How a concept was named; the less of a name there is, the more else it may mean. */
export type TermForm = 'name' | 'synonym' | 'brand' | 'abbreviation';

export interface Term {
  readonly entry: LexiconEntry;
  readonly form: TermForm;
  /** As the lexicon has it. */
  readonly written: string;
}

export interface Lexicon {
  /** The longest term that begins at the token; of equal ones that which was added first. */
  termAt(tokens: readonly Token[], at: number): { readonly term: Term; readonly match: PhraseMatch<Term> } | undefined;
}

/** The sample that comes with Caldera. */
export const sampleLexicons: readonly string[] = [diagnoses, moreDiagnoses, findings, medications, testsAndProcedures, anatomy];

let sample: readonly LexiconEntry[] | undefined;

/**
 * A lexicon of the sample and entries of the user's own, which go first: a term that both have is theirs.
 * @param own entries without problems
 */
export function lexiconOf(own: readonly LexiconEntry[] = []): Lexicon {
  sample ??= sampleLexicons.flatMap((text) => parseLexicon(text).entries);
  const trie = phrases<Term>();
  for (const entry of [...own, ...sample]) addEntry(trie, entry);
  return {
    termAt(tokens, at) {
      const match = trie.longestAt(tokens, at, isWrittenSo);
      const term = match?.values[0];
      return match === undefined || term === undefined ? undefined : { term, match };
    },
  };
}

function addEntry(trie: Phrases<Term>, entry: LexiconEntry): void {
  for (const [index, written] of entry.terms.entries()) {
    const full = index === 0 ? 'name' : 'synonym';
    trie.add(written, { entry, written, form: isAbbreviation(written) ? 'abbreviation' : full });
  }
  for (const written of entry.brands) trie.add(written, { entry, written, form: 'brand' });
}

function isAbbreviation(term: string): boolean {
  return term === term.toUpperCase() && /[A-Z]/.test(term);
}

/** An abbreviation counts in capitals alone: `MS` is not a title, `IT` no pronoun. */
function isWrittenSo({ form }: Term, tokens: readonly Token[]): boolean {
  return form !== 'abbreviation' || tokens.every(({ text }) => text === text.toUpperCase());
}
