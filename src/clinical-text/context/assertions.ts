/**
 * What a sentence says of the entities in it, by the rules of ConText (Harkema et al., J Biomed Inform 2009;42:839-851), which
 * are those of NegEx (Chapman et al., J Biomed Inform 2001;34:301-310) for more than negation: words open a scope, other words
 * end it, and what looks like such a word and is none is passed over.
 */
import type { Section } from '../sections.ts';
import type { Sentence } from '../sentences.ts';
import type { Cue, End, Trigger } from './cues.ts';
import { cuesOf } from './cues.ts';
import { isOfTaking } from './taking.ts';
import type { Modifier } from './triggers.ts';

/** What an entity is, as far as it decides which modifiers can be said of it. */
export type Domain = 'anatomy' | 'condition' | 'drug' | 'habit' | 'procedure' | 'substance' | 'test';

const applicable: Readonly<Record<Domain, ReadonlySet<Modifier>>> = {
  anatomy: new Set(),
  condition: new Set(['negated', 'uncertain', 'hypothetical', 'indication', 'past', 'family']),
  drug: new Set(['negated', 'withheld', 'hypothetical', 'stopped', 'allergy', 'tolerated', 'family']),
  habit: new Set(['negated', 'past', 'family']),
  procedure: new Set(['negated', 'hypothetical', 'past', 'future', 'family']),
  substance: new Set(['negated', 'allergy', 'tolerated', 'family']),
  test: new Set(['future', 'hypothetical']),
};

/** What a heading says of everything below it. */
const bySection: Readonly<Partial<Record<Section, readonly Modifier[]>>> = {
  'family-history': ['family'],
  'past-history': ['past'],
  'surgical-history': ['past'],
  allergies: ['allergy'],
};

/** A heading is farther away than any word of the sentence. */
const sectionCertainty = 0.8;
/** The nearer the words the surer; each token between takes a hundredth, down to a floor. */
const nearestCertainty = 0.97;
const certaintyStep = 0.01;
const leastCertainty = 0.6;
/** Words at the end of a sentence, such as `: denied`, reach back so far. */
const backwardReach = 10;

/** Tokens of a sentence that are an entity. */
export interface EntitySpan {
  readonly begin: number;
  readonly end: number;
  readonly domain: Domain;
  /** A drug with how often: wherever it stands, it is taken. */
  readonly taken?: boolean;
}

/** What is said of an entity, and how sure that is, from 0 to 1. */
export type Assertion = ReadonlyMap<Modifier, number>;

interface Scope {
  readonly begin: number;
  readonly end: number;
}

/** The assertions on each span, in their order. */
export function assertionsOf(sentence: Sentence, spans: readonly EntitySpan[]): readonly Assertion[] {
  const shift = sentence.lead.length;
  const tokens = [...sentence.lead, ...sentence.tokens];
  const placed = spans.map((span) => ({ ...span, begin: span.begin + shift, end: span.end + shift }));
  const taken = new Set(placed.flatMap(({ begin, end }) => Array.from({ length: end - begin }, (_, index) => begin + index)));
  const cues = cuesOf(tokens, (at) => taken.has(at));
  const statesTaking = isOfTaking(sentence.tokens);
  const said = placed.map((span) => fromSection(sentence.section, span, statesTaking));
  const full = tokens.at(-1)?.text === '.';
  for (const { cue, trigger } of cues.flatMap((cue) => cue.triggers.map((trigger) => ({ cue, trigger })))) {
    const opening = { cue, trigger, cues, length: full ? tokens.length - 1 : tokens.length };
    const scopes = { drug: scopeOf({ ...opening, drug: true }), other: scopeOf({ ...opening, drug: false }) };
    for (const [index, span] of placed.entries()) {
      const scope = span.domain === 'drug' ? scopes.drug : scopes.other;
      const applies = applicable[span.domain].has(trigger.modifier) && span.begin >= scope.begin && span.end <= scope.end;
      if (applies) strengthen(said[index], trigger.modifier, Math.max(span.begin - cue.end, cue.begin - span.end));
    }
  }
  for (const modifiers of said) if (modifiers.has('tolerated')) modifiers.delete('allergy');
  return said;
}

function strengthen(said: Map<Modifier, number> | undefined, modifier: Modifier, distance: number): void {
  const certainty = Math.max(leastCertainty, nearestCertainty - certaintyStep * distance);
  said?.set(modifier, Math.max(certainty, said.get(modifier) ?? 0));
}

function fromSection(section: Section, { domain, taken = false }: EntitySpan, statesTaking: boolean): Map<Modifier, number> {
  // Below a heading of allergies a note may go on without another.
  const isTaken = domain === 'drug' && (taken || statesTaking);
  const modifiers = (bySection[section] ?? []).filter((modifier) => applicable[domain].has(modifier) && !(modifier === 'allergy' && isTaken));
  return new Map(modifiers.map((modifier) => [modifier, sectionCertainty]));
}

interface Opening {
  readonly cue: Cue;
  readonly trigger: Trigger;
  readonly cues: readonly Cue[];
  /** Of the sentence without its full stop, in tokens. */
  readonly length: number;
  readonly drug: boolean;
}

const nowhere: Scope = { begin: 0, end: 0 };

/** The tokens that a trigger reaches. */
function scopeOf(opening: Opening): Scope {
  const { cue, trigger, length } = opening;
  const atEnd = cue.end >= length;
  if (trigger.direction === 'first' && cue.begin > 0) return nowhere;
  const backward = trigger.direction === 'backward' || (trigger.direction === 'last' && atEnd);
  return backward ? backwardScope(opening) : forwardScope(opening);
}

function forwardScope({ cue, trigger, cues, length, drug }: Opening): Scope {
  const most = Math.min(length, cue.end + (trigger.reach ?? length));
  const stop = cues.find(({ begin, ends }) => begin >= cue.end && doesEnd(ends, trigger.modifier, drug));
  return { begin: cue.end, end: Math.min(most, stop?.begin ?? most) };
}

function backwardScope({ cue, trigger, cues, drug }: Opening): Scope {
  const before = cues.filter(({ end }) => end <= cue.begin);
  if (trigger.modifier === 'past' && before.some(({ onset }) => onset)) return nowhere;
  const stop = before.findLast(({ ends }) => doesEnd(ends, trigger.modifier, drug));
  return { begin: Math.max(0, cue.begin - (trigger.reach ?? backwardReach), stop?.end ?? 0), end: cue.begin };
}

function doesEnd(ends: readonly End[], modifier: Modifier, drug: boolean): boolean {
  return ends.some((end) => {
    if (end === 'all') return true;
    if (end === 'what a cause has not') return modifier !== 'family' && modifier !== 'uncertain';
    if (end === 'not family') return modifier !== 'family';
    if (end === 'family') return modifier === 'family';
    return modifier === 'negated' && (end === 'negation' || drug);
  });
}
