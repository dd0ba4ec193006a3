/**
 * What is written beside a medication on how to take it (its sig), as attributes of Comprehend Medical
 * (https://docs.aws.amazon.com/comprehend-medical/latest/dev/textanalysis-entitiesv2.html#medication-v2): dose, strength, form,
 * route, frequency, duration, rate. `lisinopril 20 mg tablet, one tablet by mouth daily for 30 days` has all but a rate.
 */
import type { AttributeType } from '../../ports/clinical-nlp.ts';
import type { Token } from '../tokens.ts';
import type { FoundAttribute } from './grammar.ts';
import { amountEnd, phraseEnd, phraseSet, quantityEnd } from './grammar.ts';

const strengthUnits = phraseSet([
  'mg', 'mgs', 'mcg', 'g', 'gm', 'gram', 'milligram', 'microgram', 'iu', 'international units', 'meq', '%', 'percent',
  'mg/ml', 'mcg/ml', 'mg/5 ml',
  'mg/dose', 'mcg/actuation', 'units/ml', 'mg/kg',
]);
const doseUnits = phraseSet([
  'tablet', 'tab', 'capsule', 'cap', 'pill', 'puff', 'spray', 'drop', 'patch', 'teaspoon', 'tsp', 'tablespoon', 'tbsp', 'ml',
  'cc', 'unit', 'units',
  'suppository', 'lozenge', 'application', 'inhalation', 'dose', 'vial', 'packet', 'capful',
]);
const rateUnits = phraseSet([
  'ml/hr', 'ml/hour', 'ml/h', 'mcg/min', 'mg/hr', 'mg/hour', 'mcg/kg/min', 'units/hour', 'units/hr', 'liters per minute', 'l/min',
]);
const forms = phraseSet([
  'tablet', 'tab', 'capsule', 'cap', 'pill', 'inhaler', 'cream', 'ointment', 'patch', 'solution', 'suspension', 'syrup',
  'nebulizer', 'nebulizers', 'spray',
  'drops', 'injection', 'gel', 'lotion', 'suppository', 'elixir', 'lozenge', 'nasal spray', 'eye drops', 'infusion',
  'shampoo', 'foam',
]);
const routes = phraseSet([
  'po', 'p.o.', 'by mouth', 'orally', 'oral', 'iv', 'i.v.', 'intravenous', 'intravenously', 'im', 'i.m.', 'intramuscular',
  'intramuscularly', 'subq', 'sub-q',
  'subcutaneous', 'subcutaneously', 'sc', 'sq', 'inhaled', 'by inhalation', 'via nebulizer', 'topical', 'topically',
  'sublingual', 'sublingually', 'sl',
  'under the tongue', 'rectally', 'per rectum', 'intranasal', 'intranasally', 'in each nostril', 'ophthalmic', 'in both eyes',
  'transdermal', 'vaginally',
  'transdermally', 'to the affected area',
]);
const times = ['day', 'week', 'month', 'year', 'hour', 'minute', 'night', 'morning', 'evening'];
const timeUnits = phraseSet([...times, 'days', 'hr', 'hrs', 'h', 'wk', 'mo', 'd']);
const durationUnits = phraseSet(['day', 'week', 'month', 'year', 'hour', 'more days', 'more weeks', 'wk']);
const often = [
  'once', 'twice', 'one time', 'two times', 'three times', 'four times', 'five times', '1 time', '2 times', '3 times',
  '4 times', '2x', '3x',
];
const frequencies = phraseSet([
  'daily', 'every day', 'each day', 'weekly', 'monthly', 'nightly', 'every night', 'every morning', 'every evening',
  'every other day', 'every week',
  'every month', 'each morning', 'each night', 'in the morning', 'in the evening', 'in the afternoon', 'at night',
  'at bedtime', 'before bed', 'bid', 'b.i.d.',
  'tid', 't.i.d.', 'qid', 'q.i.d.', 'qd', 'q.d.', 'qday', 'qhs', 'q.h.s.', 'qam', 'qpm', 'qod', 'qweek', 'hs', 'prn',
  'p.r.n.', 'as needed', 'when needed',
  'with meals', 'before meals', 'after meals', 'with food', 'with breakfast', 'with dinner', 'a day', 'per day', 'a week',
  'per week', 'q4h', 'q6h', 'q8h',
  'q12h', 'q24h', 'q4 h', 'around the clock', 'as directed', 'as prescribed', 'once', 'twice', 'stat', 'at once', 'hourly',
  ...often.flatMap((count) => [
    'daily', 'a day', 'per day', 'weekly', 'a week', 'per week', 'a month', 'monthly', 'an hour', 'each day', 'every day',
  ]
    .map((unit) => `${count} ${unit}`)),
]);
const durationWords = phraseSet([
  'for', 'x', 'for the next', 'for another', 'for up to', 'times', 'for at least', 'for the past', 'for about',
]);
const everyWords = phraseSet(['every', 'q']);

