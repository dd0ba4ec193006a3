/** Values spelled so that the byte order of their spelling is the order of the values. */

/** 64 characters in ascending byte order, all of them safe in a key. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const digitOf = new Map([...alphabet].map((character, digit) => [character, digit]));

/** Milliseconds from year 1 to the epoch, so that every FHIR date (years 1 to 9999) becomes positive. */
const yearOneMs = 62_135_596_800_000;
/** 64^9 milliseconds reach beyond the year 9999. */
const instantLength = 9;

/** Below and above every instant: open ends of periods. */
const openStart = alphabet[0]!.repeat(instantLength);
const openEnd = 'z'.repeat(instantLength);

/** An instant in ms since the epoch, ±Infinity included, as nine characters. */
export function instantKey(instantMs: number): string {
  if (instantMs === Infinity) return openEnd;
  let rest = Math.floor(instantMs) + yearOneMs;
  if (!(rest > 0)) return openStart;
  let key = '';
  for (let position = 0; position < instantLength; position += 1) {
    key = alphabet[rest % 64]! + key;
    rest = Math.floor(rest / 64);
  }
  return rest > 0 ? openEnd : key;
}

/** The instant of a key made by `instantKey`. */
export function keyInstant(key: string): number {
  if (key === openEnd) return Infinity;
  if (key === openStart) return -Infinity;
  let instant = 0;
  for (const character of key) instant = instant * 64 + digitOf.get(character)!;
  return instant - yearOneMs;
}

/** Sorts behind every key character and every `instantKey`, still one byte. */
export const afterAllKeys = '~';
