/** The search parameter kind date (https://hl7.org/fhir/R4/search.html#date). */
import type { Json } from '../../json.ts';
import { isObject } from '../../json.ts';
import { dateInterval } from '../date-interval.ts';
import type { Criterion, Prefix } from '../criteria.ts';
import type { DateValue } from '../values.ts';

export type DateCriterion = Extract<Criterion, { kind: 'date' }>;

/** The part of the way from the searched date to now by which `ap` widens it: the specification's own suggestion. */
const approximateShare = 0.1;

const prefixPattern = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=\d)/;

/** `undefined` when the text is not a date with an optional prefix. */
export function parseDate(text: string): DateCriterion | undefined {
  const prefix = prefixPattern.exec(text)?.[1] as Prefix | undefined;
  const interval = dateInterval(prefix === undefined ? text : text.slice(prefix.length));
  return interval && { kind: 'date', prefix: prefix ?? 'eq', ...interval };
}

/**
 * Compares the two ranges as the table of prefixes says (https://hl7.org/fhir/R4/search.html#prefix). `now` serves `ap`.
 *
 * The ranges above and below begin with "the specified value" itself for `ge` and `le`, so that a stay which ended on the
 * searched day is `ge` that day; for `gt` and `lt` they begin behind it.
 */
export function satisfiesDate(value: DateValue, criterion: DateCriterion, context: { readonly now: number }): boolean {
  switch (criterion.prefix) {
    case 'eq':
      return contains(criterion, value);
    case 'ne':
      return !contains(criterion, value);
    case 'gt':
      return value.high > criterion.high;
    case 'lt':
      return value.low < criterion.low;
    case 'ge':
      return value.high > criterion.low;
    case 'le':
      return value.low < criterion.high;
    case 'sa':
      return value.low >= criterion.high;
    case 'eb':
      return value.high <= criterion.low;
    case 'ap':
      return overlaps(approximately(criterion, context.now), value);
  }
}

/** `co` and `po` of `_filter` (https://hl7.org/fhir/R4/search_filter.html#ops), which compare with the whole period of the value. */
export function satisfiesPeriod(value: DateValue, criterion: DateCriterion, relation: 'includes' | 'overlaps'): boolean {
  return relation === 'includes' ? contains(value, criterion) : overlaps(value, criterion);
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function contains(outer: Range, inner: Range): boolean {
  return outer.low <= inner.low && inner.high <= outer.high;
}

function overlaps(one: Range, other: Range): boolean {
  return one.low < other.high && other.low < one.high;
}

/** The range that `ap` asks for: wider on both sides by a tenth of the time between the searched date and now. */
export function approximately(range: Range, now: number): Range {
  const gap = now < range.low ? range.low - now : Math.max(0, now - range.high);
  return { low: range.low - gap * approximateShare, high: range.high + gap * approximateShare };
}

/** date, dateTime and instant. */
export function fromDateTime(values: DateValue[], element: Json | undefined): void {
  const interval = intervalOf(element);
  if (interval !== undefined) values.push({ kind: 'date', low: interval.low, high: interval.high });
}

/** A missing start is before, a missing end after any date. A period whose ends are swapped is taken the right way round. */
export function fromPeriod(values: DateValue[], element: Json | undefined): void {
  const period = periodOf(element);
  if (period !== undefined) values.push(period);
}

/** Of a timing only the outer limits count, those of its events and of its bounds. */
export function fromTiming(values: DateValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const ranges: Range[] = [];
  const bounds = isObject(element.repeat) ? periodOf(element.repeat.boundsPeriod) : undefined;
  if (bounds !== undefined) ranges.push(bounds);
  for (const event of Array.isArray(element.event) ? element.event : []) {
    const interval = intervalOf(event);
    if (interval !== undefined) ranges.push(interval);
  }
  if (ranges.length > 0) values.push(outerLimits(ranges));
}

function intervalOf(element: Json | undefined): Range | undefined {
  return typeof element === 'string' ? dateInterval(element) : undefined;
}

function periodOf(element: Json | undefined): DateValue | undefined {
  if (!isObject(element)) return undefined;
  const start = intervalOf(element.start);
  const end = intervalOf(element.end);
  if (start !== undefined && end !== undefined) return outerLimits([start, end]);
  if (start !== undefined) return { kind: 'date', low: start.low, high: Infinity };
  return end && { kind: 'date', low: -Infinity, high: end.high };
}

function outerLimits(ranges: readonly Range[]): DateValue {
  let { low, high } = ranges[0]!;
  for (const range of ranges) {
    low = Math.min(low, range.low);
    high = Math.max(high, range.high);
  }
  return { kind: 'date', low, high };
}
