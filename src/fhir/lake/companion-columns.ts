/**
 * The columns that stand beside an element's own and are made from its value: moments, digits, the parts of a reference, and
 * values of extensions (`lake-table.ts`).
 */
import { resourceTypes } from '../definitions/resource-types.ts';
import { isObject, isRawNumber, numberText, parseJson } from '../json.ts';
import type { Json } from '../json.ts';
import { ByteView } from './byte-view.ts';
import type { Place } from './byte-view.ts';
import type { ColumnNode } from './column-node.ts';
import { bytesOf } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { daysOf, isShown, readMoment } from './moments.ts';
import type { Moment } from './moments.ts';
import { ByteTable, nextHash } from './row-plan.ts';
import type { Property, Slot } from './row-plan.ts';

const { quote, closeBracket, openBrace, openBracket, hyphen, slash, zero, nine } = bytesOf;
const encoder = new TextEncoder();
const historyText = encoder.encode('/_history/');
/** https://hl7.org/fhir/R4/datatypes.html#id */
export const maxIdLength = 64;
/** Digits of a second's fraction that a timestamp has; what is finer is cut off. */
const fractionDigits = 6;
const typesByName = new ByteTable(resourceTypes.map((type) => ({ key: ByteView.of(encoder.encode(type)) })));

/** What is noted of a text in place of its companion: nothing was made of it yet, or nothing can be. */
const [unmade, none] = [0, -1];

export class CompanionColumns {
  readonly #in: JsonReader;
  readonly #nodeOf: (slot: Slot) => ColumnNode;
  readonly #moment: Moment = { seconds: 0, fractionStart: 0, fractionEnd: 0 };

  constructor(reader: JsonReader, nodeOf: (slot: Slot) => ColumnNode) {
    this.#in = reader;
    this.#nodeOf = nodeOf;
  }

  /**
   * The companions of a value that is no number: it is the token that was read last, unless it is an array.
   * @param parent the row that they are of
   * @param at where the value begins
   */
  write(property: Property, parent: number, at: number): void {
    const { date, timestamp } = property;
    if (property.isArray) {
      if (date) this.#items(date, parent, at);
      if (timestamp) this.#items(timestamp, parent, at);
      if (property.extensionValues.length > 0) this.#extensionValues(property, parent, at);
      return;
    }
    if (date) this.#moments(date, parent, this.#nodeOf(property.value).number);
    if (timestamp) this.#moments(timestamp, parent, this.#nodeOf(property.value).number);
    if (property.referenceType) this.#reference(property, parent, this.#nodeOf(property.value).number);
  }

  /** What a number is written like, where a double loses digits of it. The arguments are those of `write`. */
  writeLiteral({ literal, isArray }: Property, parent: number, at: number): void {
    if (isArray) return this.#items(literal!, parent, at);
    const node = this.#nodeOf(literal!);
    if (this.#made(literal!, node)) node.parents.push(parent);
  }

  /** Of a text that was met before, by its number, what was made of it then. */
  #moments(slot: Slot, parent: number, number: number): void {
    const node = this.#nodeOf(slot);
    const { made } = node;
    const known = made.at(number);
    if (known === none) return;
    if (known !== unmade) node.addAgain(known - 1);
    else {
      const isMade = this.#made(slot, node);
      made.set(number, isMade ? node.number + 1 : none);
      if (!isMade) return;
    }
    node.parents.push(parent);
  }

  /** Reads the array once more, and leaves the reader where it was. */
  #items(slot: Slot, parent: number, at: number): void {
    const reader = this.#in;
    const node = this.#nodeOf(slot);
    const behind = reader.at;
    const first = node.items;
    reader.at = at;
    node.parents.push(parent);
    let isMore = !reader.enter(closeBracket);
    while (isMore) {
      this.#skipItem();
      const number = node.items++;
      if (!this.#made(slot, node)) node.nullItems.push(number);
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
    reader.token.start = reader.token.end = reader.at;
  }

  /** Adds what the slot has of the token that was read last. @returns false where that is nothing */
  #made({ field: { role } }: Slot, node: ColumnNode): boolean {
    const { source: { bytes }, token } = this.#in;
    const isText = bytes[token.start - 1] === quote;
    if (role === 'literal') return !isText && this.#literal(node);
    return isText && (role === 'date' ? this.#date(node) : this.#timestamp(node));
  }

  #date(node: ColumnNode): boolean {
    const days = daysOf(this.#in.source.bytes, this.#in.token);
    if (Number.isNaN(days)) return false;
    node.addInteger(days);
    return true;
  }

  #timestamp(node: ColumnNode): boolean {
    const moment = this.#moment;
    const { source: { bytes }, token } = this.#in;
    readMoment(bytes, token, moment);
    if (!isShown(moment)) return false;
    node.addMoment(moment.seconds, microsOf(bytes, moment));
    return true;
  }

  #literal(node: ColumnNode): boolean {
    const reader = this.#in;
    const byte = reader.source.bytes[reader.token.start]!;
    if (byte !== hyphen && !(byte >= zero && byte <= nine)) return false;
    const text = reader.tokenText();
    if (String(Number(text)) === text) return false;
    node.addText(reader.source, reader.token);
    return true;
  }

  /** Of a reference that was met before, by its number, what was made of it then. */
  #reference({ referenceType, referenceId }: Property, parent: number, number: number): void {
    const [typeNode, idNode] = [this.#nodeOf(referenceType!), this.#nodeOf(referenceId!)];
    const known = typeNode.made.at(number);
    if (known === none) return;
    if (known !== unmade) {
      typeNode.addAgain(known - 1);
      idNode.addAgain(idNode.made.at(number) - 1);
    } else {
      const isMade = this.#referenceParts(typeNode, idNode);
      typeNode.made.set(number, isMade ? typeNode.number + 1 : none);
      idNode.made.set(number, isMade ? idNode.number + 1 : none);
      if (!isMade) return;
    }
    typeNode.parents.push(parent);
    idNode.parents.push(parent);
  }

  /** `Type/id` and `Type/id/_history/version`: of a resource of this store, as an absolute URL may not be. */
  #referenceParts(typeNode: ColumnNode, idNode: ColumnNode): boolean {
    const { source } = this.#in;
    const { bytes } = source;
    const { start, end } = this.#in.token;
    let index = start;
    let hash = 0;
    for (; index < end && bytes[index] !== slash; index++) hash = nextHash(hash, bytes[index]!);
    const type = { start, end: index };
    if (typesByName.find(source, type, hash) === undefined) return false;
    const id = { start: index + 1, end: endOfId(bytes, { start: index + 1, end }) };
    if (id.end === id.start || id.end - id.start > maxIdLength) return false;
    if (id.end !== end && !this.#in.isAt(id.end, historyText)) return false;
    typeNode.addText(source, type);
    idNode.addText(source, id);
    return true;
  }

  #extensionValues({ extensionValues }: Property, parent: number, at: number): void {
    const extensions = parseJson(this.#in.textFrom(at));
    for (const slot of extensionValues) {
      const text = extensionText(extensions, slot.url);
      if (text === undefined) continue;
      const node = this.#nodeOf(slot);
      node.parents.push(parent);
      node.addString(text);
    }
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

function endOfId(source: Uint8Array, { start, end }: Place): number {
  let index = start;
  while (index < end && isIdByte(source[index]!)) index++;
  return index;
}

/** By byte. */
const idBytes = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.') idBytes[character.charCodeAt(0)] = 1;

export function isIdByte(code: number): boolean {
  return idBytes[code] === 1;
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
