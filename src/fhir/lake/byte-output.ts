/**
 * Bytes being written. Writing behind the end of the buffer does nothing but count, so that the loops over every byte need no
 * check: who writes looks afterwards whether all fitted, and writes once more into a larger buffer if not.
 */
import type { CivilDay, Moment, Span } from './moments.ts';
import { civilDay } from './moments.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const hyphen = 0x2d;
const colon = 0x3a;
const zero = 0x30;
/** A buffer's first size: some hundreds of usual resources. */
const initialSizeBytes = 1024 * 1024;
const secondsPerDay = 86_400;
/** Digits of a second's fraction that a timestamp has; what is finer is cut off. */
const fractionDigits = 6;

export class ByteOutput {
  bytes = new Uint8Array(initialSizeBytes);
  /** Behind the end of `bytes` when not all fitted. */
  length = 0;
  readonly #civil: CivilDay = { year: 0, month: 0, day: 0 };

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array((this.length + count) * 2);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Makes room for what was written behind `start`, which did not fit, and returns there. */
  retryFrom(start: number): void {
    const count = this.length - start;
    this.length = start;
    this.reserve(count);
  }

  /** Forgets what was written, and a buffer that one very large resource wanted. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > initialSizeBytes * 8) this.bytes = new Uint8Array(initialSizeBytes);
  }

  put(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  putAll(source: Uint8Array): void {
    this.putSpan(source, 0, source.length);
  }

  putSpan(source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let to = this.length;
    for (let index = start; index < end; index++) bytes[to++] = source[index]!;
    this.length = to;
  }

  /** @param text of ASCII alone */
  putText(text: string): void {
    for (let index = 0; index < text.length; index++) this.put(text.charCodeAt(index));
  }

  /** Closes what members or items were written into, each with a comma behind it. */
  close(bracket: number): void {
    if (this.bytes[this.length - 1] === comma) this.length--;
    this.put(bracket);
  }

  putEscaped(byte: number): void {
    if (byte === quote || byte === backslash) this.put(backslash);
    this.put(byte);
  }

  /** `"2024-03-05"` */
  putDate(days: number): void {
    this.put(quote);
    this.#putDay(days);
    this.put(quote);
  }

  /** `"2024-03-05 12:30:00.25"` @param source where the fraction's digits lie */
  putMoment({ seconds, fractionStart, fractionEnd }: Moment, source: Uint8Array): void {
    const days = Math.floor(seconds / secondsPerDay);
    const rest = seconds - days * secondsPerDay;
    this.put(quote);
    this.#putDay(days);
    this.put(0x20);
    this.#putPair(Math.trunc(rest / 3600));
    this.put(colon);
    this.#putPair(Math.trunc(rest / 60) % 60);
    this.put(colon);
    this.#putPair(rest % 60);
    if (fractionEnd > fractionStart) {
      this.put(0x2e);
      this.putSpan(source, fractionStart, Math.min(fractionEnd, fractionStart + fractionDigits));
    }
    this.put(quote);
  }

  /** A span of text that needs no escapes, in quotes. */
  putQuoted(source: Uint8Array, { start, end }: Span): void {
    this.put(quote);
    this.putSpan(source, start, end);
    this.put(quote);
  }

  #putDay(days: number): void {
    const civil = this.#civil;
    civilDay(days, civil);
    this.#putPair(Math.trunc(civil.year / 100));
    this.#putPair(civil.year % 100);
    this.put(hyphen);
    this.#putPair(civil.month);
    this.put(hyphen);
    this.#putPair(civil.day);
  }

  #putPair(value: number): void {
    this.put(zero + Math.trunc(value / 10));
    this.put(zero + (value % 10));
  }
}
