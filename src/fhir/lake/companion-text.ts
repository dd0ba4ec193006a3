/**
 * The columns that stand beside an element's own and are made from its value: moments, digits, the parts of a reference, and
 * values of extensions (`lake-table.ts`).
 */
import { resourceTypes } from '../definitions/resource-types.ts';
import { isObject, isRawNumber, numberText, parseJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { ByteOutput } from './byte-output.ts';
import { bytesOf } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { daysOf, isShown, readMoment } from './moments.ts';
import type { Moment, Span } from './moments.ts';
import { ByteTable, nextHash } from './row-plan.ts';
import type { Property, Slot } from './row-plan.ts';

const { quote, comma, openBracket, closeBracket, openBrace, hyphen, point, slash, zero, nine } = bytesOf;
const encoder = new TextEncoder();
const nullText = encoder.encode('null');
const historyText = encoder.encode('/_history/');
/** https://hl7.org/fhir/R4/datatypes.html#id */
const maxIdLength = 64;
const typesByName = new ByteTable(resourceTypes.map((type) => ({ key: encoder.encode(type) })));

export class CompanionText {
  readonly #out: ByteOutput;
  readonly #in: JsonReader;
  /** By slot: whether anything was written into it. */
  readonly #used: Uint8Array;
  readonly #moment: Moment = { seconds: 0, fractionStart: 0, fractionEnd: 0 };

  constructor(reader: JsonReader, out: ByteOutput, used: Uint8Array) {
    this.#in = reader;
    this.#out = out;
    this.#used = used;
  }

  /**
   * @param at where the property's value begins; the token that was read last is that value, unless it is an array
   * @param isFragile whether a double loses digits of it
   */
  write(property: Property, at: number, isFragile: boolean): void {
    if (property.date) this.#companion(property, { slot: property.date, at, write: this.#date });
    if (property.timestamp) this.#companion(property, { slot: property.timestamp, at, write: this.#timestamp });
    if (property.literal && isFragile) this.#companion(property, { slot: property.literal, at, write: this.#literal });
    if (property.referenceType) this.#reference(property);
    if (property.extensionValues.length > 0) this.#extensionValues(property, at);
  }

  #begin(slot: Slot): void {
    this.#used[slot.index] = 1;
    this.#out.putAll(slot.prefix);
  }

  #companion({ isArray }: Property, { slot, at, write }: { slot: Slot; at: number; write: () => boolean }): void {
    const out = this.#out;
    const { length } = out;
    out.putAll(slot.prefix);
    if (isArray) this.#items(at, write);
    else if (!write()) {
      out.length = length;
      return;
    }
    this.#used[slot.index] = 1;
    out.put(comma);
  }

  /** Reads the array at `at` once more, and leaves the reader where it was. */
  #items(at: number, write: () => boolean): void {
    const reader = this.#in;
    const out = this.#out;
    const behind = reader.at;
    reader.at = at;
    out.put(openBracket);
    let isMore = !reader.enter(closeBracket);
    while (isMore) {
      this.#skipItem();
      if (!write()) out.putAll(nullText);
      out.put(comma);
      isMore = reader.more(closeBracket);
    }
    out.close(closeBracket);
    reader.at = behind;
  }

  #skipItem(): void {
    const reader = this.#in;
    const byte = reader.peek();
    if (byte !== openBrace && byte !== openBracket) return reader.primitive();
    const { length } = this.#out;
    reader.copyAsText(this.#out);
    this.#out.length = length;
    reader.start = reader.end = reader.at;
  }

  readonly #date = (): boolean => {
    const days = daysOf(this.#in.source, this.#in);
    if (Number.isNaN(days)) return false;
    this.#out.putDate(days);
    return true;
  };

  readonly #timestamp = (): boolean => {
    readMoment(this.#in.source, this.#in, this.#moment);
    if (!isShown(this.#moment)) return false;
    this.#out.putMoment(this.#moment, this.#in.source);
    return true;
  };

  readonly #literal = (): boolean => {
    const reader = this.#in;
    const byte = reader.source[reader.start]!;
    if (reader.source[reader.start - 1] === quote || (byte !== hyphen && !(byte >= zero && byte <= nine))) return false;
    const text = reader.tokenText();
    if (String(Number(text)) === text) return false;
    this.#out.putQuoted(reader.source, reader);
    return true;
  };

  /** `Type/id` and `Type/id/_history/version`: of a resource of this store, as an absolute URL may not be. */
  #reference({ referenceType, referenceId }: Property): void {
    const { source, start, end } = this.#in;
    let index = start;
    let hash = 0;
    for (; index < end && source[index] !== slash; index++) hash = nextHash(hash, source[index]!);
    if (typesByName.find(source, { start, end: index }, hash) === undefined) return;
    const type = { start, end: index };
    const id = { start: index + 1, end: endOfId(source, { start: index + 1, end }) };
    if (id.end === id.start || id.end - id.start > maxIdLength) return;
    if (id.end !== end && !this.#in.isAt(id.end, historyText)) return;
    this.#begin(referenceType!);
    this.#out.putQuoted(source, type);
    this.#out.put(comma);
    this.#begin(referenceId!);
    this.#out.putQuoted(source, id);
    this.#out.put(comma);
  }

  #extensionValues({ extensionValues }: Property, at: number): void {
    const extensions = parseJson(this.#in.textFrom(at));
    for (const slot of extensionValues) {
      const text = extensionText(extensions, slot.url);
      if (text === undefined) continue;
      this.#begin(slot);
      this.#out.putAll(encoder.encode(JSON.stringify(text.toWellFormed())));
      this.#out.put(comma);
    }
  }
}

function endOfId(source: Uint8Array, { start, end }: Span): number {
  let index = start;
  while (index < end && isIdByte(source[index]!)) index++;
  return index;
}

function isIdByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= zero && byte <= nine) || byte === hyphen || byte === point;
}

/** The value of the first such extension as text: a string as it is, what is complex as JSON; its own extensions where it has no value. */
function extensionText(extensions: Json, url: string): string | undefined {
  if (!Array.isArray(extensions)) return undefined;
  for (const extension of extensions) {
    if (!isObject(extension) || extension.url !== url) continue;
    const name = Object.keys(extension).find((key) => key.startsWith('value')) ?? 'extension';
    const value = extension[name];
    if (typeof value === 'string') return value;
    if (value !== undefined) return isRawNumber(value) ? numberText(value) : JSON.stringify(value);
  }
  return undefined;
}
