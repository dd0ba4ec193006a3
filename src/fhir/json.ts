/**
 * JSON whose decimals keep their digits: `1.10` stays `1.10` (https://hl7.org/fhir/R4/json.html#decimal).
 *
 * A number that JavaScript would print differently is held as a raw number (`JSON.rawJSON`), all others as
 * ordinary numbers, so that the usual document costs no more than `JSON.parse`.
 */

/** A number kept as it was written. `JSON.stringify` prints it unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json | undefined;
}

interface JsonWithSource {
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
  parse(text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): Json;
}
const json = JSON as unknown as JsonWithSource;

/**
 * Finds any text in which some number may not survive a double: a trailing zero behind the point, an exponent,
 * a minus zero, or 16 and more digits. Digits inside strings may match too; that costs time, never correctness.
 */
const fragileNumber = /\d\.\d*0(?!\d)|\d[eE][+-]?\d|-0(?![.\d])|\d{16}|(?=[\d.]{17})\d+\.\d+/;

/** @throws SyntaxError when the text is not JSON. */
export function parseJson(text: string): Json {
  if (!fragileNumber.test(text)) return JSON.parse(text) as Json;
  return json.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}

export function isRawNumber(value: unknown): value is RawNumber {
  return json.isRawJSON(value);
}

export function isNumber(value: unknown): value is number | RawNumber {
  return typeof value === 'number' || json.isRawJSON(value);
}

/** The digits as they were written. */
export function numberText(value: number | RawNumber): string {
  return typeof value === 'number' ? String(value) : value.rawJSON;
}

export function numberValue(value: number | RawNumber): number {
  return typeof value === 'number' ? value : Number(value.rawJSON);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}
