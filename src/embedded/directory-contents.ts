/**
 * Contents of Binaries as files: uploads lie in a folder of their own until they are kept, and are kept by a second name
 * for the same file, which nobody writes to any more. Nothing is held in memory but the piece at hand.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { constants, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkObjectKey, isObjectKeySegment } from '../ports/object-keys.ts';
import { unlessFull } from './full-disk.ts';
import type { ByteRange, ContentDigest, Downloads, Uploads } from '../ports/contents.ts';

/** A name that no key of an object can have. */
const uploadsName = '~uploads';
/** Behind the names of files that are still coming in. */
const draftSuffix = '.draft';

/** Read at a time. */
const pieceBytes = 256 * 1024;

export interface DirectoryContents extends Uploads, Downloads {
  /**
   * Takes an upload in; nobody finds it before it is whole and durable. One that came before is replaced.
   * @param wanted where it is known; anything else is refused
   * @returns `undefined` when it is not what was wanted
   */
  receive(upload: string, source: AsyncIterable<Uint8Array>, wanted?: ContentDigest): Promise<ContentDigest | undefined>;
  /** Lays bytes under the key of an object; durable when it resolves. Done twice it comes to the same. */
  lay(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes under the key of an object, as they are read; `undefined` when there is none. */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** An upload that is not too large for memory, taken away. */
  takeBytes(upload: string, digest: ContentDigest): Promise<Uint8Array>;
  /** Removes uploads that came in before the instant (ms), whole or not. */
  removeUploads(before: number): Promise<number>;
}

/** @param root that of the objects, which the contents are kept among */
export function directoryContents(root: string): DirectoryContents {
  const folder = join(root, uploadsName);
  mkdirSync(folder, { recursive: true });
  // The name says what is in it, so that nothing has to be read to know.
  const pathOf = (upload: string, { sizeBytes, sha256 }: ContentDigest): string => {
    if (!isObjectKeySegment(upload)) throw new RangeError('An upload is named like the segment of a key.');
    return join(folder, `${upload}.${sizeBytes}.${Buffer.from(sha256, 'base64').toString('hex')}`);
  };
  return {
    invite: async ({ ownUrl }) => ({ url: ownUrl, headers: {} }),
    async receive(upload, source, wanted) {
      const draft = join(folder, `${randomUUID()}${draftSuffix}`);
      try {
        const digest = await unlessFull(() => writeDurably(draft, source));
        if (wanted !== undefined && !isSame(wanted, digest)) return undefined;
        await rename(draft, pathOf(upload, digest));
        await flushFolder(folder);
        return digest;
      } finally {
        await rm(draft, { force: true });
      }
    },
    async keep(upload, digest, key) {
      const path = objectPath(root, key);
      await mkdir(dirname(path), { recursive: true });
      const result = await linked(pathOf(upload, digest), path);
      if (result === 'kept') await flushFolder(dirname(path));
      return result;
    },
    async lay(key, source) {
      const path = objectPath(root, key);
      const draft = join(folder, `${randomUUID()}${draftSuffix}`);
      try {
        await unlessFull(async () => {
          await writeDurably(draft, source);
          await mkdir(dirname(path), { recursive: true });
          await rename(draft, path);
        });
        await flushFolder(dirname(path));
      } finally {
        await rm(draft, { force: true });
      }
    },
    async takeBytes(upload, digest) {
      const path = pathOf(upload, digest);
      const bytes = await readFile(path);
      await rm(path);
      return bytes;
    },
    async removeUploads(before) {
      let removed = 0;
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        if ((await stat(path)).mtimeMs >= before) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },
    read: async (key) => openedForReading(objectPath(root, key), undefined),
    async offer(key) {
      const path = objectPath(root, key);
      return { open: async (range) => openedForReading(path, range) };
    },
  };
}

function objectPath(root: string, key: string): string {
  checkObjectKey(key);
  return join(root, ...key.split('/'));
}

function isSame(one: ContentDigest, other: ContentDigest): boolean {
  return one.sizeBytes === other.sizeBytes && one.sha256 === other.sha256;
}

async function writeDurably(path: string, source: AsyncIterable<Uint8Array>): Promise<ContentDigest> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const piece of source) {
      hash.update(piece);
      sizeBytes += piece.length;
      await writeWhole(file, piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sizeBytes, sha256: hash.digest('base64') };
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.length; ) written += (await file.write(piece, written)).bytesWritten;
}

async function linked(from: string, to: string): Promise<'kept' | 'missing'> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'missing';
    // The object was kept before, from the same upload: each belongs to one attempt to write.
    if (code !== 'EEXIST') throw error;
  }
  return 'kept';
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function openedForReading(path: string, range: ByteRange | undefined): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY);
    return file.createReadStream({ highWaterMark: pieceBytes, ...(range === undefined ? {} : { start: range.first, end: range.last }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
