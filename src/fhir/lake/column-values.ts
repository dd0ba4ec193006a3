/**
 * The values of one column, each that differs once, as Parquet's dictionaries have them
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/): most of what resources hold is said again and again.
 */
import { ByteView } from './byte-view.ts';
import type { Place } from './byte-view.ts';

/** Whole numbers, more and more of them. */
export class NumberList {
  values = new Int32Array(16);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.#grow(this.length * 2);
    this.values[this.length++] = value;
  }

  /** 0 where none was set. */
  at(index: number): number {
    return index < this.length ? this.values[index]! : 0;
  }

  /** Sets one that may lie behind the others: between them are zeros. */
  set(index: number, value: number): void {
    if (index >= this.values.length) this.#grow(Math.max(index + 1, this.values.length * 2));
    if (index >= this.length) this.length = index + 1;
    this.values[index] = value;
  }

  #grow(length: number): void {
    const larger = new Int32Array(length);
    larger.set(this.values);
    this.values = larger;
  }
}

/** In front of each text stands its length. */
const lengthBytes = 4;
/** Values of one hash: input is hostile, and of those behind so many each stands for itself. */
const maxProbes = 128;
const firstBytes = 64;
const firstPlaces = 16;

export class ColumnValues {
  length = 0;
  /** Where in `bytes` each begins. */
  readonly starts = new NumberList();
  /** Of each value in turn, which one of those it is. */
  readonly indexes = new NumberList();

  #data = new ByteView(firstBytes);
  #hasForgotten = false;
  /** By hash, two numbers each: the hash, and one more than the number of a value that differs, or 0. */
  #places = new Int32Array(2 * firstPlaces);
  readonly #prefix: number;

  constructor(isText: boolean) {
    this.#prefix = isText ? lengthBytes : 0;
  }

  /** The values that differ, one behind the other: texts with their lengths, numbers as Parquet has them. */
  get bytes(): Uint8Array {
    return this.#data.bytes;
  }

  /** Whether all those that differ are there in the order of `indexes`, each once. */
  get areUnique(): boolean {
    return !this.#hasForgotten && this.starts.length === this.indexes.length;
  }

  /** Keeps so many, and what they were among. */
  keepFirst(count: number): void {
    if (count === this.indexes.length) return;
    this.indexes.length = count;
    this.#hasForgotten = true;
  }

  /** @returns its number among those that differ */
  add(source: ByteView, place: Place): number {
    const hash = source.hash(place.start, place.end);
    const places = this.#places;
    const mask = places.length - 2;
    let at = (hash << 1) & mask;
    let probes = 0;
    for (; probes < maxProbes; probes++) {
      const found = places[at + 1]!;
      if (found === 0) break;
      if (places[at] === hash && this.#isSame(found - 1, source, place)) {
        this.indexes.push(found - 1);
        return found - 1;
      }
      at = (at + 2) & mask;
    }
    const number = this.starts.length;
    this.indexes.push(number);
    this.starts.push(this.length);
    this.#append(source, place);
    if (probes < maxProbes) {
      places[at] = hash;
      places[at + 1] = number + 1;
    }
    if ((number + 1) * 4 > places.length) this.#rehash();
    return number;
  }

  #isSame(number: number, source: ByteView, place: Place): boolean {
    const { starts } = this;
    const at = starts.values[number]! + this.#prefix;
    const behind = number + 1 === starts.length ? this.length : starts.values[number + 1]!;
    return behind - at === place.end - place.start && this.#data.has(at, source, place);
  }

  #append(source: ByteView, place: Place): void {
    const count = place.end - place.start;
    const needed = this.length + this.#prefix + count;
    if (needed > this.#data.bytes.length) this.#data = this.#data.resized(needed * 2, this.length);
    if (this.#prefix > 0) this.#data.words.setInt32(this.length, count, true);
    this.#data.put(this.length + this.#prefix, source, place);
    this.length = needed;
  }

  #rehash(): void {
    const before = this.#places;
    const places = new Int32Array(before.length * 2);
    const mask = places.length - 2;
    for (let from = 0; from < before.length; from += 2) {
      if (before[from + 1] === 0) continue;
      let at = (before[from]! << 1) & mask;
      let probes = 0;
      for (; probes < maxProbes && places[at + 1] !== 0; probes++) at = (at + 2) & mask;
      if (probes === maxProbes) continue;
      places[at] = before[from]!;
      places[at + 1] = before[from + 1]!;
    }
    this.#places = places;
  }
}
