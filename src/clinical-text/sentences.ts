/** The sentences of a note, with the section each stands in. What a sentence says is read without its neighbours. */
import type { Section } from './sections.ts';
import { headingOf } from './sections.ts';
import type { Token } from './tokens.ts';
import { tokensOf } from './tokens.ts';

/**
 * A text without full stops is cut here, so that the work for a sentence is bounded. Longer ones occur in lists of values, where
 * nothing of the beginning holds at the end.
 */
export const maxSentenceTokens = 200;

/** What is said in front of a list holds for its items; a lead longer than this is a sentence of its own. */
const maxLeadTokens = 20;

/** Labels of lines, such as the organs in a review of systems, are not longer. */
const maxLabelTokens = 8;

/** From this length on, a line without punctuation at its end was broken by its margin. */
const marginCharacters = 60;

export interface Sentence {
  readonly section: Section;
  /** In the order of the text, without ends of lines. */
  readonly tokens: readonly Token[];
  /** What introduces the list that this is an item of: `Denies:` in front of lines of symptoms. */
  readonly lead: readonly Token[];
}

interface Line {
  readonly tokens: readonly Token[];
  readonly bulleted: boolean;
  readonly blank: boolean;
}

const bullets = '-\u2013\u2014*\u2022\u00b7\u25cf\u25aa\u25e6>';
/** Words whose full stop ends no sentence. */
const abbreviations = new Set([
  'dr', 'mr', 'mrs', 'ms', 'prof', 'st', 'vs', 'approx', 'no', 'pt', 'hx', 'fig', 'inc', 'jr', 'sr', 'tab', 'cap', 'mg', 'ml',
  'mcg', 'min',
]);

/** Reads a note's sentences, in its order. */
export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let standing: Section = 'other';
  let section: Section = 'other';
  let open: Token[] = [];
  let lead: readonly Token[] = [];
  const close = (): void => {
    for (const tokens of split(open)) sentences.push({ section, tokens, lead });
    if (open.at(-1)?.text === ':' && open.length <= maxLeadTokens) lead = open;
    open = [];
  };
  let before: Line | undefined;
  for (const line of linesOf(text)) {
    const heading = line.blank ? undefined : headingOf(line.tokens, line.bulleted);
    if (heading !== undefined || line.blank || !continues(before, line)) close();
    if (!line.bulleted && !line.blank && !continues(before, line)) lead = [];
    if (line.blank) section = standing;
    if (heading !== undefined) {
      section = heading.section;
      if (!heading.inline) standing = section;
      lead = [];
    }
    open.push(...line.tokens.slice(heading?.length ?? 0));
    before = line;
  }
  close();
  return sentences;
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let tokens: Token[] = [];
  const end = (): void => {
    const marker = bulletLength(tokens);
    lines.push({ tokens: tokens.slice(marker), bulleted: marker > 0, blank: tokens.length === 0 });
    tokens = [];
  };
  for (const token of tokensOf(text)) {
    if (token.kind === 'line-end') end();
    else tokens.push(token);
  }
  end();
  return lines;
}

/** `- `, `• `, `2. `, `3) `: how many tokens of the line are its bullet. */
function bulletLength([first, second, third]: readonly Token[]): number {
  if (first === undefined || second === undefined) return 0;
  if (first.kind === 'mark' && bullets.includes(first.text)) return 1;
  const numbered = first.kind === 'number' && first.text.length <= 2 && '.)'.includes(second.text) && !second.apart;
  return numbered && third?.apart === true ? 2 : 0;
}

/** The line goes on where the one before was broken: by a margin, or in the middle of a sentence. */
function continues(before: Line | undefined, line: Line): boolean {
  const last = before?.tokens.at(-1);
  const first = line.tokens[0];
  if (before === undefined || last === undefined || first === undefined || line.bulleted) return false;
  if ('.:;?!'.includes(last.text) || isLabelled(line)) return false;
  const length = last.end - (before.tokens[0]?.begin ?? last.end);
  return first.kind === 'word' && (first.text === first.text.toLowerCase() || length >= marginCharacters);
}

/** `Respiratory: …`: a label begins a line of its own. */
function isLabelled({ tokens }: Line): boolean {
  const colon = tokens.findIndex(({ text }) => text === ':');
  return colon > 0 && colon <= maxLabelTokens && tokens[0]?.text !== tokens[0]?.text.toLowerCase();
}

function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: (readonly Token[])[] = [];
  let begin = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    if (!endsAt(tokens, at) && at - begin + 1 < maxSentenceTokens) continue;
    parts.push(tokens.slice(begin, at + 1));
    begin = at + 1;
  }
  if (begin < tokens.length) parts.push(tokens.slice(begin));
  return parts;
}

function endsAt(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const next = tokens[at + 1];
  if (token === undefined || next === undefined || token.kind !== 'mark' || !next.apart) return false;
  // `? UTI` doubts what follows.
  if (token.text === '?') return !isOpening(tokens[at - 1]);
  if (token.text === '!') return true;
  if (token.text !== '.') return false;
  const last = tokens[at - 1];
  const abbreviated = last?.kind === 'word' && (abbreviations.has(last.text.toLowerCase()) || last.text.length === 1);
  if (abbreviated) return isNewStatement(last, next);
  return next.kind !== 'word' || next.text !== next.text.toLowerCase() || (last?.text.length ?? 0) > 3;
}

function isOpening(before: Token | undefined): boolean {
  return before === undefined || '):;,-.'.includes(before.text);
}

/** Behind `mg.` or `b.i.d.` a sentence may end too; behind `Dr.` or an initial a name goes on. */
function isNewStatement(last: Token, next: Token): boolean {
  const dosage = [
    'mg', 'ml', 'mcg', 'tab', 'cap', 'min', 'd', 'h', 'o',
  ].includes(last.text.toLowerCase()) && last.text === last.text.toLowerCase();
  return dosage && next.kind === 'word' && next.text !== next.text.toLowerCase();
}
