/** The search parameter kind quantity (https://hl7.org/fhir/R4/search.html#quantity). */
import { isNumber, isObject, numberValue, type Json, type JsonObject } from '../../json.ts';
import { splitEscaped, unescapeValue } from '../escapes.ts';
import { nextAbove, nextBelow, parseDecimal, satisfiesRange, splitPrefix } from '../numeric-range.ts';
import { toBaseUnits, ucumSystem, ucumUnit, type UcumUnit } from '../ucum.ts';
import type { ImpliedRange, QuantityCriterion } from '../criteria.ts';
import type { NumberRange, QuantityValue } from '../values.ts';

/** The system of Money.currency (https://hl7.org/fhir/R4/valueset-currencies.html). */
export const currencySystem = 'urn:iso:std:iso:4217';

type Mutable<Type> = { -readonly [name in keyof Type]: Type[name] };

/** `number`, `number|system|code`, `number||code`, each with an optional prefix; `undefined` when the text is none of them. */
export function parseQuantity(text: string): QuantityCriterion | undefined {
  const [number = '', system, code, ...more] = splitEscaped(text, '|').map(unescapeValue);
  const { prefix, rest } = splitPrefix(number);
  const range = parseDecimal(rest);
  if (range === undefined || more.length > 0) return undefined;
  const criterion: Mutable<QuantityCriterion> = { kind: 'quantity', prefix, ...range };
  if (system) criterion.system = system;
  if (code) criterion.code = code;
  const canonical = system === ucumSystem && code ? canonicalRange(range, code) : undefined;
  if (canonical !== undefined) criterion.canonical = canonical;
  return criterion;
}

function canonicalRange({ value, low, high }: ImpliedRange, code: string): QuantityCriterion['canonical'] {
  const unit = ucumUnit(code);
  if (unit === undefined) return undefined;
  return { unit: unit.unit, value: toBaseUnits(value, unit), low: toBaseUnits(low, unit), high: toBaseUnits(high, unit) };
}

/**
 * Compares as written where the units are the same, else in base units where both convert to the same. Without a system
 * the code is compared with code and unit of any system; without a code the number alone counts. A value in another unit
 * satisfies no prefix, `ne` included: nothing is known about it.
 */
export function satisfiesQuantity(value: QuantityValue, criterion: QuantityCriterion): boolean {
  if (hasUnit(value, criterion)) return satisfiesRange(value, criterion.prefix, criterion);
  const { canonical } = criterion;
  if (canonical === undefined || value.canonical?.unit !== canonical.unit) return false;
  return satisfiesRange(value.canonical, criterion.prefix, canonical);
}

function hasUnit(value: QuantityValue, { system, code }: QuantityCriterion): boolean {
  if (system) return value.system === system && (code === undefined || value.code === code);
  return code === undefined || value.code === code || value.unit === code;
}

/** Quantity, Age, Count, Distance, Duration. A comparator opens the range to its side. */
export function fromQuantity(values: QuantityValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const number = numberOf(element);
  if (number === undefined) return;
  const { comparator } = element;
  const value = inUnitOf(element, opened(number, comparator));
  const unit = convertingUnit(value);
  if (unit !== undefined) value.canonical = { unit: unit.unit, ...opened(toBaseUnits(number, unit), comparator) };
  values.push(value);
}

/** Money: its currency stands for the unit. */
export function fromMoney(values: QuantityValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const number = numberOf(element);
  if (number === undefined) return;
  const currency = element.currency;
  if (typeof currency !== 'string' || currency === '') values.push({ kind: 'quantity', low: number, high: number });
  else values.push({ kind: 'quantity', low: number, high: number, system: currencySystem, code: currency });
}

/**
 * A Range's missing end is open; ends that are swapped are taken the right way round. Its ends have to be in one unit
 * (https://hl7.org/fhir/R4/datatypes.html#Range): a Range of two is no value.
 */