/** Words that say nothing of the sig may stand between its parts, but not more than these in a row. */
const maxGap = 5;
/** Another statement begins, which may name another drug's dose first: `stopped Plavix but takes a daily aspirin`. */
const stops = new Set([';', 'but', 'however', 'although', 'though', 'while', 'because', 'if', 'then']);
/** A sig is not longer. */
const maxReach = 40;

type Reader = (tokens: readonly Token[], at: number) => number | undefined;

/** In the order in which they are tried: the longer reading first. */
const readers: readonly (readonly [AttributeType, Reader])[] = [
  ['RATE', (tokens, at) => quantityEnd(rateUnits, tokens, at)],
  ['DURATION', durationEnd],
  ['FREQUENCY', frequencyEnd],
  ['STRENGTH', (tokens, at) => quantityEnd(strengthUnits, tokens, at)],
  ['DOSAGE', (tokens, at) => quantityEnd(doseUnits, tokens, at)],
  ['ROUTE_OR_MODE', (tokens, at) => phraseEnd(routes, tokens, at)],
  ['FORM', (tokens, at) => phraseEnd(forms, tokens, at)],
];

/** `for 10 days`, `x 2 weeks`: the preposition is no part of it. */
function durationEnd(tokens: readonly Token[], at: number): number | undefined {
  const before = tokens[at - 1];
  if (before === undefined || amountEnd(tokens, at) === undefined) return undefined;
  const introduced = [1, 2, 3].some((length) => at >= length && phraseEnd(durationWords, tokens, at - length) === at);
  return introduced ? quantityEnd(durationUnits, tokens, at) : undefined;
}

/** One frequency or several in a row: `twice a day as needed`, `every 4-6 hours`. */
function frequencyEnd(tokens: readonly Token[], at: number): number | undefined {
  let end = at;
  for (let next = oneFrequencyEnd(tokens, at); next !== undefined; next = oneFrequencyEnd(tokens, end)) end = next;
  return end === at ? undefined : end;
}

function oneFrequencyEnd(tokens: readonly Token[], at: number): number | undefined {
  const every = phraseEnd(everyWords, tokens, at);
  const interval = every === undefined ? compactIntervalEnd(tokens, at) : quantityEnd(timeUnits, tokens, every);
  return interval ?? phraseEnd(frequencies, tokens, at);
}

/** `q4-6h`, read as the word `q4`, a hyphen, a number and a unit. */
function compactIntervalEnd(tokens: readonly Token[], at: number): number | undefined {
  const [first, hyphen, second] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  const compact = first !== undefined && /^q\d{1,2}$/.test(first.form) && hyphen?.text === '-' && second?.kind === 'number';
  return compact ? phraseEnd(timeUnits, tokens, at + 3) : undefined;
}

/** Where a medication stands in its sentence, and how far its sig may go on either side. */
export interface SigPlace {
  readonly begin: number;
  readonly end: number;
  /** The end of what belongs to the medication before, and the begin of the next one. */
  readonly after: number;
  readonly before: number;
}

/** The sig of a medication, at most one attribute of a type, in the order of the text. */
export function sigOf(tokens: readonly Token[], place: SigPlace): readonly FoundAttribute[] {
  const found = new Map<AttributeType, FoundAttribute>();
  const ahead = amountInFront(tokens, place);
  if (ahead !== undefined) found.set(ahead.type, ahead);
  const last = Math.min(place.before, place.end + maxReach);
  for (let at = place.end, gap = 0; at < last && gap <= maxGap && !stops.has(tokens[at]?.form ?? '');) {
    const read = readAt(tokens, at);
    if (read !== undefined && read.end <= last && !found.has(read.type)) found.set(read.type, read);
    gap = read === undefined ? gap + 1 : 0;
    at = read?.end ?? at + 1;
  }
  return doseOf([...found.values()]).sort((one, other) => one.begin - other.begin);
}

function readAt(tokens: readonly Token[], at: number): FoundAttribute | undefined {
  for (const [type, reader] of readers) {
    const end = reader(tokens, at);
    if (end !== undefined) return { type, begin: at, end };
  }
  return undefined;
}

/** `500 mg of metformin`, `20 mg lisinopril`, `2 puffs of albuterol`. */
function amountInFront(tokens: readonly Token[], { begin, after }: SigPlace): FoundAttribute | undefined {
  const end = tokens[begin - 1]?.form === 'of' ? begin - 1 : begin;
  for (let at = Math.max(after, end - 5); at < end; at += 1) {
    const read = readAt(tokens, at);
    if (read !== undefined && read.end === end && (read.type === 'STRENGTH' || read.type === 'DOSAGE')) return read;
  }
  return undefined;
}

/** An amount of the substance is the dose where nothing else is: `metformin 500 mg daily`, but `500 mg tablet, two tablets`. */
function doseOf(found: readonly FoundAttribute[]): FoundAttribute[] {
  const hasDose = found.some(({ type }) => type === 'DOSAGE');
  return found.map((attribute) => attribute.type === 'STRENGTH' && !hasDose ? { ...attribute, type: 'DOSAGE' } : attribute);
}
