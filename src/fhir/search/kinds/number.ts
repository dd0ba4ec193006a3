/** The search parameter kind number (https://hl7.org/fhir/R4/search.html#number). */
import { isNumber, isObject, numberValue, type Json } from '../../json.ts';
import { parseDecimal, satisfiesRange, splitPrefix } from '../numeric-range.ts';
import type { NumberCriterion } from '../criteria.ts';
import type { NumberValue } from '../values.ts';

/** `undefined` when the text is not a decimal number with an optional prefix. */
export function parseNumber(text: string): NumberCriterion | undefined {
  const { prefix, rest } = splitPrefix(text);
  const range = parseDecimal(rest);
  return range && { kind: 'number', prefix, ...range };
}

export function satisfiesNumber(value: NumberValue, criterion: NumberCriterion): boolean {
  return satisfiesRange(value, criterion.prefix, criterion);
}

/** decimal, integer, positiveInt and unsignedInt. */
export function fromNumber(values: NumberValue[], element: Json | undefined): void {
  if (!isNumber(element)) return;
  const number = numberValue(element) + 0;
  if (Number.isFinite(number)) values.push({ kind: 'number', low: number, high: number });
}

/** A Range's missing end is open; ends that are swapped are taken the right way round. */
export function fromRange(values: NumberValue[], element: Json | undefined): void {
  if (!isObject(element)) return;
  const low = endOf(element.low);
  const high = endOf(element.high);
  if (low === undefined && high === undefined) return;
  if (low === undefined || high === undefined) values.push({ kind: 'number', low: low ?? -Infinity, high: high ?? Infinity });
  else values.push({ kind: 'number', low: Math.min(low, high), high: Math.max(low, high) });
}

function endOf(element: Json | undefined): number | undefined {
  if (!isObject(element) || !isNumber(element.value)) return undefined;
  const number = numberValue(element.value) + 0;
  return Number.isFinite(number) ? number : undefined;
}
