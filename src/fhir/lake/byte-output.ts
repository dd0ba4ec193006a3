/** Bytes being written, where they cannot be taken from a resource as they lie in it. */
import { ByteView } from './byte-view.ts';

const initialSizeBytes = 4096;
/** A larger buffer is not kept for the next value. */
const keptSizeBytes = 1024 * 1024;
/** A character takes at most so many. */
const longestCharacter = 4;

export class ByteOutput {
  data = new ByteView(initialSizeBytes);
  length = 0;

  /** Makes room for so many bytes more, and a character. */
  reserve(count: number): void {
    const needed = this.length + count + longestCharacter;
    if (needed > this.data.bytes.length) this.data = this.data.resized(needed * 2, this.length);
  }

  clear(): void {
    this.length = 0;
    if (this.data.bytes.length > keptSizeBytes) this.data = new ByteView(initialSizeBytes);
  }

  /** Room has been made. */
  put(byte: number): void {
    this.data.bytes[this.length++] = byte;
  }

  /** Room has been made. */
  putSpan(source: ByteView, start: number, end: number): void {
    this.data.put(this.length, source, { start, end });
    this.length += end - start;
  }

  /** Room has been made. @param code of a character, which is half of no pair */
  putCharacter(code: number): void {
    if (code < 0x80) return this.put(code);
    if (code < 0x800) this.put(0xc0 | (code >> 6));
    else {
      if (code < 0x10000) this.put(0xe0 | (code >> 12));
      else {
        this.put(0xf0 | (code >> 18));
        this.put(0x80 | ((code >> 12) & 0x3f));
      }
      this.put(0x80 | ((code >> 6) & 0x3f));
    }
    this.put(0x80 | (code & 0x3f));
  }
}
