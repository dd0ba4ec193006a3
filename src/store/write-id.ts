/**
 * Write ids: UUIDv7 (https://www.rfc-editor.org/rfc/rfc9562#section-5.7) in 22 characters whose byte order is the
 * order of the UUIDs, so that entries of one resource lie in the order of their attempts.
 */

/** Base64's digits in ASCII order (base64url itself does not sort as its bytes do). */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** 128 bits in six-bit digits. */
export const writeIdLength = 22;

const maxTime = 2 ** 48;

/**
 * @param nowMs the instant of the attempt, milliseconds since the epoch
 * @param random at least 10 random bytes, of which the version's and the variant's six bits are replaced
 */
export function encodeWriteId(nowMs: number, random: Uint8Array): string {
  if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs >= maxTime) throw new RangeError('A write id needs a time in whole ms.');
  const bytes = new Uint8Array(16);
  for (let index = 5, rest = nowMs; index >= 0; index--, rest = Math.floor(rest / 256)) bytes[index] = rest % 256;
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return digits(bytes);
}

function digits(bytes: Uint8Array): string {
  let text = '';
  for (let bit = 0; bit < 128; bit += 6) {
    const index = bit >> 3;
    const window = (bytes[index]! << 8) | (bytes[index + 1] ?? 0);
    text += alphabet[(window >> (10 - (bit & 7))) & 63];
  }
  return text;
}

/** When a write id was made, in milliseconds since the epoch. @throws RangeError when it is none. */
export function writeIdTime(writeId: string): number {
  let time = 0;
  for (let index = 0; index < 8; index++) {
    const digit = alphabet.indexOf(writeId.charAt(index) || '?');
    if (digit < 0) throw new RangeError('Not a write id.');
    time = time * 64 + digit;
  }
  if (writeId.length !== writeIdLength) throw new RangeError('Not a write id.');
  return time;
}
