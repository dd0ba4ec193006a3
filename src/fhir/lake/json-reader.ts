/**
 * Reads JSON (https://www.rfc-editor.org/rfc/rfc8259) byte by byte, without making values of it. The text has been parsed before, on its
 * way into the store: what is no JSON is a fault, told without a word of the text.
 */
import type { ByteOutput } from './byte-output.ts';
import { nextHash } from './row-plan.ts';

export const bytesOf = {
  quote: 0x22, comma: 0x2c, colon: 0x3a, openBracket: 0x5b, backslash: 0x5c, closeBracket: 0x5d, openBrace: 0x7b, closeBrace: 0x7d,
  hyphen: 0x2d, point: 0x2e, slash: 0x2f, zero: 0x30, nine: 0x39, underscore: 0x5f, f: 0x66, n: 0x6e, t: 0x74, u: 0x75,
} as const;
const { quote, comma, colon, openBracket, backslash, closeBracket, openBrace, closeBrace } = bytesOf;
const space = 0x20;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** What stands for half of a surrogate pair, which is no character. */
const replacement = 0xfffd;
/** What stands behind a backslash, and what it means. Anything else is itself. */
const escapes: ReadonlyMap<number, number> = new Map([[0x62, 0x08], [0x66, 0x0c], [0x6e, 0x0a], [0x72, 0x0d], [0x74, 0x09]]);

export class JsonReader {
  source: Uint8Array = new Uint8Array(0);
  at = 0;
  /** Of the token read last, without quotes. */
  start = 0;
  end = 0;

  open(source: Uint8Array): void {
    this.source = source;
    this.at = this.start = this.end = 0;
  }

  fail(): never {
    throw new Error('The JSON of a resource is malformed.');
  }

  /** The byte at which the next token begins. */
  peek(): number {
    const { source } = this;
    while (source[this.at]! <= space) this.at++;
    if (this.at >= source.length) this.fail();
    return source[this.at]!;
  }

  /** Goes behind a member's name and its colon: the name lies between `start` and `end`. @returns its hash */
  name(): number {
    const { source } = this;
    if (this.peek() !== quote) this.fail();
    const { length } = source;
    let index = this.at + 1;
    this.start = index;
    let hash = 0;
    for (; index < length; index++) {
      const byte = source[index]!;
      if (byte === quote) break;
      hash = nextHash(hash, byte);
      // An escaped quote ends no name.
      if (byte === backslash) hash = nextHash(hash, source[++index]!);
    }
    this.end = index;
    this.at = index + 1;
    if (this.peek() !== colon) this.fail();
    this.at++;
    return hash;
  }

  /** Whether the member that comes next is named so, without escapes; goes behind its name and colon if it is. */
  isNamed(key: Uint8Array): boolean {
    if (this.peek() !== quote) this.fail();
    const start = this.at + 1;
    const end = start + key.length;
    if (this.source[end] !== quote || !this.isAt(start, key)) return false;
    this.start = start;
    this.end = end;
    this.at = end + 1;
    if (this.peek() !== colon) this.fail();
    this.at++;
    return true;
  }

  /** Behind an item or a member: whether another follows; goes behind the comma or the bracket. */
  more(bracket: number): boolean {
    const byte = this.peek();
    if (byte !== comma && byte !== bracket) this.fail();
    this.at++;
    return byte === comma;
  }

  /** Whether the array or object that begins here is empty; goes behind its bracket, or both. */
  enter(bracket: number): boolean {
    this.at++;
    if (this.peek() !== bracket) return false;
    this.at++;
    return true;
  }

  /**
   * Goes behind a string, which lies between `start` and `end`, without its quotes and as it is written.
   * @returns whether it has escapes
   */
  string(): boolean {
    const { source } = this;
    const { length } = source;
    let index = this.at + 1;
    this.start = index;
    for (; index < length; index++) {
      const byte = source[index]!;
      if (byte === quote || byte === backslash) break;
    }
    const hasEscapes = source[index] === backslash;
    for (; index < length && source[index] !== quote; index++) if (source[index] === backslash) index++;
    this.end = index;
    this.at = index + 1;
    return hasEscapes;
  }

