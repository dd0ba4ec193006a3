/** Part of a content (https://www.rfc-editor.org/rfc/rfc9110#section-14): a single range; of several the whole is sent. */
import type { ByteRange } from '../ports/contents.ts';

/**
 * @param header that of `Range`
 * @returns `undefined` for the whole, `unsatisfiable` for a range that begins behind the end
 */
export function byteRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const { first = '', last = '' } = /^bytes=(?<first>\d*)-(?<last>\d*)$/.exec(header ?? '')?.groups ?? {};
  if (first === '' && last === '') return undefined;
  // `-500` are the last 500.
  if (first === '') return Number(last) === 0 ? 'unsatisfiable' : { first: Math.max(0, sizeBytes - Number(last)), last: sizeBytes - 1 };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= sizeBytes) return 'unsatisfiable';
  return { first: Number(first), last: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
