/**
 * Numbers as search sees them: the range that the digits of a searched number imply, and how ranges compare
 * (https://hl7.org/fhir/R4/search.html#number, https://hl7.org/fhir/R4/search.html#prefix).
 */
import type { ImpliedRange, Prefix } from './criteria.ts';
import type { NumberRange } from './values.ts';

/** Room for any number that FHIR can write (18 digits) and an exponent; a longer text is no number that was measured. */
export const maxNumberLength = 64;
/** The part of the searched number by which `ap` may differ: the specification's own suggestion. */
const approximateShare = 0.1;
/** Doubles hold 15 digits; a tenth of a number is one digit longer than the number. */
const exactDigits = 15;

const decimalPattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const prefixPattern = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+-])/;

/** The prefix of a number or quantity, `eq` where none is written, and the text behind it. */
export function splitPrefix(text: string): { readonly prefix: Prefix; readonly rest: string } {
  const prefix = prefixPattern.exec(text)?.[1] as Prefix | undefined;
  return prefix === undefined ? { prefix: 'eq', rest: text } : { prefix, rest: text.slice(prefix.length) };
}

/**
 * A decimal number, also in exponential form, with the half-open interval of half a unit of its last digit to both sides:
 * `100` stands for [99.5, 100.5), `1.0e2` for [95, 105). `undefined` for what is no number or beyond a double's range.
 *
 * Every digit counts, as the specification's rule says ("the number of digits specified, excluding leading zeros"), so
 * `1e2` is [50, 150): the [95, 105) of R4's example is of two digits, and R5 corrects it to this.
 *
 * Integer elements need no rule of their own: unless an exponent widens it, the interval holds no integer but the number.
 */
export function parseDecimal(text: string): ImpliedRange | undefined {
  const parts = text.length > maxNumberLength ? null : decimalPattern.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = Number(exponent) - fraction.length;
  // Half a unit is five of the next digit, so that both ends are decimal numbers before they become doubles.
  const low = Number(`${digits * 10n - 5n}e${scale - 1}`);
  const high = Number(`${digits * 10n + 5n}e${scale - 1}`);
  // Adding zero turns -0 into 0, which is the same number under another key.
  const value = Number(`${digits}e${scale}`) + 0;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  // More digits than a double has imply less than the next double: the number itself stays in.
  return { value, low, high: high > value ? high : nextAbove(value) };
}

/**
 * Compares as the table of prefixes says. All but `eq`, `ne` and `ap` take the searched number as exact. The ranges above
 * and below a number include it, so that a closed range which ends there is both `ge` and `le` that number.
 */
export function satisfiesRange(target: NumberRange, prefix: Prefix, searched: ImpliedRange): boolean {
  const { value } = searched;
  switch (prefix) {
    case 'eq':
      return impliedRangeContains(searched, target);
    case 'ne':
      return !impliedRangeContains(searched, target);
    case 'gt':
      return target.high > value;
    case 'lt':
      return target.low < value;
    case 'ge':
      return target.high >= value;
    case 'le':
      return target.low <= value;
    case 'sa':
      return target.low > value;
    case 'eb':
      return target.high < value;
    case 'ap': {
      const { low, high } = approximateRange(searched);
      return target.low <= high && target.high >= low;
    }
  }
}

function impliedRangeContains(searched: ImpliedRange, target: NumberRange): boolean {
  return searched.low <= target.low && target.high < searched.high;
}

/** What `ap` asks for: a tenth of the number to both sides, and no less than its digits imply. */
export function approximateRange({ value, low, high }: ImpliedRange): NumberRange {
  const tenth = Math.abs(value) * approximateShare;
  return { low: Math.min(low, rounded(value - tenth)), high: Math.max(nextBelow(high), rounded(value + tenth)) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(exactDigits));
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest double under a finite number: the upper end of what is less than it. */
export function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  double[0] = value;
  bits[0]! += value > 0 ? -1n : 1n;
  return double[0];
}

/** The smallest double over a finite number. */
export function nextAbove(value: number): number {
  return -nextBelow(-value);
}
