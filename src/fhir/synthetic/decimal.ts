/** Decimals that keep the precision they were measured with (https://hl7.org/fhir/R4/datatypes.html#decimal). */

import { parseJson, type RawNumber } from '../json.ts';

/** The value with exactly so many places behind the point: `decimal(1.1, 2)` is written `1.10`. */
export function decimal(value: number, places: number): number | RawNumber {
  return parseJson(value.toFixed(places)) as number | RawNumber;
}

/** An amount of US dollars (https://hl7.org/fhir/R4/datatypes.html#Money), from whole cents. */
export function dollars(cents: number): { value: number | RawNumber; currency: string } {
  return { value: decimal(cents / 100, 2), currency: 'USD' };
}
