/**
 * The elements of a resource as the columns of its table. What a table has no column for is kept aside, with the place that it
 * was found at (https://hl7.org/fhir/R4/json.html).
 */
import type { ByteOutput } from './byte-output.ts';
import { CompanionText } from './companion-text.ts';
import { bytesOf } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import type { Span } from './moments.ts';
import { valueKinds } from './row-plan.ts';
import type { Property, RowPlan } from './row-plan.ts';

const { quote, comma, openBracket, closeBracket, openBrace, closeBrace, hyphen, point, zero, nine } = bytesOf;
/** https://hl7.org/fhir/R4/datatypes.html#integer */
const minInteger = -(2 ** 31);
const maxInteger = 2 ** 31 - 1;
/** A double tells up to this many digits exactly. */
const exactDigits = 15;
/** Of `0.00001`: what is longer may be smaller than JavaScript writes without an exponent. */
const smallLength = 7;
const encoder = new TextEncoder();
const nullText = encoder.encode('null');
const typeKey = encoder.encode('resourceType');
const idKey = encoder.encode('id');

/**
 * Places that are told one by one: of millions of wrong items, each with its place, a row would be many times as long as its
 * resource. Where there are more, the whole resource stands once, at the place of no name.
 */
export const maxUnknown = 1000;

/**
 * Values of one resource that become columns. It holds what 10 MB of a resource hold, at 20 bytes each; hostile ones hold millions
 * in a list, which take many times their size as columns, and more memory than a table may have.
 */
export const maxValues = 500_000;

/** Instead of columns, such a resource is kept as a whole. */
export class TooManyValues extends Error {
  override readonly name = 'TooManyValues';
}

/** What a row says already, as JSON writes it: a resource that says the same says nothing new. */
export interface Known {
  readonly type: Uint8Array;
  readonly id: Uint8Array;
}

/** Objects that have been read: their numbers. */
let objects = 0;

export class ElementText {
  readonly #in: JsonReader;
  readonly #out: ByteOutput;
  readonly #used: Uint8Array;
  readonly #companions: CompanionText;
  /** The properties that are being read, from the resource inwards, and which of their items. */
  readonly #trail: Property[] = [];
  readonly #places: number[] = [];
  #depth = 0;
  #values = 0;
  #isFragile = false;
  #known: Known | undefined;
  #unknown: string[] = [];

  constructor(reader: JsonReader, out: ByteOutput, used: Uint8Array) {
    this.#in = reader;
    this.#out = out;
    this.#used = used;
    this.#companions = new CompanionText(reader, out, used);
  }

  /**
   * Writes the members of the object that comes next.
   * @returns what no column took, members of a JSON object: place and value
   * @throws TooManyValues
   */
  write(plan: RowPlan, known: Known): readonly string[] {
    this.#depth = 0;
    this.#values = 0;
    this.#unknown = [];
    this.#known = known;
    if (this.#in.peek() !== openBrace) this.#in.fail();
    this.#members(plan);
    return this.#unknown.length <= maxUnknown ? this.#unknown : [wholeResource(this.#in.textFrom(0))];
  }

  #members(plan: RowPlan): void {
    const reader = this.#in;
    if (reader.enter(closeBrace)) return;
    const object = ++objects;
    let previous: Property | undefined;
    // Resources of a type mostly have their properties in one order: what followed last time is looked for first.
    let expected = plan.first;
    do {
      const property = expected !== undefined && reader.isNamed(expected.key)
        ? expected
        : plan.properties.find(reader.source, reader, reader.name());
      if (property === undefined || property.lastObject === object || (this.#depth === 0 && this.#isSaid())) this.#unexpected();
      else {
        if (property !== expected) remember(property, previous, plan);
        property.lastObject = object;
        this.#property(property);
        previous = property;
        expected = property.follower;
      }
    } while (reader.more(closeBrace));
  }

  /** Whether the member is the resource's `id`. */
  #isSaid(): boolean {
    return this.#isNameOf(idKey);
  }

  /** A member that becomes no column: what the row says already, or what R4 does not define. */
  #unexpected(): void {
    const reader = this.#in;
    if (this.#depth === 0) {
      const said = this.#isNameOf(typeKey) ? this.#known!.type : this.#isNameOf(idKey) ? this.#known!.id : undefined;
      if (said !== undefined && reader.isNext(said)) return reader.primitive();
    }
    this.#keep(`${this.#path(this.#depth)}${this.#depth === 0 ? '' : '.'}${reader.tokenText()}`);
  }

