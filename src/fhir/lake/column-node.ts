/**
 * One field of a table, wherever its instances lie: which instances of the row around it have one, and its values. Nothing is
 * written of instances that lack it, so that the thousands of fields that never occur cost nothing.
 */
import { ByteView } from './byte-view.ts';
import type { Place } from './byte-view.ts';
import type { LakeField, ScalarType } from './lake-table.ts';
import { ColumnValues, NumberList } from './column-values.ts';

const encoder = new TextEncoder();
/** Of a value that is no text. */
const scratch = new ByteView(8);
const view = scratch.words;
const [byteSpan, wordSpan, longSpan] = [{ start: 0, end: 1 }, { start: 0, end: 4 }, { start: 0, end: 8 }];
const microsPerSecond = 1_000_000;
const wordSize = 2 ** 32;
/** Below, the microseconds of so many seconds are exact. */
const exactSeconds = 9e9;

export class ColumnNode {
  readonly isArray: boolean;
  /** Absent of a row. */
  readonly scalar: ScalarType | undefined;
  /** The instances of the row around that have the field, in order. */
  readonly parents = new NumberList();
  /** Of an array: how many items each has, and which of all items are null. */
  readonly lengths = new NumberList();
  readonly nullItems = new NumberList();
  /** Items of all arrays. */
  items = 0;
  /** Values, or rows, that are not null. */
  count = 0;
  readonly values: ColumnValues | undefined;
  /** Of the value that was added last: which one of those that differ it is. */
  number = 0;
  /** Of a companion: by the number of a value that it stands beside, what was made of that. */
  readonly made = new NumberList();

  constructor({ type }: LakeField) {
    this.isArray = type.kind === 'array';
    const inner = type.kind === 'array' ? type.element : type;
    this.scalar = inner.kind === 'scalar' ? inner.scalar : undefined;
    this.values = this.scalar === undefined ? undefined : new ColumnValues(this.scalar === 'string');
  }

  addText(source: ByteView, place: Place): void {
    this.number = this.values!.add(source, place);
    this.count++;
  }

  addString(text: string): void {
    const bytes = encoder.encode(text.toWellFormed());
    this.addText(ByteView.of(bytes), { start: 0, end: bytes.length });
  }

  /** One of those that differ once more. */
  addAgain(number: number): void {
    this.values!.indexes.push(number);
    this.count++;
  }

  addBoolean(value: boolean): void {
    scratch.bytes[0] = value ? 1 : 0;
    this.#addScratch(byteSpan);
  }

  /** An integer, or the days of a date. */
  addInteger(value: number): void {
    view.setInt32(0, value, true);
    this.#addScratch(wordSpan);
  }

  addDouble(value: number): void {
    view.setFloat64(0, value, true);
    this.#addScratch(longSpan);
  }

  addBigint(value: number): void {
    this.#setLong(value);
    this.#addScratch(longSpan);
  }

  /** @param micros of the second */
  addMoment(seconds: number, micros: number): void {
    if (seconds > -exactSeconds && seconds < exactSeconds) this.#setLong(seconds * microsPerSecond + micros);
    else view.setBigInt64(0, BigInt(seconds) * BigInt(microsPerSecond) + BigInt(micros), true);
    this.#addScratch(longSpan);
  }

  #setLong(value: number): void {
    const high = Math.floor(value / wordSize);
    view.setUint32(0, value - high * wordSize, true);
    view.setInt32(4, high, true);
  }

  #addScratch(place: Place): void {
    this.number = this.values!.add(scratch, place);
    this.count++;
  }

  /** Forgets what instances of the row around have from this one on. @returns the first of its own instances that is forgotten */
  forgetFrom(parent: number): number {
    const { parents, lengths, nullItems } = this;
    const kept = firstAtLeast(parents, parent);
    if (this.isArray) {
      lengths.length = kept;
      // The last one may have been left in the middle.
      this.items = lengths.values.subarray(0, kept).reduce((sum, count) => sum + count, 0);
      nullItems.length = firstAtLeast(nullItems, this.items);
      this.count = this.items - nullItems.length;
    } else this.count = kept;
    parents.length = kept;
    this.values?.keepFirst(this.count);
    return this.count;
  }
}

/** In an ordered list. */
function firstAtLeast({ values, length }: NumberList, bound: number): number {
  let index = length;
  while (index > 0 && values[index - 1]! >= bound) index--;
  return index;
}
