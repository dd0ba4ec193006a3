/**
 * The elements of a resource as the columns of its table. What a table has no column for is kept aside, with the place that it
 * was found at (https://hl7.org/fhir/R4/json.html).
 */
import type { ByteOutput } from './byte-output.ts';
import type { Place } from './byte-view.ts';
import type { ColumnNode } from './column-node.ts';
import { CompanionColumns } from './companion-columns.ts';
import { bytesOf } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { valueKinds } from './row-plan.ts';
import type { Property, RowPlan, Slot } from './row-plan.ts';

const { quote, openBracket, closeBracket, openBrace, closeBrace, hyphen, point, zero, nine } = bytesOf;
/** https://hl7.org/fhir/R4/datatypes.html#integer */
const minInteger = -(2 ** 31);
const maxInteger = 2 ** 31 - 1;
/** A double tells up to this many digits exactly. */
const exactDigits = 15;
/** Powers of ten that a double tells exactly, and more than the digits above need. */
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_none, exponent) => 10 ** exponent);
/** Of `0.00001`: what is longer may be smaller than JavaScript writes without an exponent. */
const smallLength = 7;
const encoder = new TextEncoder();
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

export class ElementColumns {
  readonly #in: JsonReader;
  readonly #out: ByteOutput;
  readonly #nodeOf: (slot: Slot) => ColumnNode;
  readonly #companions: CompanionColumns;
  /** The properties that are being read, from the resource inwards, and which of their items. */
  readonly #trail: Property[] = [];
  readonly #places: number[] = [];
  #depth = 0;
  #values = 0;
  #isFragile = false;
  /** Of the number that was read last: that no double holds it, so that it has its literal alone. */
  #isBeyond = false;
  #known: Known | undefined;
  #unknown: string[] = [];

  /** @param out for what is not as it lies in the resource */
  constructor(reader: JsonReader, out: ByteOutput, nodeOf: (slot: Slot) => ColumnNode) {
    this.#in = reader;
    this.#out = out;
    this.#nodeOf = nodeOf;
    this.#companions = new CompanionColumns(reader, nodeOf);
  }

  /**
   * Takes the members of the object that comes next.
   * @param row its number
   * @returns what no column took, members of a JSON object: place and value
   * @throws TooManyValues
   */
  write(plan: RowPlan, row: number, known: Known): readonly string[] {
    this.#depth = 0;
    this.#values = 0;
    this.#unknown = [];
    this.#known = known;
    if (this.#in.peek() !== openBrace) this.#in.fail();
    this.#members(plan, row);
    return this.#unknown.length <= maxUnknown ? this.#unknown : [wholeResource(this.#in.textFrom(0))];
  }

  /** Of the resource that was read last. */
  get values(): number {
    return this.#values;
  }

  /** @param parent the number of the row that they are of, among those of its kind */
  #members(plan: RowPlan, parent: number): void {
    const reader = this.#in;
    if (reader.enter(closeBrace)) return;
    const object = ++objects;
    let previous: Property | undefined;
    // Resources of a type mostly have their properties in one order: what followed last time is looked for first.
    let expected = plan.first;
    do {
      const property = expected !== undefined && reader.isNamed(expected.key)
        ? expected
        : this.#found(plan);
      if (property === undefined || property.lastObject === object || (this.#depth === 0 && this.#isSaid())) this.#unexpected();
      else {
        if (property !== expected) remember(property, previous, plan);
        property.lastObject = object;
        this.#property(property, parent);
        previous = property;
        expected = property.follower;
      }
    } while (reader.more(closeBrace));
  }

  #found({ properties }: RowPlan): Property | undefined {
    const reader = this.#in;
    const hash = reader.name();
    return properties.find(reader.source, reader.token, hash);
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
    const { start, end } = this.#in.token;
    return end - start === key.length && this.#in.isAt(start, key);
  }

  /** Keeps the value that follows among the unknown elements. @param path as the inside of a JSON string */
  #keep(path: string): void {
    const reader = this.#in;
    reader.peek();
    const start = reader.at;
    reader.skip();
    if (this.#unknown.length <= maxUnknown) this.#unknown.push(`"${path}":${reader.textFrom(start)}`);
  }

  #path(depth: number): string {
    return this.#trail.slice(0, depth).map(({ name }, index) => (this.#places[index]! < 0 ? name : `${name}[${this.#places[index]}]`)).join('.');
  }

  #property(property: Property, parent: number): void {
    const reader = this.#in;
    this.#trail[this.#depth] = property;
    this.#places[this.#depth] = -1;
    const byte = reader.peek();
    if (byte === bytesOf.n) return reader.word();
    const isArray = byte === openBracket;
    const { at } = reader;
    const node = this.#nodeOf(property.value);
    this.#isFragile = false;
    if (isArray && property.isArray) this.#items(property, node, parent);
    else if (property.isArray || !this.#single(property, node, parent)) {
      reader.at = at;
      return this.#keep(this.#path(this.#depth + 1));
    }
    if (!property.hasCompanions) return;
    if (property.literal === undefined) this.#companions.write(property, parent, at);
    else if (this.#isFragile) this.#companions.writeLiteral(property, parent, at);
  }