  #isNameOf(key: Uint8Array): boolean {
    const { start, end } = this.#in;
    return end - start === key.length && this.#in.isAt(start, key);
  }

  /** Keeps the value that follows among the unknown elements. @param path as the inside of a JSON string */
  #keep(path: string): void {
    const reader = this.#in;
    reader.peek();
    const start = reader.at;
    const { length } = this.#out;
    reader.copyAsText(this.#out);
    this.#out.length = length;
    if (this.#unknown.length <= maxUnknown) this.#unknown.push(`"${path}":${reader.textFrom(start)}`);
  }

  #path(depth: number): string {
    return this.#trail.slice(0, depth).map(({ name }, index) => (this.#places[index]! < 0 ? name : `${name}[${this.#places[index]}]`)).join('.');
  }

  #property(property: Property): void {
    const reader = this.#in;
    const out = this.#out;
    this.#trail[this.#depth] = property;
    this.#places[this.#depth] = -1;
    const byte = reader.peek();
    if (byte === bytesOf.n) return reader.word();
    const isArray = byte === openBracket;
    const { at } = reader;
    const { length } = out;
    out.putAll(property.value.prefix);
    this.#isFragile = false;
    if (isArray && property.isArray) this.#items(property);
    else if (property.isArray || !this.#value(property)) {
      out.length = length;
      reader.at = at;
      return this.#keep(this.#path(this.#depth + 1));
    }
    this.#used[property.value.index] = 1;
    out.put(comma);
    if (property.hasCompanions) this.#companions.write(property, at, this.#isFragile);
  }

  #items(property: Property): void {
    const reader = this.#in;
    const out = this.#out;
    const depth = this.#depth;
    out.put(openBracket);
    let place = 0;
    if (reader.enter(closeBracket)) return out.put(closeBracket);
    do {
      const isNull = reader.peek() === bytesOf.n;
      const { at } = reader;
      const { length } = out;
      this.#places[depth] = place++;
      if (isNull || !this.#value(property)) {
        out.length = length;
        reader.at = at;
        out.putAll(nullText);
        if (isNull) reader.word();
        else this.#keep(this.#path(depth + 1));
      }
      out.put(comma);
    } while (reader.more(closeBracket));
    out.close(closeBracket);
  }

  /** @returns whether the value is of the property's kind; what was written and read is of no use if not */
  #value(property: Property): boolean {
    if (++this.#values > maxValues) throw new TooManyValues();
    const reader = this.#in;
    const byte = reader.peek();
    switch (property.kind) {
      case valueKinds.string:
        if (byte !== quote) return false;
        reader.copyString(this.#out);
        return true;
      case valueKinds.row:
        if (byte !== openBrace) return false;
        this.#out.put(openBrace);
        this.#depth++;
        this.#members(property.row!);
        this.#depth--;
        this.#out.close(closeBrace);
        return true;
      case valueKinds.json:
        reader.copyAsText(this.#out);
        return true;
      case valueKinds.boolean:
        if (byte !== bytesOf.t && byte !== bytesOf.f) return false;
        reader.word();
        this.#out.putSpan(reader.source, reader.start, reader.end);
        return true;
      default:
        if (byte !== hyphen && !(byte >= zero && byte <= nine)) return false;
        reader.word();
        return property.kind === valueKinds.integer ? this.#integer() : this.#decimal();
    }
  }

  #integer(): boolean {
    const text = this.#in.tokenText();
    const value = Number(text);
    if (String(value) !== text || !(value >= minInteger && value <= maxInteger) || !Number.isInteger(value)) return false;
    this.#out.putText(text);
    return true;
  }

  #decimal(): boolean {
    const { source, start, end } = this.#in;
    if (isPlain(source, this.#in)) {
      this.#out.putSpan(source, start, end);
      return true;
    }
    const text = this.#in.tokenText();
    const value = Number(text);
    if (String(value) !== text) this.#isFragile = true;
    // A number that no double can hold has its literal alone.
    this.#out.putText(Number.isFinite(value) ? String(value) : 'null');
    return true;
  }
}

/** The resource among the unknown elements, at the place of no name. @param json as it came */
export function wholeResource(json: string): string {
  return `"":${json}`;
}

/** Whether JavaScript would print a number as it is written: quickly, and no too often. */
function isPlain(source: Uint8Array, { start, end }: Span): boolean {
  if (end - start > exactDigits) return false;
  let hasPoint = false;
  for (let index = start; index < end; index++) {
    const byte = source[index]!;
    if (byte === point) hasPoint = true;
    else if (!(byte >= zero && byte <= nine) && byte !== hyphen) return false;
  }
  const first = source[start] === hyphen ? start + 1 : start;
  // `-0`, and small numbers, which JavaScript may write with an exponent.
  if (source[first] === zero && (first > start || end - first > smallLength)) return false;
  return !hasPoint || source[end - 1] !== zero;
}

/** What is looked for first next time. */
function remember(property: Property, previous: Property | undefined, plan: RowPlan): void {
  if (previous === undefined) plan.first = property;
  else previous.follower = property;
}
