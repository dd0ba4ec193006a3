/** Reads a note: what is named in it, what is said of that, and the words beside it that belong to it. */
import type { Trait, TraitName } from '../ports/clinical-nlp.ts';
import type { FoundAttribute } from './attributes/grammar.ts';
import { measurementOf } from './attributes/measurement.ts';
import { sigOf } from './attributes/sig.ts';
import type { Place } from './attributes/site.ts';
import { sitesOf } from './attributes/site.ts';
import type { Assertion, Domain, EntitySpan } from './context/assertions.ts';
import { assertionsOf } from './context/assertions.ts';
import type { Modifier } from './context/triggers.ts';
import type { Kind } from './lexicon/entry.ts';
import { kinds } from './lexicon/entry.ts';
import type { Lexicon, Term, TermForm } from './lexicon/lexicon.ts';
import type { Section } from './sections.ts';
import type { Sentence } from './sentences.ts';
import { sentencesOf } from './sentences.ts';
import type { Token } from './tokens.ts';

/** Places are in UTF-16 code units of the text. */
export interface AnnotatedAttribute {
  readonly type: FoundAttribute['type'];
  readonly begin: number;
  readonly end: number;
}

export interface Annotation {
  readonly term: Term;
  readonly begin: number;
  readonly end: number;
  /** How sure it is that the words mean the concept, from 0 to 1. */
  readonly score: number;
  readonly traits: readonly Trait[];
  readonly attributes: readonly AnnotatedAttribute[];
  /** It is what somebody does not tolerate, rather than what they take. */
  readonly allergen: boolean;
}

/** The less of a name is written, the more else it may mean. */
const scores: Readonly<Record<TermForm, number>> = { name: 0.98, brand: 0.97, synonym: 0.95, abbreviation: 0.85 };

const domains: Readonly<Record<Kind, Domain>> = {
  diagnosis: 'condition',
  symptom: 'condition',
  sign: 'condition',
  medication: 'drug',
  test: 'test',
  measurement: 'test',
  procedure: 'procedure',
  treatment: 'procedure',
  anatomy: 'anatomy',
  allergen: 'substance',
  tobacco: 'habit',
  alcohol: 'habit',
  'recreational drug': 'habit',
  ignored: 'anatomy',
};

const traitOf: Readonly<Record<Exclude<Modifier, 'allergy'>, TraitName>> = {
  family: 'PERTAINS_TO_FAMILY',
  future: 'FUTURE',
  hypothetical: 'HYPOTHETICAL',
  indication: 'HYPOTHETICAL',
  negated: 'NEGATION',
  past: 'PAST_HISTORY',
  stopped: 'PAST_HISTORY',
  tolerated: 'NEGATION',
  uncertain: 'LOW_CONFIDENCE',
  withheld: 'NEGATION',
};

/** Sections in which a finding is the examiner's, and those in which it is the patient's own word. */
const findingSections: ReadonlySet<Section> = new Set(['examination', 'vitals', 'results']);
const tellingSections: ReadonlySet<Section> = new Set(['chief-complaint', 'present-illness', 'review-of-systems']);
/** A trait that the heading decides is less sure than one that the concept has of itself. */
const conceptTraitScore = 0.9;
const headingTraitScore = 0.8;

interface Match extends EntitySpan {
  readonly term: Term;
}

/** The annotations of a text, in its order. */
export function annotate(text: string, lexicon: Lexicon): readonly Annotation[] {
  return sentencesOf(text).flatMap((sentence) => annotateSentence(sentence, lexicon));
}

function annotateSentence(sentence: Sentence, lexicon: Lexicon): readonly Annotation[] {
  const { tokens } = sentence;
  const matches = matchesIn(tokens, lexicon);
  const attributes = attributesOf(tokens, matches);
  const kept = matches.filter((match) => counts(match, attributes.get(match)));
  const assertions = assertionsOf(sentence, kept.map((match) => ({ ...match, taken: (attributes.get(match) ?? []).some(({ type }) => type === 'FREQUENCY') })));
  const isAllergen = (match: Match): boolean => assertions[kept.indexOf(match)]?.has('allergy') === true;
  return kept.map((match, index) => {
    const assertion = assertions[index] ?? new Map<Modifier, number>();
    return {
      term: match.term,
      ...placeOf(tokens, match),
      score: scores[match.term.form],
      traits: traitsOf(match.term, sentence.section, assertion),
      attributes: (attributes.get(match) ?? []).map(({ type, begin, end }) => ({ type, ...placeOf(tokens, { begin, end }) })),
      allergen: assertion.has('allergy'),
      reaction: match.domain === 'condition' && isReaction(tokens, match, kept.filter(isAllergen)),
    };
  }).filter((annotation) => !annotation.reaction && isMeant(annotation, sentence.section)).map(({ reaction: _, ...annotation }) => annotation);
}

