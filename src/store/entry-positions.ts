/**
 * Where an entry stands in its partition: spellings whose byte order is the order in which the family is walked.
 *
 * No position holds a character up to `#`, which ends it: one that continues another would else sort before it.
 */
import type { DateValue, NumberRange, SearchValue } from '../fhir/search/values.ts';
import { afterAllKeys, instantKey, numberKey } from './order-preserving.ts';

/** Spans up to this long stand in class `S`, where a lower bound can be pushed by this much. */
export const shortSpanMs = 24 * 60 * 60 * 1000;

/** Classes of a clinical date: short spans, long ones, and resources that have none, by creation. */
export const dateClasses = { short: 'S', long: 'L', none: 'N' } as const;
/** In the date family, long spans stand under their end as well. */
export const endClass = 'E';

/**
 * Classes of numbers: the only one that the resource has in the partition, one of several, and ranges by their low end;
 * by their high end they stand in `endClass`.
 */
export const numberClasses = { only: 'S', several: 'M', range: 'L' } as const;

/** Longer words and names are told apart by `match`. */
export const stringPositionLength = 32;
/** Longer URIs are told apart by `match`; a cursor carries one, and has 1 KB. */
export const maxUriPositionBytes = 256;

/** Stands for what must not be in a position; sorts behind the end of a position and before all else in it. */
export const separator = '$';

/** Every position that begins so sorts before it. */
export function behindAllWith(beginning: string): string {
  return `${beginning}\u{10FFFF}`;
}

/** Cut to `stringPositionLength` without splitting a character. A space would sort before the `#` that ends a position. */
export function stringPosition(text: string): string {
  const position = text.replaceAll(' ', separator);
  if (position.length <= stringPositionLength) return position;
  const cut = position.slice(0, stringPositionLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Whether the position may be the beginning of a longer text. */
export function isCut(position: string): boolean {
  return position.length >= stringPositionLength - 1;
}

const encoder = new TextEncoder();
const uriBuffer = new Uint8Array(maxUriPositionBytes);

/** Cut to `maxUriPositionBytes` without splitting a character. */
export function uriPosition(uri: string): string {
  const position = uri.toWellFormed().replace(/[\0-#]/g, separator);
  const { read } = encoder.encodeInto(position, uriBuffer);
  return position.slice(0, read);
}

/**
 * The span from the first start to the last end of the values: what overlaps one of them overlaps it, so that bounds
 * of several clauses can be pushed together even where different values satisfy them.
 */
export function dateHull(values: readonly SearchValue[]): DateValue | undefined {
  let hull: DateValue | undefined;
  for (const value of values) {
    if (value.kind !== 'date') continue;
    const { low, high } = value;
    hull = hull === undefined ? value : { kind: 'date', low: Math.min(hull.low, low), high: Math.max(hull.high, high) };
  }
  return hull;
}

/** Spans that are short and of one value stand in class `S`; hulls of several values count as long. */
function datePosition(hull: DateValue, valueCount: number): string {
  const short = valueCount === 1 && hull.high - hull.low <= shortSpanMs;
  return (short ? dateClasses.short : dateClasses.long) + instantKey(hull.low);
}

/** Of the values of a type's clinical date; without one, by creation (ms). */
export function clinicalPosition(values: readonly SearchValue[], created: number): string {
  const hull = dateHull(values);
  return hull === undefined ? dateClasses.none + instantKey(created) : datePosition(hull, values.length);
}

/** Of all dates that a resource has in one partition: by their start, long ones by their end as well. */
export function datePositions(values: readonly SearchValue[]): readonly string[] {
  const hull = dateHull(values);
  if (hull === undefined) return [];
  const position = datePosition(hull, values.length);
  return position.startsWith(dateClasses.short) ? [position] : [position, endClass + instantKey(hull.high)];
}

/** Of all numbers that a resource has in one partition. */
export function numberPositions(ranges: readonly NumberRange[]): readonly string[] {
  const point = ranges.length === 1 ? numberClasses.only : numberClasses.several;
  const positions: string[] = [];
  for (const { low, high } of ranges) {
    if (low === high) positions.push(point + numberKey(low));
    else positions.push(numberClasses.range + numberKey(low), endClass + numberKey(high));
  }
  return positions;
}

/** Instants or numbers, spelled: what is looked for reaches up to `from` or beyond, and begins before `to`. */
export interface Bounds {
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
}

export const unbounded: Bounds = { from: '', to: afterAllKeys };

export function isUnbounded({ from, to }: Bounds): boolean {
  return from === unbounded.from && to === unbounded.to;
}

/** What both leave open; the spellings are ASCII, which JavaScript compares as the table does. */
export function within(one: Bounds, other: Bounds): Bounds {
  return { from: one.from > other.from ? one.from : other.from, to: one.to < other.to ? one.to : other.to };
}
