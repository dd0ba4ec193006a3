/** The lines of a piece of a file: those that begin in it, wherever they end. Memory is bounded, whatever a line's length. */

/** Bytes of a file, or of the content of a compressed one. */
export interface ImportSource {
  readonly sizeBytes: number;
  /** @param end exclusive, at most `sizeBytes` */
  read(begin: number, end: number): AsyncIterable<Uint8Array>;
}

export interface FoundLine {
  /** In the piece, from 1. */
  readonly number: number;
  /** Of its first byte in the source. */
  readonly offset: number;
  /** Exclusive, without the end of the line. */
  readonly end: number;
  /** Absent where it is longer than a line may be that is held in memory. */
  readonly bytes?: Uint8Array;
}

/** Read behind the end of a piece, where its last line goes on; then as much again as a piece has. */
const overlapBytes = 64 * 1024;
const farBytes = 4 * 1024 * 1024;
const lineFeed = 0x0a;

/** @param most bytes of a line that is held */
export async function* linesOf(source: ImportSource, { begin, end }: { readonly begin: number; readonly end: number }, most: number): AsyncGenerator<FoundLine> {
  const reading = new Reading(begin, most);
  // Unless the byte before the piece ends a line, the first one is that of the piece before.
  let position = Math.max(begin - 1, 0);
  if (begin > 0) reading.skip();
  for await (const chunk of windows(source, position, end)) {
    for (let from = 0; from < chunk.length && reading.offset < end; ) {
      const found = chunk.indexOf(lineFeed, from);
      reading.add(chunk.subarray(from, found === -1 ? chunk.length : found));
      if (found === -1) break;
      const line = reading.ended(position + found);
      if (line !== undefined) yield line;
      from = found + 1;
    }
    position += chunk.length;
    if (reading.offset >= end || (reading.isSkipping && position >= end)) return;
  }
  if (reading.offset < source.sizeBytes && !reading.isSkipping) yield reading.ended(source.sizeBytes)!;
}

/** The line at hand. */
class Reading {
  /** Where it begins. */
  offset: number;
  isSkipping = false;
  #number = 0;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  readonly #most: number;

  constructor(offset: number, most: number) {
    this.offset = offset;
    this.#most = most;
  }

  /** The line that is read first is none of the piece's. */
  skip(): void {
    this.isSkipping = true;
  }

  add(bytes: Uint8Array): void {
    if (this.isSkipping) return;
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= this.#most) this.#held.push(bytes);
    else this.#held = [];
  }

  /** @param end of the line, in the source. @returns `undefined` for the one that is skipped */
  ended(end: number): FoundLine | undefined {
    const line = this.isSkipping ? undefined : this.#found(end);
    this.isSkipping = false;
    [this.offset, this.#held, this.#heldBytes] = [end + 1, [], 0];
    return line;
  }

  #found(end: number): FoundLine {
    this.#number += 1;
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    return { number: this.#number, offset: this.offset, end, ...(this.#heldBytes <= this.#most ? { bytes } : {}) };
  }
}

async function* windows(source: ImportSource, begin: number, end: number): AsyncGenerator<Uint8Array> {
  let from = begin;
  for (let to = Math.min(end + overlapBytes, source.sizeBytes); from < source.sizeBytes; to = Math.min(to + farBytes, source.sizeBytes)) {
    for await (const chunk of source.read(from, to)) {
      from += chunk.length;
      yield chunk;
    }
    if (from < to) throw new Error('A file has become shorter while it was read.');
  }
}