  #items(property: Property, node: ColumnNode, parent: number): void {
    const reader = this.#in;
    const depth = this.#depth;
    const { parents, lengths } = node;
    const first = node.items;
    parents.push(parent);
    lengths.push(0);
    if (reader.enter(closeBracket)) return;
    do {
      const isNull = reader.peek() === bytesOf.n;
      const { at } = reader;
      this.#places[depth] = node.items - first;
      const number = node.items++;
      if (isNull || !this.#value(property, node)) {
        reader.at = at;
        node.nullItems.push(number);
        if (isNull) reader.word();
        else this.#keep(this.#path(depth + 1));
      } else if (this.#tookBeyond()) node.nullItems.push(number);
    } while (reader.more(closeBracket));
    lengths.values[lengths.length - 1] = node.items - first;
  }

  /** @returns whether the value is of the property's kind; what was read is of no use if not */
  #single(property: Property, node: ColumnNode, parent: number): boolean {
    // In front of what lies within it, and taken back where it is none.
    node.parents.push(parent);
    const isOfKind = this.#value(property, node);
    if (!isOfKind || this.#tookBeyond()) node.parents.length--;
    return isOfKind;
  }

  /** Whether the value is a number that no column has; asked once, for what is around it has a value. */
  #tookBeyond(): boolean {
    const isBeyond = this.#isBeyond;
    this.#isBeyond = false;
    return isBeyond;
  }

  /** @returns whether it is of the property's kind: nothing has become of it if not */
  #value(property: Property, node: ColumnNode): boolean {
    if (++this.#values > maxValues) throw new TooManyValues();
    const reader = this.#in;
    const byte = reader.peek();
    switch (property.kind) {
      case valueKinds.string:
        if (byte !== quote) return false;
        this.#string(node);
        return true;
      case valueKinds.row:
        if (byte !== openBrace) return false;
        this.#depth++;
        this.#members(property.row!, node.count++);
        this.#depth--;
        return true;
      case valueKinds.json:
        this.#out.clear();
        reader.copyJson(this.#out);
        this.#addOut(node);
        return true;
      case valueKinds.boolean:
        if (byte !== bytesOf.t && byte !== bytesOf.f) return false;
        reader.word();
        node.addBoolean(byte === bytesOf.t);
        return true;
      default:
        if (byte !== hyphen && !(byte >= zero && byte <= nine)) return false;
        reader.word();
        return property.kind === valueKinds.integer ? this.#integer(node) : this.#decimal(node);
    }
  }

  #string(node: ColumnNode): void {
    const reader = this.#in;
    if (!reader.string()) return node.addText(reader.source, reader.token);
    this.#out.clear();
    reader.putUnescaped(this.#out);
    this.#addOut(node);
  }

  #addOut(node: ColumnNode): void {
    const { data, length } = this.#out;
    node.addText(data, { start: 0, end: length });
  }

  #integer(node: ColumnNode): boolean {
    const text = this.#in.tokenText();
    const value = Number(text);
    if (String(value) !== text || !(value >= minInteger && value <= maxInteger) || !Number.isInteger(value)) return false;
    node.addInteger(value);
    return true;
  }

  #decimal(node: ColumnNode): boolean {
    const { source: { bytes }, token } = this.#in;
    if (isPlain(bytes, token)) {
      node.addDouble(plainValue(bytes, token));
      return true;
    }
    const text = this.#in.tokenText();
    const value = Number(text);
    if (String(value) !== text) this.#isFragile = true;
    // A zero has no sign here; its literal tells it.
    if (Number.isFinite(value)) node.addDouble(value === 0 ? 0 : value);
    else this.#isBeyond = true;
    return true;
  }
}

/** The resource among the unknown elements, at the place of no name. @param json as it came */
export function wholeResource(json: string): string {
  return `"":${json}`;
}

/** Whether JavaScript would print a number as it is written: quickly, and no too often. */
function isPlain(source: Uint8Array, { start, end }: Place): boolean {
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

/** Of so few digits and such a power of ten as a double tells exactly, so that their quotient is as exact as can be. */
function plainValue(source: Uint8Array, { start, end }: Place): number {
  let digits = 0;
  let decimals = 0;
  let isBehindPoint = false;
  for (let index = source[start] === hyphen ? start + 1 : start; index < end; index++) {
    const byte = source[index]!;
    if (byte === point) isBehindPoint = true;
    else {
      digits = digits * 10 + byte - zero;
      if (isBehindPoint) decimals++;
    }
  }
  const value = digits / powersOfTen[decimals]!;
  return source[start] === hyphen ? -value : value;
}

/** What is looked for first next time. */
function remember(property: Property, previous: Property | undefined, plan: RowPlan): void {
  if (previous === undefined) plan.first = property;
  else previous.follower = property;
}
