/** date (https://hl7.org/fhir/R4/search.html#date). Times without a zone are UTC, as the platform documents. */
import type { Element } from './elements.ts';
import { list, type Json, type Verdict } from './json.ts';
import { compareReadings, type Prefix } from './numbers.ts';

/** Milliseconds since the epoch; `high` is the first moment behind it. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const minuteMs = 60_000;

function instant(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

/** The time that a date, dateTime or instant stands for, by its precision. */
export function spanOf(written: unknown): Span | undefined {
  const match = typeof written === 'string' ? pattern.exec(written) : null;
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const y = Number(year);
  if (month === undefined) return { low: instant(y, 1, 1), high: instant(y + 1, 1, 1) };
  if (day === undefined) return { low: instant(y, Number(month), 1), high: instant(y, Number(month) + 1, 1) };
  const midnight = instant(y, Number(month), Number(day));
  if (hour === undefined) return { low: midnight, high: midnight + 24 * 60 * minuteMs };
  const offset = zoneOffset(zone) * minuteMs;
  const low = midnight + (Number(hour) * 60 + Number(minute)) * minuteMs - offset;
  if (second === undefined) return { low, high: low + minuteMs };
  const start = low + Number(second) * 1000;
  if (fraction === undefined) return { low: start, high: start + 1000 };
  // The platform keeps milliseconds.
  const width = 10 ** Math.max(0, 4 - fraction.length);
  const milliseconds = Number(fraction.slice(1, 4).padEnd(3, '0'));
  return { low: start + milliseconds, high: start + milliseconds + width };
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** Of a period and a timing the outer limits; a missing boundary is before or after any date. */
export function elementSpan({ type, data }: Pick<Element, 'type' | 'data'>): Span | undefined {
  switch (type) {
    case 'Period':
      return periodSpan(data);
    case 'Timing': {
      const spans = [...list(data.event).map(spanOf), periodSpan(data.repeat?.boundsPeriod)].filter((span) => span !== undefined);
      if (spans.length === 0) return undefined;
      return { low: Math.min(...spans.map(({ low }) => low)), high: Math.max(...spans.map(({ high }) => high)) };
    }
    case 'date':
    case 'dateTime':
    case 'instant':
      return spanOf(data);
    default:
      return undefined;
  }
}

function periodSpan(period: Json): Span | undefined {
  const start = spanOf(period?.start);
  const end = spanOf(period?.end);
  if (start === undefined && end === undefined) return undefined;
  return { low: start?.low ?? -Infinity, high: end?.high ?? Infinity };
}

/** How far a clock may have gone on between the server's answer and this evaluation. */
const clockSlackMs = 3_600_000;

/** An instant is a point by R4's table and has, written to the second, the width of one by its rule of precision. */
export function dateMatches(element: Pick<Element, 'type' | 'data'>, text: string, now: number): Verdict {
  const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(text)!;
  const asked = spanOf(match[2]);
  const target = elementSpan(element);
  if (asked === undefined || target === undefined) return false;
  const prefix = (match[1] as Prefix | undefined) ?? 'eq';
  const targets = element.type === 'instant' ? [target, { low: target.low, high: target.low + 1 }] : [target];
  return compareReadings(targets, (one) => spanMatches(one, { prefix, asked, now }));
}

interface Question {
  readonly prefix: Prefix;
  readonly asked: Span;
  readonly now: number;
}

function spanMatches(target: Span, { prefix, asked, now }: Question): Verdict {
  // A period whose ends are swapped breaks an invariant of the type; nothing is said of searching it.
  if (target.low >= target.high) return undefined;
  const contained = asked.low <= target.low && target.high <= asked.high;
  switch (prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return target.high > asked.high;
    case 'lt':
      return target.low < asked.low;
    case 'ge':
      // The range above begins with "the specified value": what ended on the day is at or after it.
      return target.high > asked.low;
    case 'le':
      return target.low < asked.high;
    case 'sa':
      return target.low >= asked.high;
    case 'eb':
      return target.high <= asked.low;
    case 'ap':
      return approximately(asked, target, now);
  }
}

/** Wider by a tenth of the time between the date and now; near that limit the moment of the request decides. */
function approximately(asked: Span, target: Span, now: number): Verdict {
  const distance = now < asked.low ? asked.low - now : Math.max(0, now - asked.high);
  const overlap = (slack: number): boolean => {
    const gap = Math.max(0, distance / 10 + slack);
    return target.low < asked.high + gap && asked.low - gap < target.high;
  };
  const sure = overlap(-clockSlackMs) || overlapsAtAll(asked, target);
  return sure === overlap(clockSlackMs) ? sure : undefined;
}

function overlapsAtAll(one: Span, other: Span): boolean {
  return one.low < other.high && other.low < one.high;
}
