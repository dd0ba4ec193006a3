/**
 * Small whole numbers, packed into bits or told by how often they repeat
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE).
 */

/** With seven bits that wait beside them, numbers of so many are whole. */
const maxWidth = 24;
/** Packed in so many, and repeated so often before it is told so. */
const group = 8;
/** A byte in all places of a word. */
const everywhere = 0x01010101;

/** How many bits numbers up to this take, which is none below 0. */
export function bitWidth(largest: number): number {
  return 32 - Math.clz32(largest);
}

export interface Numbers {
  readonly values: Uint8Array | Int32Array;
  /** The same bytes, four at a time, where the values are bytes. */
  readonly words?: Int32Array;
  /** Of the values that are written. */
  readonly length: number;
}

/** @param width of the largest in bits, 24 at most */
export function hybridBytes(numbers: Numbers, width: number): Uint8Array {
  if (width > maxWidth) throw new RangeError('A column has more values than can be told apart.');
  const { values, length } = numbers;
  const out = new HybridOutput(numbers, width);
  let packedFrom = 0;
  for (let index = 0; index < length;) {
    const behind = endOfRun(numbers, index);
    // Those before are packed in whole groups.
    const start = index + ((group - ((index - packedFrom) % group)) % group);
    if (behind - start >= group) {
      out.putPacked(packedFrom, start);
      out.putRun(values[index]!, behind - start);
      packedFrom = behind;
    }
    index = behind;
  }
  out.putPacked(packedFrom, length);
  return out.bytes;
}

/** Behind the last of those that are the same from there on. */
function endOfRun({ values, words, length }: Numbers, from: number): number {
  const value = values[from]!;
  let behind = from + 1;
  if (words !== undefined) {
    while (behind < length && (behind & 3) !== 0 && values[behind] === value) behind++;
    if ((behind & 3) === 0) {
      const word = Math.imul(value, everywhere);
      for (let at = behind >> 2; behind + 4 <= length && words[at] === word; at++) behind += 4;
    }
  }
  while (behind < length && values[behind] === value) behind++;
  return behind;
}

class HybridOutput {
  readonly #values: Uint8Array | Int32Array;
  readonly #width: number;
  #out: Uint8Array;
  #length = 0;

  constructor({ values, length }: Numbers, width: number) {
    this.#values = values;
    this.#width = width;
    // A group packed is as long as it is wide; each run adds a few bytes, and takes the place of a group at least.
    this.#out = new Uint8Array((Math.ceil(length / group) + 1) * (width + 6));
  }

  get bytes(): Uint8Array {
    return this.#out.subarray(0, this.#length);
  }

  #putVarint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#out[this.#length++] = (rest & 0x7f) | 0x80;
    this.#out[this.#length++] = rest;
  }

  putPacked(from: number, behind: number): void {
    if (from === behind) return;
    const groups = Math.ceil((behind - from) / group);
    this.#putVarint((groups << 1) | 1);
    const values = this.#values;
    const width = this.#width;
    const out = this.#out;
    let to = this.#length;
    let [bits, pending] = [0, 0];
    for (let index = from; index < behind; index++) {
      pending |= values[index]! << bits;
      bits += width;
      for (; bits >= 8; bits -= 8, pending >>>= 8) out[to++] = pending;
    }
    if (bits > 0) out[to++] = pending;
    // The rest of the last group is zeros, as is what has not been written.
    this.#length += groups * width;
  }

  putRun(value: number, count: number): void {
    this.#putVarint(count << 1);
    for (let rest = value, bits = this.#width; bits > 0; bits -= 8, rest >>>= 8) this.#out[this.#length++] = rest;
  }
}
