/**
 * Dates and times for the synthetic population (https://hl7.org/fhir/R4/datatypes.html#dateTime). Days are counted
 * from 1970-01-01, moments in minutes from its start in UTC; nothing here knows the present.
 */

/** Whole days since 1970-01-01. */
export type Day = number;
/** Whole minutes since 1970-01-01T00:00Z. */
export type Moment = number;

/** A time zone: minutes east of UTC in winter, and whose summer-time rule moves it by an hour. */
export interface Zone {
  readonly standardMinutes: number;
  readonly summerTime: 'us' | 'eu' | 'none';
}

export const utc: Zone = { standardMinutes: 0, summerTime: 'none' };
const minutesPerDay = 1440;
const millisecondsPerDay = 86_400_000;
export const daysPerYear = 365.25;

export function dayOf(year: number, month: number, dayOfMonth: number): Day {
  return Date.UTC(year, month - 1, dayOfMonth) / millisecondsPerDay;
}

/** @param text a whole date, YYYY-MM-DD. */
export function parseDay(text: string): Day {
  const [year = 1970, month = 1, dayOfMonth = 1] = text.split('-').map(Number);
  return dayOf(year, month, dayOfMonth);
}

export function dateText(day: Day): string {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

export function yearOf(day: Day): number {
  return new Date(day * millisecondsPerDay).getUTCFullYear();
}

/** Age in years, with its fraction. */
export function ageAt(birth: Day, day: Day): number {
  return (day - birth) / daysPerYear;
}

/** The n-th (1…) or last (0) Sunday of a month; both summer-time rules are made of these. */
function sunday(year: number, month: number, nth: number): Day {
  const reference = nth === 0 ? dayOf(year, month + 1, 1) - 7 : dayOf(year, month, 1) + 7 * (nth - 1);
  const weekday = (((reference + 4) % 7) + 7) % 7;
  return reference + ((7 - weekday) % 7);
}

function isSummer(day: Day, rule: Zone['summerTime']): boolean {
  if (rule === 'none') return false;
  const year = yearOf(day);
  const [start, end] = rule === 'us' ? [sunday(year, 3, 2), sunday(year, 11, 1)] : [sunday(year, 3, 0), sunday(year, 10, 0)];
  return day > start && day <= end;
}

function offsetMinutes(day: Day, zone: Zone): number {
  return zone.standardMinutes + (isSummer(day, zone.summerTime) ? 60 : 0);
}

/** The moment at which clocks in the zone show this minute of this day. */
export function momentAt(day: Day, minuteOfDay: number, zone: Zone): Moment {
  return day * minutesPerDay + minuteOfDay - offsetMinutes(day, zone);
}

/** The day that a moment belongs to in the zone. */
export function dayAt(moment: Moment, zone: Zone): Day {
  const utcDay = Math.floor(moment / minutesPerDay);
  return Math.floor((moment + offsetMinutes(utcDay, zone)) / minutesPerDay);
}

/** A dateTime to the second with the zone's offset then in force, `Z` for UTC. */
export function dateTimeText(moment: Moment, zone: Zone): string {
  const offset = offsetMinutes(Math.floor(moment / minutesPerDay), zone);
  const local = new Date((moment + offset) * 60_000).toISOString().slice(0, 19);
  if (zone === utc) return `${local}Z`;
  const size = Math.abs(offset);
  const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/** An instant with milliseconds, in UTC (https://hl7.org/fhir/R4/datatypes.html#instant). */
export function instantText(moment: Moment): string {
  return new Date(moment * 60_000).toISOString();
}
