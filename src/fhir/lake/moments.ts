/**
 * The first moment of a FHIR date, dateTime or instant (https://hl7.org/fhir/R4/datatypes.html#dateTime), read from the bytes of
 * its text.
 */
import type { Place } from './byte-view.ts';

const hyphen = 0x2d;
const colon = 0x3a;
const point = 0x2e;
const secondsPerDay = 86_400;

/** Of a day that is no date. */
const none = Number.NaN;

function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index++) {
    const digit = bytes[index]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return none;
    value = value * 10 + digit;
  }
  return value;
}

/** Days since 1970-01-01 of `2024`, `2024-03` or `2024-03-05`: NaN where the text is none of these or no day of the calendar. */
export function daysOf(bytes: Uint8Array, { start, end }: Place): number {
  const length = end - start;
  if (length !== 4 && length !== 7 && length !== 10) return none;
  const year = digits(bytes, start, 4);
  let month = 1;
  let day = 1;
  if (length >= 7) month = bytes[start + 4] === hyphen ? digits(bytes, start + 5, 2) : none;
  if (length === 10) day = bytes[start + 7] === hyphen ? digits(bytes, start + 8, 2) : none;
  // Comparisons with NaN are false.
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lengthOfMonth(year, month))) return none;
  return daysFromCivil(year, month, day);
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function lengthOfMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : monthLengths[month - 1]!;
}

/** Counted in years that begin in March, so that the day that a leap year adds is their last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = Math.trunc((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const century = Math.trunc(shifted / 100);
  // 719,468 days lie between 0000-03-01 and 1970-01-01.
  return shifted * 365 + Math.trunc(shifted / 4) - century + Math.trunc(century / 4) + dayOfYear - 719_468;
}

/** A moment in UTC: whole seconds since the epoch, and where the digits of its fraction lie. */
export interface Moment {
  seconds: number;
  fractionStart: number;
  fractionEnd: number;
}

/** @param moment is filled; its seconds are NaN where the text is no dateTime, or is one with a time and no offset */
export function readMoment(bytes: Uint8Array, span: Place, moment: Moment): void {
  const { start, end } = span;
  moment.fractionStart = moment.fractionEnd = end;
  const length = end - start;
  if (length <= 10) {
    moment.seconds = daysOf(bytes, span) * secondsPerDay;
    return;
  }
  const days = daysOf(bytes, { start, end: start + 10 });
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  const isTime = hour <= 23 && minute <= 59 && second <= 60;
  const isPunctuated = bytes[start + 10] === 0x54 && bytes[start + 13] === colon && bytes[start + 16] === colon;
  let index = start + 19;
  if (bytes[index] === point) {
    moment.fractionStart = ++index;
    while (index < end && bytes[index]! >= 0x30 && bytes[index]! <= 0x39) index++;
    moment.fractionEnd = index;
  }
  const offset = isTime && isPunctuated && length >= 20 ? offsetSeconds(bytes, { start: index, end }) : none;
  moment.seconds = days * secondsPerDay + hour * 3600 + minute * 60 + second - offset;
}

/** Of `Z`, `+01:00` or `-05:30`. */
function offsetSeconds(bytes: Uint8Array, { start, end }: Place): number {
  const sign = bytes[start];
  if (end - start === 1 && sign === 0x5a) return 0;
  if (end - start !== 6 || bytes[start + 3] !== colon || (sign !== 0x2b && sign !== hyphen)) return none;
  const hours = digits(bytes, start + 1, 2);
  const minutes = digits(bytes, start + 4, 2);
  if (!(hours <= 14 && minutes <= 59)) return none;
  return (hours * 3600 + minutes * 60) * (sign === hyphen ? -1 : 1);
}

/** The seconds that a timestamp can show: from the year 1 to 9999. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

export function isShown({ seconds }: Moment): boolean {
  return seconds >= firstSecond && seconds <= lastSecond;
}
