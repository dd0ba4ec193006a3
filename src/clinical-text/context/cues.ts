/** Where the words of `triggers.ts` stand in a sentence. */
import type { PhraseMatch, Phrases } from '../phrases.ts';
import { phrases } from '../phrases.ts';
import type { Token } from '../tokens.ts';
import {
  causes, drugNegationTerminators, familyContinues, familyTerminators, negationContinues, negationTerminators, onsets, pseudoTriggers,
  terminators,
} from './boundaries.ts';
import { familyBackward, familyForward, relativeDeeds, relatives, relativeVerbs } from './relatives.ts';
import type { Direction, Modifier } from './triggers.ts';
import { triggerLists } from './triggers.ts';

export interface Trigger {
  readonly modifier: Modifier;
  readonly direction: Direction;
  /** In tokens; without it to the end of the sentence. */
  readonly reach?: number;
}

/** Which scopes the words end. */
export type End = 'all' | 'what a cause has not' | 'drug negation' | 'family' | 'negation' | 'not family';

/** What the words at a place mean; of a pseudo-trigger nothing. */
export interface Cue {
  readonly begin: number;
  readonly end: number;
  readonly triggers: readonly Trigger[];
  readonly ends: readonly End[];
  /** They tell since when something lasts. */
  readonly onset: boolean;
}

type Meaning = Trigger | { readonly end: End } | 'onset' | 'pseudo';

const whose = [
  '', 'her ', 'his ', 'the ', 'a ', 'maternal ', 'paternal ', 'my ', 'both ', 'her maternal ', 'his maternal ',
  'her paternal ', 'his paternal ',
];
const sides = ['mother', 'father', 'maternal', 'paternal'];

let made: Phrases<Meaning> | undefined;

/** All words of the lists, put together when they are first asked for: whoever only loads this file does not pay for it. */
function meanings(): Phrases<Meaning> {
  if (made !== undefined) return made;
  const all = phrases<Meaning>();
  const mean = (meaning: Meaning, words: readonly string[]): void => {
    for (const phrase of words) all.add(phrase, meaning);
  };
  for (const { phrases: words, ...trigger } of triggerLists) mean(trigger, words);
  mean('pseudo', pseudoTriggers);
  mean('pseudo', negationContinues);
  mean('onset', onsets);
  mean({ end: 'all' }, terminators.filter((words) => !familyContinues.includes(words)));
  mean({ end: 'not family' }, familyContinues);
  mean({ end: 'what a cause has not' }, causes);
  mean({ end: 'negation' }, negationTerminators);
  mean({ end: 'drug negation' }, drugNegationTerminators);
  mean({ end: 'family' }, familyTerminators);
  addRelatives(mean);
  made = all;
  return all;
}

function addRelatives(mean: (meaning: Meaning, words: readonly string[]) => void): void {
  mean({ modifier: 'family', direction: 'forward' }, familyForward);
  mean({ modifier: 'family', direction: 'backward' }, familyBackward);
  for (const relative of relatives) {
    mean({ modifier: 'family', direction: 'forward' }, relativeVerbs.map((verb) => `${relative} ${verb}`));
    mean({ modifier: 'family', direction: 'backward', reach: 8 }, whose.map((word) => `in ${word}${relative}`));
    mean('pseudo', relativeDeeds.map((deed) => `${relative} ${deed}`));
  }
  for (const side of sides) {
    mean({ modifier: 'family', direction: 'backward' }, ['', 'her ', 'his ', 'the '].map((word) => `on ${word}${side} side`));
  }
}

/**
 * The cues of a sentence, in its order, the longest at each place.
 * @param isTaken tokens of entities: the loss in `weight loss` says nothing of what follows, and in `no known allergies` only the
 *   first word is a cue
 */
export function cuesOf(tokens: readonly Token[], isTaken: (at: number) => boolean): readonly Cue[] {
  const cues: Cue[] = [];
  for (let begin = 0; begin < tokens.length; begin += 1) {
    let end = begin;
    while (end < tokens.length && !isTaken(end)) end += 1;
    const between = tokens.slice(begin, end);
    for (let at = 0; at < between.length;) {
      const match = meanings().longestAt(between, at) ?? ofNamedRelative(between, at);
      if (match !== undefined) cues.push(cueOf({ ...match, begin: begin + match.begin, end: begin + match.end }));
      at = match?.end ?? at + 1;
    }
    begin = end;
  }
  return cues;
}

/** `brother Tom had`, `wife, Anna Klein, 45, has`: name and age say nothing. */
function ofNamedRelative(tokens: readonly Token[], at: number): PhraseMatch<Meaning> | undefined {
  if (!relatives.includes(tokens[at]?.form ?? '')) return undefined;
  let end = at + 1;
  while (end < tokens.length && end <= at + maxNameTokens && isOfName(tokens[end])) end += 1;
  const [relative, ...behind] = [tokens[at], ...tokens.slice(end)];
  if (relative === undefined || end === at + 1) return undefined;
  const match = meanings().longestAt([relative, ...behind], 0);
  return match && { ...match, begin: at, end: end + match.end - 1 };
}

/** A first and a last name and an age, with commas around them. */
const maxNameTokens = 6;

function isOfName(token: Token | undefined): boolean {
  return token !== undefined && (token.text === ',' || token.kind === 'number' || (token.kind === 'word' && /^\p{Lu}\p{Ll}/u.test(token.text)));
}

function cueOf({ begin, end, values }: PhraseMatch<Meaning>): Cue {
  const cue = { begin, end };
  if (values.includes('pseudo')) return { ...cue, triggers: [], ends: [], onset: false };
  const said = values.filter((value) => typeof value !== 'string');
  return {
    ...cue,
    triggers: said.filter((value) => 'modifier' in value),
    ends: said.flatMap((value) => 'end' in value ? [value.end] : []),
    onset: values.includes('onset'),
  };
}
