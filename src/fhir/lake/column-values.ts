/**
 * The values of one column, each that differs once, as Parquet's dictionaries have them
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/): most of what resources hold is said again and again.
 */

import type { Span } from './moments.ts';
import { nextHash } from './row-plan.ts';

/** Whole numbers, more and more of them. */
export class NumberList {
  values = new Int32Array(16);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.#grow();
    this.values[this.length++] = value;
  }

  #grow(): void {
    const larger = new Int32Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }
}

/** In front of each text stands its length. */
const lengthBytes = 4;
/** Values of one hash: input is hostile, and of those behind so many each stands for itself. */
const maxProbes = 16;
const firstBytes = 64;
const firstPlaces = 32;

export class ColumnValues {
  /** The values that differ, one behind the other: texts with their lengths, numbers as Parquet has them. */
  bytes = new Uint8Array(firstBytes);
  length = 0;
  /** Where in `bytes` each begins. */
  readonly starts = new NumberList();
  /** Of each value in turn, which one of those it is. */
  readonly indexes = new NumberList();
  /** Whether all those that differ are there in the order of `indexes`, each once. */
  get areUnique(): boolean {
    return !this.#hasForgotten && this.starts.length === this.indexes.length;
  }

  readonly #hashes = new NumberList();
  #hasForgotten = false;
  /** By hash: one more than the number of a value that differs, or 0. */
  #places = new Int32Array(firstPlaces);
  readonly #prefix: number;

  constructor(isText: boolean) {
    this.#prefix = isText ? lengthBytes : 0;
  }

  /** Keeps so many, and what they were among. */
  keepFirst(count: number): void {
    if (count === this.indexes.length) return;
    this.indexes.length = count;
    this.#hasForgotten = true;
  }

  add(source: Uint8Array, span: Span): void {
    const hash = hashOf(source, span);
    const places = this.#places;
    const mask = places.length - 1;
    let place = (hash ^ (hash >>> 15)) & mask;
    let probes = 0;
    for (; probes < maxProbes; probes++) {
      const found = places[place]!;
      if (found === 0) break;
      const isSame = this.#hashes.values[found - 1] === hash && this.#isEqual(found - 1, source, span);
      if (isSame) return this.indexes.push(found - 1);
      place = (place + 1) & mask;
    }
    const number = this.starts.length;
    this.indexes.push(number);
    this.starts.push(this.length);
    this.#hashes.push(hash);
    this.#append(source, span);
    if (probes < maxProbes) places[place] = number + 1;
    if ((number + 1) * 2 > places.length) this.#rehash();
  }

  #isEqual(number: number, source: Uint8Array, { start, end }: Span): boolean {
    const { bytes } = this;
    let at = this.starts.values[number]! + this.#prefix;
    const behind = number + 1 === this.starts.length ? this.length : this.starts.values[number + 1]!;
    if (behind - at !== end - start) return false;
    for (let index = start; index < end; index++) if (bytes[at++] !== source[index]) return false;
    return true;
  }

  #append(source: Uint8Array, { start, end }: Span): void {
    const count = end - start;
    const needed = this.length + this.#prefix + count;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    const { bytes } = this;
    let to = this.length;
    if (this.#prefix > 0) {
      bytes[to++] = count;
      bytes[to++] = count >>> 8;
      bytes[to++] = count >>> 16;
      bytes[to++] = count >>> 24;
    }
    for (let index = start; index < end; index++) bytes[to++] = source[index]!;
    this.length = to;
  }

  #rehash(): void {
    const places = new Int32Array(this.#places.length * 4);
    const mask = places.length - 1;
    for (let number = 0; number < this.starts.length; number++) {
      const hash = this.#hashes.values[number]!;
      let place = (hash ^ (hash >>> 15)) & mask;
      let probes = 0;
      for (; probes < maxProbes && places[place] !== 0; probes++) place = (place + 1) & mask;
      if (probes < maxProbes) places[place] = number + 1;
    }
    this.#places = places;
  }
}

/** Bytes at the beginning, in the middle and at the end of a value that its hash is made of. */
const sampledBytes = 12;

/** Of long values not of every byte: those that have a hash in common are compared. */
function hashOf(bytes: Uint8Array, { start, end }: Span): number {
  const count = end - start;
  const isShort = count <= 3 * sampledBytes;
  let hash = count;
  const head = isShort ? end : start + sampledBytes;
  for (let index = start; index < head; index++) hash = nextHash(hash, bytes[index]!);
  if (isShort) return hash;
  const middle = start + (count >> 1);
  for (let index = middle; index < middle + sampledBytes; index++) hash = nextHash(hash, bytes[index]!);
  for (let index = end - sampledBytes; index < end; index++) hash = nextHash(hash, bytes[index]!);
  return hash;
}