export function fromRange(values: QuantityValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const low = isObject(element.low) ? numberOf(element.low) : undefined;
  const high = isObject(element.high) ? numberOf(element.high) : undefined;
  if (low === undefined && high === undefined) return;
  const unitOf = (low === undefined ? element.high : element.low) as JsonObject;
  if (low === undefined || high === undefined) pushRange(values, unitOf, { low: low ?? -Infinity, high: high ?? Infinity });
  else if (haveOneUnit(element.low as JsonObject, element.high as JsonObject)) {
    pushRange(values, unitOf, { low: Math.min(low, high), high: Math.max(low, high) });
  }
}

function haveOneUnit(one: JsonObject, other: JsonObject): boolean {
  if (one.code !== undefined && other.code !== undefined) return one.code === other.code && one.system === other.system;
  return one.unit === other.unit || one.unit === undefined || other.unit === undefined;
}

/**
 * From the lowest measurement of a SampledData to its highest (https://hl7.org/fhir/R4/datatypes.html#SampledData). `L`
 * and `U` are below and above what the device can measure: they reach to its limit, or are open. `E` is no measurement.
 */
export function fromSampledData(values: QuantityValue[], element: Json | undefined): void {
  if (!isObject(element) || typeof element.data !== 'string' || !isObject(element.origin)) return;
  const origin = numberOf(element.origin) ?? 0;
  const factor = finite(element.factor) ?? 1;
  const range = { low: Infinity, high: -Infinity };
  for (const [point] of element.data.matchAll(/\S+/g)) {
    const ends = sampled(point, element);
    if (ends === undefined) continue;
    range.low = Math.min(range.low, ends.low * factor + origin);
    range.high = Math.max(range.high, ends.high * factor + origin);
  }
  if (range.low <= range.high) pushRange(values, element.origin, range);
}

/** The limits are in the units of the data points, before factor and origin. */
function sampled(point: string, { lowerLimit, upperLimit }: JsonObject): NumberRange | undefined {
  if (point === 'L') return { low: -Infinity, high: finite(lowerLimit) ?? -Infinity };
  if (point === 'U') return { low: finite(upperLimit) ?? Infinity, high: Infinity };
  const value = Number(point);
  return Number.isFinite(value) ? { low: value, high: value } : undefined;
}

function pushRange(values: QuantityValue[], unitOf: JsonObject, range: NumberRange): void {
  const value = inUnitOf(unitOf, range);
  const unit = convertingUnit(value);
  if (unit !== undefined) {
    value.canonical = { unit: unit.unit, low: toBaseUnits(range.low, unit), high: toBaseUnits(range.high, unit) };
  }
  values.push(value);
}

function inUnitOf({ system, code, unit }: JsonObject, { low, high }: NumberRange): Mutable<QuantityValue> {
  const value: Mutable<QuantityValue> = { kind: 'quantity', low, high };
  if (typeof system === 'string' && system !== '') value.system = system;
  if (typeof code === 'string' && code !== '') value.code = code;
  if (typeof unit === 'string' && unit !== '') value.unit = unit;
  return value;
}

function convertingUnit({ system, code }: QuantityValue): UcumUnit | undefined {
  return system === ucumSystem && code !== undefined ? ucumUnit(code) : undefined;
}

/** https://hl7.org/fhir/R4/valueset-quantity-comparator.html */
function opened(number: number, comparator: Json | undefined): NumberRange {
  switch (comparator) {
    case '<':
      return { low: -Infinity, high: nextBelow(number) };
    case '<=':
      return { low: -Infinity, high: number };
    case '>':
      return { low: nextAbove(number), high: Infinity };
    case '>=':
      return { low: number, high: Infinity };
    default:
      return { low: number, high: number };
  }
}

function numberOf(quantity: JsonObject): number | undefined {
  return finite(quantity.value);
}

function finite(element: Json | undefined): number | undefined {
  if (!isNumber(element)) return undefined;
  const number = numberValue(element) + 0;
  return Number.isFinite(number) ? number : undefined;
}
