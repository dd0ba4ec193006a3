/**
 * Small whole numbers, packed into bits or told by how often they repeat
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE).
 */

/** With seven bits that wait beside them, numbers of so many are whole. */
const maxWidth = 24;
/** Packed in so many, and repeated so often before it is told so. */
const group = 8;

/** How many bits numbers up to this take, which is none below 0. */
export function bitWidth(largest: number): number {
  return 32 - Math.clz32(largest);
}

export interface Numbers {
  readonly values: Uint8Array | Int32Array;
  /** Of the values that are written. */
  readonly length: number;
}

/** @param width of the largest in bits, 24 at most */
export function hybridBytes({ values, length }: Numbers, width: number): Uint8Array {
  if (width > maxWidth) throw new RangeError('A column has more values than can be told apart.');
  // A group packed is as long as it is wide; each run adds a few bytes, and takes the place of a group at least.
  const out = new Uint8Array((Math.ceil(length / group) + 1) * (width + 6));
  let to = 0;
  const putVarint = (value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) out[to++] = (rest & 0x7f) | 0x80;
    out[to++] = rest;
  };
  const putPacked = (from: number, behind: number): void => {
    if (from === behind) return;
    const groups = Math.ceil((behind - from) / group);
    putVarint((groups << 1) | 1);
    let [bits, pending] = [0, 0];
    for (let index = from; index < from + groups * group; index++) {
      pending |= (index < behind ? values[index]! : 0) << bits;
      bits += width;
      for (; bits >= 8; bits -= 8, pending >>>= 8) out[to++] = pending;
    }
  };
  const putRun = (value: number, count: number): void => {
    putVarint(count << 1);
    for (let rest = value, bits = width; bits > 0; bits -= 8, rest >>>= 8) out[to++] = rest;
  };
  let packedFrom = 0;
  for (let index = 0; index < length;) {
    const value = values[index]!;
    let behind = index + 1;
    while (behind < length && values[behind] === value) behind++;
    // Those before are packed in whole groups.
    const start = index + ((group - ((index - packedFrom) % group)) % group);
    if (behind - start >= group) {
      putPacked(packedFrom, start);
      putRun(value, behind - start);
      packedFrom = behind;
    }
    index = behind;
  }
  putPacked(packedFrom, length);
  return out.subarray(0, to);
}