  /** Writes what the string means that was read last; half of a surrogate pair becomes U+FFFD. */
  putUnescaped(out: ByteOutput): void {
    const { source, end } = this;
    out.reserve(end - this.start);
    for (let index = this.start; index < end; index++) {
      const byte = source[index]!;
      if (byte === backslash) index = this.#putEscape(index, out);
      else out.put(byte);
    }
  }

  /** @returns where the escape ends */
  #putEscape(index: number, out: ByteOutput): number {
    const { source } = this;
    const kind = source[index + 1]!;
    if (kind !== bytesOf.u) {
      out.put(escapes.get(kind) ?? kind);
      return index + 1;
    }
    const unit = this.#codeUnit(index);
    const isHigh = unit >= 0xd800 && unit <= 0xdbff;
    const next = isHigh ? this.#codeUnit(index + 6) : 0;
    const isPair = next >= 0xdc00 && next <= 0xdfff;
    const isHalf = !isPair && unit >= 0xd800 && unit <= 0xdfff;
    out.putCharacter(isPair ? 0x10000 + ((unit - 0xd800) << 10) + next - 0xdc00 : isHalf ? replacement : unit);
    return isPair ? index + 11 : index + 5;
  }

  /** Of the escape `\uXXXX` at the index; 0 where there is none. */
  #codeUnit(index: number): number {
    if (this.source[index] !== backslash || this.source[index + 1] !== bytesOf.u) return 0;
    return Number.parseInt(String.fromCharCode(...this.source.subarray(index + 2, index + 6)), 16);
  }

  /** Goes behind a number, `true`, `false` or `null`: it lies between `start` and `end`. */
  word(): void {
    const { source } = this;
    this.start = this.at;
    let index = this.at;
    for (; index < source.length; index++) {
      const byte = source[index]!;
      if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= space) break;
    }
    if (index === this.start) this.fail();
    this.end = this.at = index;
  }

  /** Goes behind a primitive value: it lies between `start` and `end`, a string without its quotes. */
  primitive(): void {
    if (this.peek() !== quote) return this.word();
    const { source } = this;
    let index = ++this.at;
    this.start = index;
    for (; index < source.length && source[index] !== quote; index++) if (source[index] === backslash) index++;
    this.end = index;
    this.at = index + 1;
  }

  /** Of what was read last. */
  tokenText(): string {
    return decoder.decode(this.source.subarray(this.start, this.end));
  }

  /** From there to where the reader stands. */
  textFrom(start: number): string {
    return decoder.decode(this.source.subarray(start, this.at));
  }

  /** Whether these bytes stand where the next token begins. */
  isNext(bytes: Uint8Array): boolean {
    this.peek();
    return this.isAt(this.at, bytes);
  }

  isAt(position: number, bytes: Uint8Array): boolean {
    for (let index = 0; index < bytes.length; index++) if (this.source[position + index] !== bytes[index]) return false;
    return true;
  }

  /** Copies any value as JSON, without the white space between tokens. */
  copyJson(out: ByteOutput): void {
    const { source } = this;
    const begin = this.at;
    let depth = 0;
    this.skip();
    out.reserve(this.at - begin);
    this.at = begin;
    do {
      const byte = this.peek();
      if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) depth--;
      else if (byte !== comma && byte !== colon) {
        const from = this.at;
        this.primitive();
        out.putSpan(source, from, this.at);
        continue;
      }
      out.put(byte);
      this.at++;
    } while (depth > 0);
  }

  /** Goes behind any value. */
  skip(): void {
    let depth = 0;
    do {
      const byte = this.peek();
      if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) depth--;
      else if (byte !== comma && byte !== colon) {
        this.primitive();
        continue;
      }
      this.at++;
    } while (depth > 0);
  }
}
