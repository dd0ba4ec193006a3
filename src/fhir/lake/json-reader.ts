/**
 * Reads JSON (https://www.rfc-editor.org/rfc/rfc8259) byte by byte, without making values of it. The text has been parsed before, on its
 * way into the store: what is no JSON is a fault, told without a word of the text.
 */
import type { ByteOutput } from './byte-output.ts';
import { ByteView } from './byte-view.ts';
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

const initialSizeBytes = 64 * 1024;
/** A larger buffer is not kept for the next text. */
const keptSizeBytes = 1024 * 1024;
/** Behind the text: ends whatever is begun there, also a string whose last byte is a backslash, or a word. */
const ends = Uint8Array.of(quote, quote, comma, 0);

export class JsonReader {
  /** The text's bytes, and others behind them. */
  source = new ByteView(initialSizeBytes);
  at = 0;
  /** The token read last, without quotes. */
  readonly token: { start: number; end: number } = { start: 0, end: 0 };
  /** Of the text. */
  #length = 0;

  /** Takes a copy of it, for texts that lie in one place are read more quickly. */
  open(text: Uint8Array): void {
    const needed = text.length + ends.length;
    const { length } = this.source.bytes;
    if (needed > length) this.source = new ByteView(needed);
    else if (length > keptSizeBytes && needed <= initialSizeBytes) this.source = new ByteView(initialSizeBytes);
    this.source.bytes.set(text);
    this.source.bytes.set(ends, text.length);
    this.#length = text.length;
    this.at = this.token.start = this.token.end = 0;
  }

  fail(): never {
    throw new Error('The JSON of a resource is malformed.');
  }

  /** The byte at which the next token begins. */
  peek(): number {
    const { bytes } = this.source;
    let byte = bytes[this.at]!;
    while (byte <= space) byte = bytes[++this.at]!;
    if (this.at >= this.#length) this.fail();
    return byte;
  }

  /** Goes behind a member's name and its colon: the name is the token. @returns its hash */
  name(): number {
    const { bytes } = this.source;
    if (this.peek() !== quote) this.fail();
    let index = this.at + 1;
    this.token.start = index;
    let hash = 0;
    for (let byte = bytes[index]!; byte !== quote; byte = bytes[++index]!) {
      hash = nextHash(hash, byte);
      // An escaped quote ends no name.
      if (byte === backslash) hash = nextHash(hash, bytes[++index]!);
    }
    this.token.end = index;
    this.at = index + 1;
    this.#colon();
    return hash;
  }

  #colon(): void {
    if (this.peek() !== colon) this.fail();
    this.at++;
  }

  /** Whether the member that comes next is named so, without escapes; goes behind its name and colon if it is. */
  isNamed(name: ByteView): boolean {
    if (this.peek() !== quote) this.fail();
    const { source, token } = this;
    const start = this.at + 1;
    const end = start + name.bytes.length;
    if (end >= this.#length || source.bytes[end] !== quote) return false;
    token.start = start;
    token.end = end;
    if (!name.has(0, source, token)) return false;
    this.at = end + 1;
    this.#colon();
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
   * Goes behind a string, which is the token then, without its quotes and as it is written.
   * @returns whether it has escapes
   */
  string(): boolean {
    const { bytes } = this.source;
    const { token } = this;
    let index = this.at + 1;
    token.start = index;
    let byte = bytes[index]!;
    while (byte !== quote && byte !== backslash) byte = bytes[++index]!;
    const hasEscapes = byte === backslash;
    if (hasEscapes) index = this.#endOfString(index);
    token.end = index;
    this.at = index + 1;
    if (index >= this.#length) this.fail();
    return hasEscapes;
  }

  /** Where the quote stands that ends the string. */
  #endOfString(from: number): number {
    const { bytes } = this.source;
    let index = from;
    for (let byte = bytes[index]!; byte !== quote; byte = bytes[++index]!) if (byte === backslash) index++;
    return index;
  }

  /** Writes what the string means that was read last; half of a surrogate pair becomes U+FFFD. */
  putUnescaped(out: ByteOutput): void {
    const { bytes } = this.source;
    const { start, end } = this.token;
    out.reserve(end - start);
    for (let index = start; index < end; index++) {
      const byte = bytes[index]!;
      if (byte === backslash) index = this.#putEscape(index, out);
      else out.put(byte);
    }
  }

  /** @returns where the escape ends */
  #putEscape(index: number, out: ByteOutput): number {
    const kind = this.source.bytes[index + 1]!;
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
    const { bytes } = this.source;
    if (bytes[index] !== backslash || bytes[index + 1] !== bytesOf.u) return 0;
    return Number.parseInt(String.fromCharCode(...bytes.subarray(index + 2, index + 6)), 16);
  }

  /** Goes behind a number, `true`, `false` or `null`, which is the token then. */
  word(): void {
    const { bytes } = this.source;
    const start = this.at;
    let index = start;
    for (let byte = bytes[index]!; byte !== comma && byte !== closeBrace && byte !== closeBracket && byte > space;) byte = bytes[++index]!;
    if (index === start) this.fail();
    this.token.start = start;
    this.token.end = this.at = index;
  }

  /** Goes behind a primitive value, which is the token then: a string without its quotes. */
  primitive(): void {
    if (this.peek() !== quote) return this.word();
    const start = this.at + 1;
    const end = this.#endOfString(start);
    this.token.start = start;
    this.token.end = end;
    this.at = end + 1;
  }

  /** Of what was read last. */
  tokenText(): string {
    return decoder.decode(this.source.bytes.subarray(this.token.start, this.token.end));
  }

  /** From there to where the reader stands. */
  textFrom(start: number): string {
    return decoder.decode(this.source.bytes.subarray(start, this.at));
  }

  /** Whether these bytes stand where the next token begins. */
  isNext(bytes: Uint8Array): boolean {
    this.peek();
    return this.isAt(this.at, bytes);
  }

  isAt(position: number, expected: Uint8Array): boolean {
    const { bytes } = this.source;
    for (let index = 0; index < expected.length; index++) if (bytes[position + index] !== expected[index]) return false;
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
