/**
 * The interval that a date, dateTime or instant stands for: `2020-02` is all of February
 * (https://hl7.org/fhir/R4/search.html#date, https://hl7.org/fhir/R4/datatypes.html#dateTime).
 */

/** Milliseconds since the epoch: `low` inclusive, `high` exclusive. */
export interface DateInterval {
  readonly low: number;
  readonly high: number;
}

const pattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

const minuteMs = 60_000;
/** https://www.w3.org/TR/xmlschema-2/#dateTime-timezones */
const maxOffsetMinutes = 14 * 60;

/**
 * The interval implied by the precision of the text, or `undefined` when it is not a date. Times without a zone
 * are UTC. Seconds may be left out, as search allows. A leap second is the first one of the next minute;
 * `24:00` is refused, as FHIR does. Fractions finer than a millisecond stand for the millisecond they lie in.
 */
export function dateInterval(text: string): DateInterval | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const year = Number(parts[1]);
  if (year === 0) return undefined;
  if (parts[2] === undefined) return { low: utc(year, 0, 1), high: utc(year + 1, 0, 1) };
  const month = Number(parts[2]) - 1;
  if (month < 0 || month > 11) return undefined;
  if (parts[3] === undefined) return { low: utc(year, month, 1), high: utc(year, month + 1, 1) };
  const day = Number(parts[3]);
  if (day < 1 || day > daysInMonth(year, month)) return undefined;
  if (parts[4] === undefined) return { low: utc(year, month, day), high: utc(year, month, day + 1) };
  return timeInterval(utc(year, month, day), parts);
}

function timeInterval(midnight: number, parts: RegExpExecArray): DateInterval | undefined {
  const hour = Number(parts[4]);
  const minute = Number(parts[5]);
  const offset = offsetMinutes(parts[8]);
  if (hour > 23 || minute > 59 || offset === undefined) return undefined;
  const low = midnight + (hour * 60 + minute - offset) * minuteMs;
  if (parts[6] === undefined) return { low, high: low + minuteMs };
  const second = Number(parts[6]);
  if (second > 60) return undefined;
  const fraction = parts[7];
  if (fraction === undefined) return { low: low + second * 1000, high: low + second * 1000 + 1000 };
  const width = 10 ** Math.max(0, 3 - fraction.length);
  const millisecond = Number(fraction.slice(0, 3)) * width;
  return { low: low + second * 1000 + millisecond, high: low + second * 1000 + millisecond + width };
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(4, 6));
  const offset = Number(zone.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || offset > maxOffsetMinutes) return undefined;
  return zone.startsWith('-') ? -offset : offset;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  if (year > 99) return Date.UTC(year, month, day);
  const date = new Date(0);
  return date.setUTCFullYear(year, month, day);
}

function daysInMonth(year: number, month: number): number {
  if (month === 1) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
}
