/**
 * unpack: the content of a compressed file, in objects of the size of a piece, so that it can be loaded side by side as others.
 * Compressed bytes are read from their beginning always; whoever goes on with a file passes over what is put away already,
 * which takes a small part of the time.
 */
import { createGunzip } from 'node:zlib';
import type { Gunzip } from 'node:zlib';
import { BucketRefused } from '../../ports/buckets.ts';
import type { GoesOn } from './goes-on.ts';
import type { ImportContext } from './import-dependencies.ts';
import { maxFileBytes, pieceBytes } from './import-job.ts';
import type { ImportFile } from './import-job.ts';
import { unpackedKey } from './import-objects.ts';
import type { UnpackedFile } from './import-objects.ts';
import { bucketSource } from './import-source.ts';

const broken = 'Nothing of this file was read: it is not gzip, or it ends too early. Compress it again.';
const tooLarge = 'Nothing of this file was read: its content has more than 50 GB. Split it.';

/** Objects that are put away between two notes of how many: a gigabyte. */
const partsPerNote = 256;

/** Done twice, or by two at a time, it comes to the same. @returns `undefined` when it is to be gone on with later */
export async function unpackSome(context: ImportContext, file: ImportFile, goesOn: GoesOn): Promise<UnpackedFile | undefined> {
  const { notes } = context;
  const known = await notes.unpacked(file.file);
  if (known !== undefined) return known;
  const unpacked = await unpack(context, file, goesOn);
  if (unpacked !== undefined) await notes.noteUnpacked(file.file, unpacked);
  return unpacked;
}

async function unpack(context: ImportContext, file: ImportFile, goesOn: GoesOn): Promise<UnpackedFile | undefined> {
  const gunzip = createGunzip();
  const fed = feed(gunzip, bucketSource(context, file).read(0, file.sizeBytes));
  try {
    return await putAway(context, file, { content: gunzip, goesOn });
  } catch (error) {
    if (error instanceof BucketRefused) return { refusal: error.message };
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) return { refusal: broken };
    throw error;
  } finally {
    gunzip.destroy();
    await fed;
  }
}

/** What the source fails with, the content fails with. */
async function feed(gunzip: Gunzip, source: AsyncIterable<Uint8Array>): Promise<void> {
  const closed = new Promise((resolve) => gunzip.once('close', resolve));
  try {
    for await (const chunk of source) {
      if (gunzip.destroyed) return;
      if (!gunzip.write(chunk)) await Promise.race([closed, new Promise((resolve) => gunzip.once('drain', resolve))]);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

interface Unpacking {
  readonly content: AsyncIterable<Uint8Array>;
  readonly goesOn: GoesOn;
}

async function putAway({ objects, job, notes }: ImportContext, { file }: ImportFile, { content, goesOn }: Unpacking): Promise<UnpackedFile | undefined> {
  const known = await notes.unpackedParts(file);
  const put = async (part: number, bytes: readonly Uint8Array[]): Promise<void> => {
    if (part < known) return;
    await objects.put(unpackedKey(job.id, file, part), Buffer.concat(bytes));
    if ((part + 1) % partsPerNote === 0) await notes.noteUnpackedParts(file, part + 1);
  };
  let held: Uint8Array[] = [];
  let [heldBytes, sizeBytes, part] = [0, 0, 0];
  for await (const chunk of content) {
    const room = pieceBytes - heldBytes;
    held.push(chunk.subarray(0, room));
    sizeBytes += chunk.length;
    heldBytes += chunk.length;
    if (sizeBytes > maxFileBytes) return { refusal: tooLarge };
    if (heldBytes < pieceBytes) continue;
    await put(part, held);
    part += 1;
    held = heldBytes > pieceBytes ? [chunk.subarray(room)] : [];
    heldBytes -= pieceBytes;
    if (part <= known || (await goesOn()) === 'on') continue;
    await notes.noteUnpackedParts(file, part);
    return undefined;
  }
  if (heldBytes > 0) await put(part, held);
  return { sizeBytes };
}
