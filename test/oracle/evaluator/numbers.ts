/** number (https://hl7.org/fhir/R4/search.html#number), and what quantities share with it. */
import type { Element } from './elements.ts';
import { compare, decimal, halfOfLastDigit, minus, plus, tenthOf, type Bound, type Decimal } from './decimals.ts';
import type { Verdict } from './json.ts';

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

export const prefixes: readonly Prefix[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];

/** From low to high; an end is part of it unless it is open. */
export interface Interval {
  readonly low: Bound;
  readonly lowOpen: boolean;
  readonly high: Bound;
  readonly highOpen: boolean;
}

export function point(value: Decimal): Interval {
  return { low: value, lowOpen: false, high: value, highOpen: false };
}

export interface Asked {
  readonly prefix: Prefix;
  readonly written: string;
  readonly value: Decimal;
}

/** `undefined` when the text is not a number behind an optional prefix. */
export function parseAsked(text: string): Asked | undefined {
  const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(text)!;
  const written = match[2]!;
  const value = decimal(written);
  return value && { prefix: (match[1] as Prefix | undefined) ?? 'eq', written, value };
}

/** The limits that the precision implies: half a unit of the last digit below, and up to half a unit above. */
export function impliedRange(value: Decimal, precision = value): Interval {
  const half = halfOfLastDigit(precision);
  return { low: minus(value, half), lowOpen: false, high: plus(value, half), highOpen: true };
}

function startsWithin(inner: Interval, outer: Interval): boolean {
  const order = compare(inner.low, outer.low);
  return order > 0 || (order === 0 && (inner.lowOpen || !outer.lowOpen));
}

function endsWithin(inner: Interval, outer: Interval): boolean {
  const order = compare(inner.high, outer.high);
  return order < 0 || (order === 0 && (inner.highOpen || !outer.highOpen));
}

function contains(outer: Interval, inner: Interval): boolean {
  return startsWithin(inner, outer) && endsWithin(inner, outer);
}

/** The table of prefixes. `exact` is the value itself: all prefixes but eq, ne and ap ignore the precision. */
export function compareIntervals(asked: { readonly prefix: Prefix; readonly exact: Decimal; readonly implied: Interval }, target: Interval): Verdict {
  const { prefix, exact, implied } = asked;
  const above = compare(target.high, exact) > 0;
  const below = compare(target.low, exact) < 0;
  const equal = contains(point(exact), target);
  switch (prefix) {
    case 'eq':
      return contains(implied, target);
    case 'ne':
      return !contains(implied, target);
    case 'gt':
      return above;
    case 'lt':
      return below;
    case 'ge':
      // A range that ends at the value, or is the value, includes one that is equal.
      return above || equal || touches(target.high, target.highOpen, exact);
    case 'le':
      return below || equal || touches(target.low, target.lowOpen, exact);
    case 'sa':
      return compare(target.low, exact) > 0 || touches(target.low, !target.lowOpen, exact);
    case 'eb':
      return compare(target.high, exact) < 0 || touches(target.high, !target.highOpen, exact);
    case 'ap':
      return approximately(exact, implied, target);
  }
}

/** Whether a closed end lies at the value. */
function touches(bound: Bound, open: boolean, exact: Decimal): boolean {
  return !open && compare(bound, exact) === 0;
}

/** Within a tenth of the value; at the very limit, and where the digits imply more than that, the server may choose. */
function approximately(exact: Decimal, implied: Interval, target: Interval): Verdict {
  const low = compare(target.high, minus(exact, tenthOf(exact)));
  const high = compare(target.low, plus(exact, tenthOf(exact)));
  if (low > 0 && high < 0) return true;
  const impliedOverlaps = compare(target.high, implied.low) >= 0 && compare(target.low, implied.high) <= 0;
  return low === 0 || high === 0 || impliedOverlaps ? undefined : false;
}

const integers = new Set(['integer', 'positiveInt', 'unsignedInt']);

/** A simple integer is searched exactly, unless the number was written with an exponent. */
export function numberMatches(element: Element, text: string): Verdict {
  const asked = parseAsked(text);
  const target = numberInterval(element);
  if (asked === undefined || target === undefined) return false;
  const { prefix, written, value } = asked;
  if (integers.has(element.type) && !/e/i.test(written)) return compareIntervals({ prefix, exact: value, implied: point(value) }, target);
  return compareReadings(readingsOf(asked, target), (reading) => compareIntervals({ prefix, ...reading }, target));
}

/** A number as it may be understood. */
export interface Reading {
  readonly exact: Decimal;
  readonly implied: Interval;
}

/**
 * R4 says of 1e2 that it has one significant figure and that it means 95 to 105, which are two readings; all other
 * examples have one. Where doubles could not tell a number from its neighbours, these are readings too.
 */
export function readingsOf({ written, value }: Asked, target: Interval): readonly Reading[] {
  const precisions = [value, ...(/^[+-]?\de/i.test(written) ? [{ units: value.units * 10n, exponent: value.exponent - 1 }] : [])];
  const readings = precisions.map((precision): Reading => ({ exact: value, implied: impliedRange(value, precision) }));
  if (![value, target.low, target.high].some(needsMoreThanDoubles)) return readings;
  const step = { units: value.units * 4n, exponent: value.exponent - 16 };
  const [low, high] = [minus(value, step), plus(value, step)].sort(compare) as [Decimal, Decimal];
  const wide = { low: impliedRange(low, value).low, lowOpen: false, high: impliedRange(high, value).high, highOpen: true };
  const narrow = { low: impliedRange(high, value).low, lowOpen: false, high: impliedRange(low, value).high, highOpen: true };
  return [...readings, { exact: low, implied: wide }, { exact: high, implied: narrow }];
}

/** Fifteen digits survive in a double; whoever writes more cannot count on the last ones. */
function needsMoreThanDoubles(bound: Bound): boolean {
  return typeof bound !== 'string' && digitsOf(bound) > 15;
}

export function digitsOf({ units }: Decimal): number {
  return String(units).replace('-', '').length;
}

export function compareReadings<T>(readings: readonly T[], verdictOf: (reading: T) => Verdict): Verdict {
  const [first, ...others] = readings.map(verdictOf);
  return others.every((other) => other === first) ? first : undefined;
}

export function numberInterval({ type, data }: Element): Interval | undefined {
  if (type === 'Range') return rangeInterval(data);
  const value = decimal(String(data));
  return value && point(value);
}

/** A missing end is open (https://hl7.org/fhir/R4/datatypes.html#Range). */
export function rangeInterval(range: Element['data']): Interval | undefined {
  const low = range.low?.value === undefined ? 'least' : decimal(String(range.low.value));
  const high = range.high?.value === undefined ? 'greatest' : decimal(String(range.high.value));
  if (low === undefined || high === undefined || (low === 'least' && high === 'greatest')) return undefined;
  return { low, lowOpen: false, high, highOpen: false };
}
