/**
 * A small seeded generator of pseudo-random numbers for the synthetic population: integer arithmetic only, so that
 * the same seed gives the same sequence on every machine (the method is sfc32; not for cryptography).
 */

export type Words = readonly [number, number, number, number];

/** Spreads the bits of one 32-bit word over all of it. */
function avalanche(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 128 well spread bits made from a text: four multiplicative hashes that are then mixed into each other. */
export function hashWords(text: string): Words {
  let [a, b, c, d] = [0x811c9dc5, 0x9e3779b9, 0x6a09e667, 0xbb67ae85];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x27d4eb2f) + a;
    c = Math.imul(c ^ unit, 0x165667b1) + b;
    d = Math.imul(d ^ unit, 0x5bd1e995) + c;
  }
  const first = avalanche(a ^ d);
  const second = avalanche(b + first);
  const third = avalanche(c + second);
  const fourth = avalanche(d + third);
  return [first, second, third, fourth];
}

/** One sequence of numbers. `fork` makes an independent sequence, so that adding draws to one story moves no other. */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: string) {
    this.#seed = seed;
    [this.#a, this.#b, this.#c, this.#counter] = hashWords(seed);
  }

  fork(role: string): Random {
    return new Random(`${this.#seed}/${role}`);
  }

  /** A number from 0 (included) to 1 (excluded), of 32 bits. */
  fraction(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum / 0x1_0000_0000;
  }

  /** A whole number between the two, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.fraction() * list.length)] as T;
  }

  /** A bell-shaped value around the mean: the sum of four even ones, never further away than about 3.5 spreads. */
  around(mean: number, spread: number): number {
    const sum = this.fraction() + this.fraction() + this.fraction() + this.fraction() - 2;
    return mean + sum * spread * 1.732;
  }
}
