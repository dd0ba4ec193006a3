/**
 * The columns that stand beside an element's own and are made from its value: moments, digits, the parts of a reference, and
 * values of extensions (`lake-table.ts`).
 */
import { resourceTypes } from '../definitions/resource-types.ts';
import { isObject, isRawNumber, numberText, parseJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { ColumnNode } from './column-node.ts';
import { bytesOf } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { daysOf, isShown, readMoment } from './moments.ts';
import type { Moment, Span } from './moments.ts';
import { ByteTable, nextHash } from './row-plan.ts';
import type { Property, Slot } from './row-plan.ts';

const { quote, closeBracket, openBrace, openBracket, hyphen, point, slash, zero, nine } = bytesOf;
const encoder = new TextEncoder();
const historyText = encoder.encode('/_history/');
/** https://hl7.org/fhir/R4/datatypes.html#id */
const maxIdLength = 64;
/** Digits of a second's fraction that a timestamp has; what is finer is cut off. */
const fractionDigits = 6;
const typesByName = new ByteTable(resourceTypes.map((type) => ({ key: encoder.encode(type) })));

/** Where a property's value begins, and whether a double loses digits of it. */
export interface ReadValue {
  readonly at: number;
  readonly isFragile: boolean;
}

interface Companion {
  readonly slot: Slot;
  readonly at: number;
  /** Adds what it makes of the token that was read last. @returns false where that is nothing */
  readonly add: (node: ColumnNode) => boolean;
}

export class CompanionColumns {
  readonly #in: JsonReader;
  readonly #nodeOf: (slot: Slot) => ColumnNode;
  readonly #moment: Moment = { seconds: 0, fractionStart: 0, fractionEnd: 0 };

  constructor(reader: JsonReader, nodeOf: (slot: Slot) => ColumnNode) {
    this.#in = reader;
    this.#nodeOf = nodeOf;
  }

  /** @param parent the row that they are of; the token that was read last is the property's value, unless it is an array */
  write(property: Property, parent: number, { at, isFragile }: ReadValue): void {
    if (property.date) this.#companion(property, parent, { slot: property.date, at, add: this.#date });
    if (property.timestamp) this.#companion(property, parent, { slot: property.timestamp, at, add: this.#timestamp });
    if (property.literal && isFragile) this.#companion(property, parent, { slot: property.literal, at, add: this.#literal });
    if (property.referenceType) this.#reference(property, parent);
    if (property.extensionValues.length > 0) this.#extensionValues(property, parent, at);
  }

  #companion({ isArray }: Property, parent: number, { slot, at, add }: Companion): void {
    const node = this.#nodeOf(slot);
    if (isArray) this.#items(node, parent, { slot, at, add });
    else if (add(node)) node.parents.push(parent);
  }

  /** Reads the array once more, and leaves the reader where it was. */
  #items(node: ColumnNode, parent: number, { at, add }: Companion): void {
    const reader = this.#in;
    const behind = reader.at;
    const first = node.items;
    reader.at = at;
    node.parents.push(parent);
    let isMore = !reader.enter(closeBracket);
    while (isMore) {
      this.#skipItem();
      const number = node.items++;
      if (!add(node)) node.nullItems.push(number);
      isMore = reader.more(closeBracket);
    }
    node.lengths.push(node.items - first);
    reader.at = behind;
  }

  #skipItem(): void {
    const reader = this.#in;
    const byte = reader.peek();
    if (byte !== openBrace && byte !== openBracket) return reader.primitive();
    reader.skip();
    reader.start = reader.end = reader.at;
  }

  readonly #date = (node: ColumnNode): boolean => {
    const days = daysOf(this.#in.source, this.#in);
    if (Number.isNaN(days)) return false;
    node.addInteger(days);
    return true;
  };

  readonly #timestamp = (node: ColumnNode): boolean => {
    const moment = this.#moment;
    readMoment(this.#in.source, this.#in, moment);
    if (!isShown(moment)) return false;
    node.addMoment(moment.seconds, microsOf(this.#in.source, moment));
    return true;
  };

  readonly #literal = (node: ColumnNode): boolean => {
    const reader = this.#in;
    const byte = reader.source[reader.start]!;
    if (reader.source[reader.start - 1] === quote || (byte !== hyphen && !(byte >= zero && byte <= nine))) return false;
    const text = reader.tokenText();
    if (String(Number(text)) === text) return false;
    node.addText(reader.source, reader);
    return true;
  };

  /** `Type/id` and `Type/id/_history/version`: of a resource of this store, as an absolute URL may not be. */
  #reference({ referenceType, referenceId }: Property, parent: number): void {
    const { source, start, end } = this.#in;
    let index = start;
    let hash = 0;
    for (; index < end && source[index] !== slash; index++) hash = nextHash(hash, source[index]!);
    const type = { start, end: index };
    if (typesByName.find(source, type, hash) === undefined) return;
    const id = { start: index + 1, end: endOfId(source, { start: index + 1, end }) };
    if (id.end === id.start || id.end - id.start > maxIdLength) return;
    if (id.end !== end && !this.#in.isAt(id.end, historyText)) return;
    this.#add(referenceType!, parent).addText(source, type);
    this.#add(referenceId!, parent).addText(source, id);
  }

  #extensionValues({ extensionValues }: Property, parent: number, at: number): void {
    const extensions = parseJson(this.#in.textFrom(at));
    for (const slot of extensionValues) {
      const text = extensionText(extensions, slot.url);
      if (text === undefined) continue;
      const bytes = encoder.encode(text.toWellFormed());
      this.#add(slot, parent).addText(bytes, { start: 0, end: bytes.length });
    }
  }

  /** The column of which the row has a value. */
  #add(slot: Slot, parent: number): ColumnNode {
    const node = this.#nodeOf(slot);
    node.parents.push(parent);
    return node;
  }
}

function microsOf(source: Uint8Array, { fractionStart, fractionEnd }: Moment): number {
  let micros = 0;
  for (let place = 0; place < fractionDigits; place++) {
    const index = fractionStart + place;
    micros = micros * 10 + (index < fractionEnd ? source[index]! - zero : 0);
  }
  return micros;
}
function endOfId(source: Uint8Array, { start, end }: Span): number {
  let index = start;
  while (index < end && isIdByte(source[index]!)) index++;
  return index;
}

function isIdByte(byte: number): boolean {
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  return isLetter || (byte >= zero && byte <= nine) || byte === hyphen || byte === point;
}

/**
 * The value of the first such extension as text: a string as it is, what is complex as JSON; its own extensions where it has
 * no value.
 */
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
