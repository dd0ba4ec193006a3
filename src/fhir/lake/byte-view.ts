/** Bytes that are looked at one by one, and four by four: texts are compared, copied and told apart by words. */

/** Of a word. */
const wordBytes = 4;
/** Words at the beginning, in the middle and at the end of a long text that its hash is made of. */
const sampledWords = 4;
const sampledBytes = wordBytes * sampledWords;

export class ByteView {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: DataView<ArrayBuffer>;

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
    this.words = new DataView(this.bytes.buffer);
  }

  static of(bytes: Uint8Array): ByteView {
    const view = new ByteView(bytes.length);
    view.bytes.set(bytes);
    return view;
  }

  /** One of another size, which begins with so many of these bytes. */
  resized(sizeBytes: number, kept: number): ByteView {
    const other = new ByteView(sizeBytes);
    other.bytes.set(this.bytes.subarray(0, kept));
    return other;
  }

  /** Whether the bytes of a place of another, from its start to its end, lie here too. */
  has(at: number, source: ByteView, { start, end }: Place): boolean {
    const { words } = this;
    const others = source.words;
    const ahead = at - start;
    const lastWord = end - wordBytes;
    let index = start;
    for (; index <= lastWord; index += wordBytes) if (words.getInt32(index + ahead, true) !== others.getInt32(index, true)) return false;
    if (index === end) return true;
    // The rest together with what has been compared.
    if (lastWord >= start) return words.getInt32(lastWord + ahead, true) === others.getInt32(lastWord, true);
    for (; index < end; index++) if (this.bytes[index + ahead] !== source.bytes[index]) return false;
    return true;
  }

  /** Copies the bytes of a place of another. Room has been made. */
  put(at: number, source: ByteView, { start, end }: Place): void {
    const { bytes, words } = this;
    const others = source.words;
    const ahead = at - start;
    const lastWord = end - wordBytes;
    let index = start;
    for (; index <= lastWord; index += wordBytes) words.setInt32(index + ahead, others.getInt32(index, true), true);
    for (; index < end; index++) bytes[index + ahead] = source.bytes[index]!;
  }

  /** Of long texts not of every byte: those that have a hash in common are compared. */
  hash(start: number, end: number): number {
    const count = end - start;
    if (count < wordBytes) return this.#hashOfFew(start, end);
    let hash = count;
    const lastWord = end - wordBytes;
    if (count <= 3 * sampledBytes) {
      for (let index = start; index < lastWord; index += wordBytes) hash = mixed(hash, this.words.getInt32(index, true));
      return spread(mixed(hash, this.words.getInt32(lastWord, true)));
    }
    const middle = start + (count >> 1);
    for (let index = 0; index < sampledBytes; index += wordBytes) {
      hash = mixed(hash, this.words.getInt32(start + index, true));
      hash = mixed(hash, this.words.getInt32(middle + index, true));
      hash = mixed(hash, this.words.getInt32(lastWord - index, true));
    }
    return spread(hash);
  }

  #hashOfFew(start: number, end: number): number {
    let word = 0;
    for (let index = start; index < end; index++) word = (word << 8) | this.bytes[index]!;
    return spread(mixed(end - start, word));
  }
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A step of MurmurHash3 (https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp). */
function mixed(hash: number, word: number): number {
  const first = Math.imul(word, 0xcc9e2d51);
  const both = hash ^ Math.imul((first << 15) | (first >>> 17), 0x1b873593);
  return (Math.imul((both << 13) | (both >>> 19), 5) + 0xe6546b64) | 0;
}

/** Its end, so that the lowest bits depend on all. */
function spread(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return once ^ (once >>> 13);
}
