/**
 * The limits and the order of an `OrderedTable`, checked the same way by every implementation before anything is
 * written, so that no runtime accepts what another refuses. Sizes are counted as DynamoDB counts them
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 */
import { ItemTooLarge, maxItemBytes, maxPartitionKeyBytes, maxSortKeyBytes } from './ordered-table.ts';
import type { Attributes, Item, Key, Query } from './ordered-table.ts';

/** How DynamoDB names what an item holds; the names count towards an item's size. */
export const itemFieldNames = { pk: 'pk', sk: 'sk', body: 'body', announce: 'announce' } as const;

/** Stands before the name of every attribute, so that none can be taken for one of the fields above. */
export const attributePrefix = '_';

/** DynamoDB's numbers lie between 1E-130 and 9.9E+125 (Limits: data types). */
const maxNumber = 1e125;
const minNumber = 1e-129;
const maxNumberBytes = 21;

/** Of UTF-8, for one code unit of JavaScript's. */
const maxCharacterBytes = 3;
/** More than the names and marks of the fields of an item have together. */
const maxNamesBytes = 64;

/** @throws ItemTooLarge when a key is over its limit; RangeError when it is empty or not well-formed Unicode. */
export function checkKey({ pk, sk }: Key): void {
  checkKeyPart('partition key', pk, maxPartitionKeyBytes);
  checkKeyPart('sort key', sk, maxSortKeyBytes);
}

function checkKeyPart(name: string, value: string, maxBytes: number): void {
  if (value === '') throw new RangeError(`A ${name} must not be empty.`);
  if (!value.isWellFormed()) throw new RangeError(`A ${name} must not hold half of a surrogate pair.`);
  if (value.length * 3 > maxBytes && Buffer.byteLength(value) > maxBytes) {
    throw new ItemTooLarge(`A ${name} has ${Buffer.byteLength(value)} bytes; the limit is ${maxBytes}.`);
  }
}

/** @throws as `checkKey`, and ItemTooLarge when the whole item is over 400 KB. */
export function checkItem(item: Item): void {
  checkKey(item);
  // Index entries are nothing but their keys, and many.
  if (item.attributes === undefined && item.body === undefined) return;
  if (mostBytes(item) <= maxItemBytes) return;
  const sizeBytes = itemBytes(item);
  if (sizeBytes > maxItemBytes) throw new ItemTooLarge(`An item has ${sizeBytes} bytes; the limit is ${maxItemBytes}.`);
}

/** As if every character had the most bytes that one has: what is within the limit even so need not be counted. */
function mostBytes({ pk, sk, attributes = {}, body }: Item): number {
  let characters = pk.length + sk.length;
  for (const name in attributes) {
    const value = attributes[name]!;
    if (typeof value === 'number') checkNumber(name, value);
    characters += attributePrefix.length + name.length + (typeof value === 'number' ? maxNumberBytes : value.length);
  }
  return characters * maxCharacterBytes + (body?.byteLength ?? 0) + maxNamesBytes;
}

/** The size of an item in bytes, names included. */
export function itemBytes(item: Item): number {
  const { pk, sk, body, announce } = itemFieldNames;
  let sizeBytes = pk.length + Buffer.byteLength(item.pk) + sk.length + Buffer.byteLength(item.sk);
  if (item.attributes !== undefined) sizeBytes += attributesBytes(item.attributes);
  if (item.body !== undefined) sizeBytes += body.length + item.body.byteLength;
  if (item.announce) sizeBytes += announce.length + 1;
  return sizeBytes;
}

function attributesBytes(attributes: Attributes): number {
  let sizeBytes = 0;
  for (const name in attributes) {
    const value = attributes[name]!;
    sizeBytes += attributePrefix.length + Buffer.byteLength(name);
    sizeBytes += typeof value === 'number' ? numberBytes(name, value) : Buffer.byteLength(value);
  }
  return sizeBytes;
}

function checkNumber(name: string, value: number): void {
  const magnitude = Math.abs(value);
  if (!(magnitude === 0 || (magnitude >= minNumber && magnitude <= maxNumber))) {
    throw new RangeError(`The number in attribute '${name}' cannot be stored.`);
  }
}

/** One byte for two significant digits, one for the exponent and one for a sign. */
function numberBytes(name: string, value: number): number {
  checkNumber(name, value);
  const magnitude = Math.abs(value);
  const digits = String(magnitude).replace(/e.*$/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}

/** @throws RangeError unless `limit` is a whole number from 1. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError('A limit must be a whole number from 1.');
}

/** The sort keys a query reads: `from` inclusive, `to` exclusive, `behind` exclusive at the end the query starts from. */
export interface SortKeyRange {
  readonly from?: string;
  readonly to?: string;
  readonly behind?: string;
}

/**
 * The range of a query with its cursor, cleared of what no table accepts: a cursor outside the bounds, an empty
 * bound. `undefined` when nothing can lie in it.
 */
export function queryRange(query: Query): SortKeyRange | undefined {
  checkLimit(query.limit);
  const from = query.from === '' ? undefined : query.from;
  const { to, after } = query;
  checkBound(from);
  checkBound(to);
  checkBound(after);
  if (to !== undefined && compareUtf8(from ?? '', to) >= 0) return undefined;
  if (after === undefined) return { from, to };
  const tooLow = from !== undefined && compareUtf8(after, from) < 0;
  const tooHigh = to !== undefined && compareUtf8(after, to) >= 0;
  if (query.descending ? tooLow : tooHigh) return undefined;
  return { from, to, behind: tooLow || tooHigh ? undefined : after };
}

function checkBound(bound: string | undefined): void {
  if (bound !== undefined && bound !== '') checkKeyPart('sort key', bound, maxSortKeyBytes);
}

/** Compares by UTF-8 bytes: as JavaScript does, except that surrogate pairs come behind all other characters. */
export function compareUtf8(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

function codePointRank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}