/** What the lexicon passes over does not count, nor an everyday word without a value. */
function counts({ term }: Match, attributes: readonly FoundAttribute[] = []): boolean {
  if (term.entry.kind === 'ignored') return false;
  return term.entry.kind !== 'measurement' || attributes.length > 0;
}

/**
 * Milk is only worth a word where it is not tolerated; and a rash among the allergies is what a drug once did, not what the
 * patient has.
 */
function isMeant({ term, allergen, traits }: Annotation, section: Section): boolean {
  const { kind } = term.entry;
  if (kind === 'sign' || kind === 'symptom') return section !== 'allergies';
  return kind !== 'allergen' || allergen || traits.length > 0;
}

/** `PCN (hives)`, `shellfish - anaphylaxis`: what an allergen once did. */
function isReaction(tokens: readonly Token[], { begin }: Match, allergens: readonly Match[]): boolean {
  const opening = tokens[begin - 1]?.text ?? '';
  return ['(', '-', '\u2013', '\u2014', ':', ','].includes(opening) && allergens.some(({ end }) => end === begin - 1);
}

function matchesIn(tokens: readonly Token[], lexicon: Lexicon): readonly Match[] {
  const matches: Match[] = [];
  for (let at = 0; at < tokens.length;) {
    const found = tokens[at]?.kind === 'mark' ? undefined : lexicon.termAt(tokens, at);
    if (found === undefined) {
      at += 1;
      continue;
    }
    const { begin, end } = found.match;
    matches.push({ begin, end, term: found.term, domain: domains[found.term.entry.kind] });
    at = end;
  }
  return matches;
}

function attributesOf(tokens: readonly Token[], matches: readonly Match[]): ReadonlyMap<Match, readonly FoundAttribute[]> {
  const sites = matches.filter(({ term }) => term.entry.kind === 'anatomy');
  const found = new Map<Match, readonly FoundAttribute[]>();
  let after = 0;
  for (const [index, match] of matches.entries()) {
    const { kind } = match.term.entry;
    const before = matches[index + 1]?.begin ?? tokens.length;
    if (match.domain === 'condition') found.set(match, sitesOf(tokens, match, sites));
    if (kind === 'anatomy') found.set(match, sitesOf(tokens, match, []));
    if (match.domain === 'test') found.set(match, measurementOf(tokens, { ...match, before, length: kind === 'measurement' }));
    if (match.domain !== 'drug') continue;
    const next = matches.find(({ begin, domain }) => begin >= match.end && domain === 'drug')?.begin ?? tokens.length;
    const sig = sigOf(tokens, { ...match, after, before: next });
    found.set(match, sig);
    after = Math.max(match.end, sig.at(-1)?.end ?? 0);
  }
  return found;
}

function traitsOf({ entry }: Term, section: Section, assertion: Assertion): readonly Trait[] {
  const traits = new Map<TraitName, number>();
  const kind = kinds[entry.kind];
  if ('trait' in kind) {
    const own = kind.trait === 'DIAGNOSIS' ? kind.trait : findingTrait(kind.trait, section);
    traits.set(own, own === kind.trait ? conceptTraitScore : headingTraitScore);
  }
  for (const [modifier, certainty] of assertion) {
    // Who has a drug for migraine has migraine; who has one for pain may have none.
    const isSaid = modifier !== 'allergy' && !(modifier === 'indication' && entry.kind === 'diagnosis');
    const name = isSaid ? traitOf[modifier] : undefined;
    if (name !== undefined) traits.set(name, Math.max(certainty, traits.get(name) ?? 0));
  }
  return [...traits].map(([Name, Score]) => ({ Name, Score: rounded(Score) }));
}

function findingTrait(own: 'SIGN' | 'SYMPTOM', section: Section): 'SIGN' | 'SYMPTOM' {
  if (findingSections.has(section)) return 'SIGN';
  return tellingSections.has(section) ? 'SYMPTOM' : own;
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}

function placeOf(tokens: readonly Token[], { begin, end }: Place): Place {
  return { begin: tokens[begin]?.begin ?? 0, end: tokens[end - 1]?.end ?? 0 };
}
