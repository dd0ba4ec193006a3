/** Identifiers from the operating system's random source. */
import { randomFillSync, randomUUID } from 'node:crypto';
import type { Ids } from '../ports/ids.ts';
import { encodeWriteId } from '../store/write-id.ts';

/** 96 bits: with 2^48 puts of one item, two equal revs are still unlikelier than a bit flip in memory. */
const revBytes = 12;

/** Random bytes are drawn in blocks: one call to the source for some 400 write ids. */
const block = new Uint8Array(4096);
let used = block.length;

function random(count: number): Uint8Array {
  if (used + count > block.length) {
    randomFillSync(block);
    used = 0;
  }
  used += count;
  return block.subarray(used - count, used);
}

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  writeId: (nowMs) => encodeWriteId(nowMs, random(10)),
  rev: () => Buffer.from(random(revBytes)).toString('base64url'),
};
