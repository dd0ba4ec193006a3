/**
 * What the criteria of dates, numbers and quantities leave open of an ordered family, never less than what
 * `match` accepts (https://hl7.org/fhir/R4/search.html#prefix).
 */
import { approximately as approximatelyDated } from '../fhir/search/kinds/date.ts';
import { approximateRange } from '../fhir/search/numeric-range.ts';
import type { Clause, Criterion, ImpliedRange, NumberCriterion, QuantityCriterion } from '../fhir/search/criteria.ts';
import type { NumberRange } from '../fhir/search/values.ts';
import { dateClasses, endClass, numberClasses, shortSpanMs, unbounded, within, type Bounds } from './entry-positions.ts';
import type { Range, Stage } from './index-walk.ts';
import { afterAllKeys, behindKey, instantKey, numberKey } from './order-preserving.ts';

/** Instants: a value must end above and start below. */
export interface Window {
  readonly above: number;
  readonly below: number;
}

export const allTime: Window = { above: -Infinity, below: Infinity };

export function isAllTime({ above, below }: Window): boolean {
  return above === -Infinity && below === Infinity;
}

const union = (one: Window, other: Window): Window => ({ above: Math.min(one.above, other.above), below: Math.max(one.below, other.below) });
export const intersection = (one: Window, other: Window): Window =>
  ({ above: Math.max(one.above, other.above), below: Math.min(one.below, other.below) });

/** What every clause on the parameter leaves open. */
export function dateWindow(clauses: readonly Clause[], code: string, now: number): Window {
  return clauses
    .filter((clause) => clause.parameter.code === code && asksForDate(clause))
    .map((clause) => criteriaWindow(clause, now))
    .reduce(intersection, allTime);
}

/** Whether what satisfies the clause has a date. */
export function asksForDate({ modifier }: Clause): boolean {
  return modifier === undefined || isRelation(modifier);
}

/** `_filter` compares periods as wholes, whatever the prefix. */
function isRelation(modifier: Clause['modifier']): boolean {
  return modifier === 'includes' || modifier === 'overlaps';
}

function criteriaWindow({ criteria, modifier }: Clause, now: number): Window {
  return criteria
    .map((criterion) => criterionWindow(isRelation(modifier) && criterion.kind === 'date' ? { ...criterion, prefix: 'eq' } : criterion, now))
    .reduce(union);
}

export function criterionWindow(criterion: Criterion, now: number): Window {
  if (criterion.kind !== 'date') return allTime;
  const { low, high } = criterion;
  switch (criterion.prefix) {
    case 'eq': return { above: low, below: high };
    case 'gt': case 'sa': return { above: high, below: Infinity };
    case 'ge': return { above: low, below: Infinity };
    case 'lt': case 'eb': return { above: -Infinity, below: low };
    case 'le': return { above: -Infinity, below: high };
    case 'ap': {
      const wider = approximatelyDated(criterion, now);
      return { above: Math.floor(wider.low), below: Math.ceil(wider.high) };
    }
    case 'ne': return allTime;
  }
}

/** Short spans from a day before the window, long ones from ever, both in order of their start. */
export function startRanges(pk: string, { above, below }: Window): Stage {
  const to = below === Infinity ? afterAllKeys : instantKey(below);
  return [
    { pk, dateClass: dateClasses.short, from: instantKey(above - shortSpanMs), to },
    { pk, dateClass: dateClasses.long, from: '', to },
  ];
}

/** As `startRanges`, but long spans by their end where the window has a lower bound: open periods of old are few. */
export function overlapRanges(pk: string, window: Window): Stage {
  if (window.above === -Infinity) return startRanges(pk, window);
  const [short] = startRanges(pk, window);
  return [short!, { pk, dateClass: endClass, from: instantKey(window.above), to: afterAllKeys }];
}

type Numeric = NumberCriterion | QuantityCriterion;

/** An instant has no length: it has to lie in the window. */
export function instantRange(pk: string, { above, below }: Window): Range {
  return { pk, dateClass: '', from: instantKey(above), to: below === Infinity ? afterAllKeys : instantKey(below) };
}

/** The numbers, as written, that a criterion leaves open; `undefined` where it excludes a few only. */
export function numberBounds({ prefix, value, low, high }: Pick<Numeric, 'prefix' | keyof ImpliedRange>): Bounds | undefined {
  switch (prefix) {
    case 'eq': return { from: numberKey(low), to: numberKey(high) };
    case 'gt': case 'sa': return { ...unbounded, from: behindKey(numberKey(value)) };
    case 'ge': return { ...unbounded, from: numberKey(value) };
    case 'lt': case 'eb': return { ...unbounded, to: numberKey(value) };
    case 'le': return { ...unbounded, to: behindKey(numberKey(value)) };
    case 'ap': return between(approximateRange({ value, low, high }));
    case 'ne': return undefined;
  }
}

function between({ low, high }: NumberRange): Bounds {
  return { from: numberKey(low), to: behindKey(numberKey(high)) };
}

/**
 * Conversion rounds to 12 digits, and what is written in the unit of the search is compared as it is written: this part
 * of a number is added to both sides, and `match` settles it.
 */
const conversionSlack = 1e-10;

/** The numbers in the base units of `canonical` that a criterion leaves open. */
export function canonicalBounds(criterion: QuantityCriterion, canonical: ImpliedRange): Bounds | undefined {
  const { low, high, value } = canonical;
  const point = slackened({ low: value, high: value });
  switch (criterion.prefix) {
    case 'eq': return between(slackened({ low, high }));
    case 'gt': case 'sa': case 'ge': return { ...unbounded, from: numberKey(point.low) };
    case 'lt': case 'eb': case 'le': return { ...unbounded, to: behindKey(numberKey(point.high)) };
    case 'ap': return between(slackened(approximateCanonical(criterion, canonical)));
    case 'ne': return undefined;
  }
}

/** What `ap` asks for in base units, and what it asks for as written: a tenth of 10 Cel is not a tenth of 283 K. */
function approximateCanonical(written: QuantityCriterion, canonical: ImpliedRange): NumberRange {
  const scale = (canonical.high - canonical.low) / (written.high - written.low);
  const converted = (number: number): number => canonical.value + scale * (number - written.value);
  const [one, other] = [approximateRange(written), approximateRange(canonical)];
  return { low: Math.min(converted(one.low), other.low), high: Math.max(converted(one.high), other.high) };
}

function slackened({ low, high }: NumberRange): NumberRange {
  return { low: low - Math.abs(low) * conversionSlack, high: high + Math.abs(high) * conversionSlack };
}

/** The smallest bounds that leave open what any of several does. */
export function hullOf(several: readonly Bounds[]): Bounds {
  return several.reduce((one, other) => ({ from: one.from < other.from ? one.from : other.from, to: one.to > other.to ? one.to : other.to }));
}

/** @param others what further clauses leave open: the only number of a resource has to satisfy them as well */
export function numberRanges(pk: string, bounds: Bounds, others: Bounds): Stage {
  const only = within(bounds, others);
  const range = (dateClass: string, { from, to }: Bounds): readonly Range[] => (from < to ? [{ pk, dateClass, from, to }] : []);
  return [
    ...range(numberClasses.only, only),
    ...range(numberClasses.several, bounds),
    // Ranges of two ends by their high one where the search has a low one, else by their low one.
    ...(bounds.from === unbounded.from ? range(numberClasses.range, bounds) : range(endClass, { ...unbounded, from: bounds.from })),
  ];
}
