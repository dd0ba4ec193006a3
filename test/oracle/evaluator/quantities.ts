/** quantity (https://hl7.org/fhir/R4/search.html#quantity). */
import { decimal, toNumber, type Bound, type Decimal } from './decimals.ts';
import type { Element } from './elements.ts';
import { split, unescape } from './escapes.ts';
import type { Json, Verdict } from './json.ts';
import { compareIntervals, compareReadings, digitsOf, parseAsked, point, rangeInterval, readingsOf, type Interval } from './numbers.ts';
import { conversion, ucum } from './units.ts';

interface Measured {
  readonly interval: Interval;
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly unit: string | undefined;
}

const currencies = 'urn:iso:std:iso:4217';

/** What a Quantity, Money or Range measures; `undefined` when it has no number. */
export function measured({ type, data }: Pick<Element, 'type' | 'data'>): Measured | undefined {
  switch (type) {
    case 'Quantity':
    case 'Age':
    case 'Duration':
    case 'Distance':
    case 'Count':
    case 'SimpleQuantity': {
      const interval = compared(data);
      return interval && { interval, system: data.system, code: data.code, unit: data.unit };
    }
    case 'Money': {
      const value = decimal(String(data.value));
      return value && { interval: point(value), system: currencies, code: data.currency, unit: undefined };
    }
    case 'Range': {
      const interval = rangeInterval(data);
      const { system, code, unit }: Json = data.low ?? data.high ?? {};
      return interval && { interval, system, code, unit };
    }
    default:
      return undefined;
  }
}

/** https://hl7.org/fhir/R4/datatypes-definitions.html#Quantity.comparator */
function compared({ value, comparator }: Json): Interval | undefined {
  const written = decimal(String(value));
  if (written === undefined) return undefined;
  switch (comparator) {
    case '<':
      return { low: 'least', lowOpen: false, high: written, highOpen: true };
    case '<=':
      return { low: 'least', lowOpen: false, high: written, highOpen: false };
    case '>':
      return { low: written, lowOpen: true, high: 'greatest', highOpen: false };
    case '>=':
      return { low: written, lowOpen: false, high: 'greatest', highOpen: false };
    default:
      return point(written);
  }
}

/** `number`, `number|system|code` or `number||code`, with a prefix. */
export function quantityMatches(element: Pick<Element, 'type' | 'data'>, text: string): Verdict {
  const [number = '', system = '', code = ''] = split(text, '|').map(unescape);
  const asked = parseAsked(number);
  const target = measured(element);
  // R4 does not say which of the quantities in sampled data a search compares.
  if (element.type === 'SampledData') return undefined;
  if (asked === undefined || target === undefined) return false;
  const convert = converter(target, { system, code });
  if (convert === undefined || convert === 'open') return convert === undefined ? false : undefined;
  if (isConversion(convert) && digitsOf(asked.value) >= comparedDigits && (asked.prefix === 'eq' || asked.prefix === 'ne')) return undefined;
  return compareReadings(readingsOf(asked, target.interval), ({ exact, implied }) =>
    compareIntervals({ prefix: asked.prefix, exact: convert(exact) as Decimal, implied: convertInterval(implied, convert) }, snapped(target.interval, convert)),
  );
}

type Convert = ((bound: Bound) => Bound) | 'open' | undefined;

/** How what is asked becomes what the target measures in; `undefined` when the units have nothing to do with each other. */
function converter(target: Measured, asked: { readonly system: string; readonly code: string }): Convert {
  const same = (bound: Bound): Bound => bound;
  const { system, code } = asked;
  if (code === '') return system === '' || system === target.system ? same : undefined;
  if (system === '') return unitConverter(target, code);
  if (system === target.system && code === target.code) return same;
  if (system !== ucum || target.system !== ucum || target.code === undefined) return undefined;
  const factor = conversion(code, target.code);
  if (factor === undefined) return undefined;
  return (bound) => (typeof bound === 'string' ? bound : rounded(factor(toNumber(bound))));
}

/** The code or the unit as people read it; nothing is said of its case. */
function unitConverter(target: Measured, code: string): Convert {
  const written = [target.code, target.unit].filter((one) => one !== undefined);
  if (written.includes(code)) return (bound) => bound;
  return written.some((one) => one.toLowerCase() === code.toLowerCase()) ? 'open' : undefined;
}

/** Conversions are exact in UCUM and nearly so in doubles: so many digits are compared. */
const comparedDigits = 12;

function rounded(value: number): Decimal {
  return decimal(value.toPrecision(comparedDigits).replace(/^-?0\.0+$/, '0'))!;
}

function isConversion(convert: (bound: Bound) => Bound): boolean {
  const probe: Decimal = { units: 1n, exponent: 0 };
  return convert(probe) !== probe;
}

function convertInterval(interval: Interval, convert: (bound: Bound) => Bound): Interval {
  return { ...interval, low: convert(interval.low), high: convert(interval.high) };
}

/** The target's own number cut to the digits that are compared, when the other side was converted. */
function snapped(interval: Interval, convert: (bound: Bound) => Bound): Interval {
  if (!isConversion(convert)) return interval;
  const snap = (bound: Bound): Bound => (typeof bound === 'string' ? bound : rounded(toNumber(bound)));
  return { ...interval, low: snap(interval.low), high: snap(interval.high) };
}
