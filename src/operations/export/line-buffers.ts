/** Lines of files that are not full yet, by what they hold: copied into blocks, so that many small ones cost no more than their bytes. */
import type { ExportedKind } from './export-job.ts';
import type { CarriedPart } from './export-objects.ts';

const firstBlockBytes = 16 * 1024;
const maxBlockBytes = 1024 * 1024;
const newline = 0x0a;

/** A line of a file, without its end. */
export interface ExportLine {
  readonly kind: ExportedKind;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What one file is made of. */
export interface BufferedLines extends CarriedPart {
  readonly blocks: readonly Uint8Array[];
}

export class LineBuffers {
  #sizeBytes = 0;
  readonly #buffers = new Map<string, LineBuffer>();

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  add({ kind, type, bytes }: ExportLine): void {
    const before = this.#bufferOf(kind, type);
    before.addLine(bytes);
    this.#sizeBytes += bytes.length + 1;
  }

  /** What was carried on from an earlier slice. */
  restore(parts: readonly CarriedPart[], bytes: Uint8Array): void {
    let from = 0;
    for (const { kind, type, count, sizeBytes } of parts) {
      this.#bufferOf(kind, type).addLines(bytes.subarray(from, from + sizeBytes), count);
      from += sizeBytes;
      this.#sizeBytes += sizeBytes;
    }
  }

  /** In an order that the lines alone decide, the largest first. */
  all(): readonly BufferedLines[] {
    return [...this.#buffers.values()].map((buffer) => buffer.lines()).toSorted((one, other) => other.sizeBytes - one.sizeBytes || (keyOf(one.kind, one.type) < keyOf(other.kind, other.type) ? -1 : 1));
  }

  /** Takes the largest out. */
  takeLargest(): BufferedLines {
    const [largest] = this.all();
    this.#buffers.delete(keyOf(largest!.kind, largest!.type));
    this.#sizeBytes -= largest!.sizeBytes;
    return largest!;
  }

  #bufferOf(kind: ExportedKind, type: string): LineBuffer {
    const key = keyOf(kind, type);
    let buffer = this.#buffers.get(key);
    if (buffer === undefined) this.#buffers.set(key, buffer = new LineBuffer(kind, type));
    return buffer;
  }
}

function keyOf(kind: ExportedKind, type: string): string {
  return `${kind} ${type}`;
}

class LineBuffer {
  readonly #kind: ExportedKind;
  readonly #type: string;
  #count = 0;
  #sizeBytes = 0;
  readonly #full: Uint8Array[] = [];
  #block = new Uint8Array(firstBlockBytes);
  #filled = 0;

  constructor(kind: ExportedKind, type: string) {
    this.#kind = kind;
    this.#type = type;
  }

  addLine(bytes: Uint8Array): void {
    this.#append(bytes, 1);
    this.#block[this.#filled] = newline;
    this.#filled += 1;
    this.#sizeBytes += 1;
    this.#count += 1;
  }

  addLines(bytes: Uint8Array, count: number): void {
    this.#append(bytes, 0);
    this.#count += count;
  }

  lines(): BufferedLines {
    const blocks = this.#filled === 0 ? this.#full : [...this.#full, this.#block.subarray(0, this.#filled)];
    return { kind: this.#kind, type: this.#type, count: this.#count, sizeBytes: this.#sizeBytes, blocks };
  }

  /** @param more room that is left behind */
  #append(bytes: Uint8Array, more: number): void {
    if (this.#filled + bytes.length + more > this.#block.length) this.#nextBlock(bytes.length + more);
    this.#block.set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.#sizeBytes += bytes.length;
  }

  #nextBlock(needed: number): void {
    if (this.#filled > 0) this.#full.push(this.#block.subarray(0, this.#filled));
    this.#block = new Uint8Array(Math.max(needed, Math.min(maxBlockBytes, this.#block.length * 2)));
    this.#filled = 0;
  }
}
