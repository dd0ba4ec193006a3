/**
 * Decimal numbers, exact (https://hl7.org/fhir/R4/datatypes.html#decimal), and the intervals that search compares
 * (https://hl7.org/fhir/R4/search.html#prefix).
 */

/** `units × 10^exponent`. */
export interface Decimal {
  readonly units: bigint;
  readonly exponent: number;
}

export type Bound = Decimal | 'least' | 'greatest';

const pattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** `undefined` when the text is no decimal number. */
export function decimal(text: string): Decimal | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, exponent: Number(power) - fraction.length };
}

function unitsAt(value: Decimal, exponent: number): bigint {
  return value.units * 10n ** BigInt(value.exponent - exponent);
}

/** Below, at or above zero as `one` is below, at or above `other`. */
export function compare(one: Bound, other: Bound): number {
  if (one === other) return 0;
  if (one === 'least' || other === 'greatest') return -1;
  if (one === 'greatest' || other === 'least') return 1;
  const exponent = Math.min(one.exponent, other.exponent);
  const difference = unitsAt(one, exponent) - unitsAt(other, exponent);
  return difference < 0n ? -1 : Number(difference > 0n);
}

export function plus(one: Decimal, other: Decimal): Decimal {
  const exponent = Math.min(one.exponent, other.exponent);
  return { units: unitsAt(one, exponent) + unitsAt(other, exponent), exponent };
}

export function minus(one: Decimal, other: Decimal): Decimal {
  return plus(one, { units: -other.units, exponent: other.exponent });
}

export function toNumber({ units, exponent }: Decimal): number {
  return Number(`${units}e${exponent}`);
}

/** Half a unit of the last digit that was written. */
export function halfOfLastDigit({ exponent }: Decimal): Decimal {
  return { units: 5n, exponent: exponent - 1 };
}

export function tenthOf({ units, exponent }: Decimal): Decimal {
  return { units: units < 0n ? -units : units, exponent: exponent - 1 };
}
