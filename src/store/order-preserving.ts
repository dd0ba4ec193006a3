/** Values spelled so that the byte order of their spelling is the order of the values. */

/** 64 characters in ascending byte order, all of them safe in a key. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
/** All pairs of them, for keys are put together by the piece. */
const pairs = [...alphabet].flatMap((first) => [...alphabet].map((second) => first + second));
const digitOf = new Map([...alphabet].map((character, digit) => [character, digit]));

/** Milliseconds from year 1 to the epoch, so that every FHIR date (years 1 to 9999) becomes positive. */
const yearOneMs = 62_135_596_800_000;
/** 64^9 milliseconds reach beyond the year 9999. */
const instantLength = 9;

/** How many of the last characters of an instant fit an integer of 31 bits. */
const lowLength = 5;
const lowPart = 64 ** lowLength;

/** Below and above every instant: open ends of periods. */
const openStart = alphabet[0]!.repeat(instantLength);
const openEnd = 'z'.repeat(instantLength);

/** An instant in ms since the epoch, ±Infinity included, as nine characters. */
export function instantKey(instantMs: number): string {
  if (instantMs === Infinity) return openEnd;
  const fromYearOne = Math.floor(instantMs) + yearOneMs;
  if (!(fromYearOne > 0)) return openStart;
  // In two parts that are small integers, which the machine divides fast.
  const high = Math.floor(fromYearOne / lowPart);
  const low = fromYearOne % lowPart;
  if (high >= 64 ** (instantLength - lowLength)) return openEnd;
  return pair(high >> 12) + pair(high) + digit(low >> 24) + pair(low >> 12) + pair(low);
}

/** Of the last twelve bits. */
function pair(number: number): string {
  return pairs[number & 4095]!;
}

function digit(number: number): string {
  return alphabet[number & 63]!;
}

/** The instant of a key made by `instantKey`. */
export function keyInstant(key: string): number {
  if (key === openEnd) return Infinity;
  if (key === openStart) return -Infinity;
  let instant = 0;
  for (const character of key) instant = instant * 64 + digitOf.get(character)!;
  return instant - yearOneMs;
}

const double = new DataView(new ArrayBuffer(8));
const topBit = 0x80000000;

/**
 * Any double but NaN, as at most eleven characters. IEEE 754 has the order of the numbers in the order of their bits, but
 * for the sign: so the sign is turned for positive numbers, and every bit for negative ones. Zeros at the end say nothing
 * and are left out, which shortens most numbers that people write to half.
 */
export function numberKey(value: number): string {
  // The two zeros are one number.
  double.setFloat64(0, value === 0 ? 0 : value);
  let high = double.getUint32(0);
  let low = double.getUint32(4);
  if (high >= topBit) low = ~low >>> 0;
  high = (high >= topBit ? ~high : high | topBit) >>> 0;
  const digits = [
    high >>> 26, high >>> 20, high >>> 14, high >>> 8, high >>> 2, (high << 4) | (low >>> 28),
    low >>> 22, low >>> 16, low >>> 10, low >>> 4, low << 2,
  ];
  let length = digits.length;
  while ((digits[length - 1]! & 63) === 0) length -= 1;
  let key = '';
  for (let position = 0; position < length; position += 1) key += digit(digits[position]!);
  return key;
}

/** Sorts behind the key and before the key of every greater instant or number, however the two are spelled on. */
export function behindKey(key: string): string {
  return `${key}$`;
}

/** Sorts behind every key character and every `instantKey`, still one byte. */
export const afterAllKeys = '~';
