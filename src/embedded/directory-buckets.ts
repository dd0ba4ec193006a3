/**
 * Directories of this machine as buckets: each name that was mounted, and one in the data directory for which nothing has
 * to be set up. A key is the path of a file below the directory. Links are not followed, so that no key leads out of it.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUnfinished } from '../operations/import/inbox.ts';
import { BucketRefused } from '../ports/buckets.ts';
import type { BucketObject, BucketPlace, Buckets } from '../ports/buckets.ts';
import { maxObjectKeyBytes } from '../ports/object-keys.ts';
import { StorageFull } from '../ports/ordered-table.ts';
import { flush } from './durable-files.ts';
import { unlessFull } from './full-disk.ts';

/** The bucket that is there without being mounted. */
export const defaultBucket = 'caldera';

/** As S3 has it (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html), and HealthLake's S3Uri. */
export const bucketNamePattern = /^[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]$/;

/** Read at a time. */
const readBytes = 256 * 1024;
/** New files and folders are the owner's alone: they hold patients' data. */
const ownersFile = 0o600;
const ownersFolder = 0o700;

/** @param folders of each bucket, by its name; a folder that is missing is a bucket that is missing */
export function directoryBuckets(folders: ReadonlyMap<string, string>): Buckets {
  const rootOf = async (bucket: string): Promise<string> => {
    const folder = folders.get(bucket);
    if (folder === undefined) throw missing();
    const root = await told(realpath(folder));
    if (root === undefined || !(await stat(root)).isDirectory()) throw missing();
    return root;
  };
  return {
    async list({ bucket, prefix, limit, after = '' }) {
      const root = await rootOf(bucket);
      const objects: BucketObject[] = [];
      for await (const key of keysBelow(root, '', { prefix, after })) {
        const found = await objectAt(root, key);
        if (found === undefined) continue;
        objects.push(found);
        if (objects.length === limit) return { objects, next: key };
      }
      return { objects };
    },
    async head({ bucket, key }) {
      return isKey(key) ? objectAt(await rootOf(bucket), key) : undefined;
    },
    async* read({ bucket, key, revision }, range) {
      const root = await rootOf(bucket);
      const found = isKey(key) ? await objectAt(root, key) : undefined;
      if (found?.revision !== revision) throw new BucketRefused('changed', 'The file was changed or removed while it was being read.');
      const file = await told(open(join(root, key), constants.O_RDONLY | constants.O_NOFOLLOW));
      if (file === undefined) throw new BucketRefused('changed', 'The file was removed while it was being read.');
      yield* piecesOfFile(file, range?.first ?? 0, (range?.last ?? found.sizeBytes - 1) + 1);
    },
    async put(place, body) {
      await written(await rootOf(place.bucket), place, body);
    },
  };
}

function missing(): BucketRefused {
  return new BucketRefused('missing-bucket', 'There is no such bucket. Mount a directory under its name with --bucket NAME=DIR when the server starts.');
}

/** What a system call came to, in the bucket's terms. @returns `undefined` where there is no such file */
async function told<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return undefined;
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
      throw new BucketRefused('no-permission', 'The server may not read or write in the bucket’s directory. Give its user the permissions.', { cause: error });
    }
    if (error instanceof StorageFull) throw new BucketRefused('full', 'The disk of the bucket is full.', { cause: error });
    throw error;
  }
}

/** `..` and empty segments would name other files than the key says. */
function isKey(key: string): boolean {
  return Buffer.byteLength(key) <= maxObjectKeyBytes && !key.includes('\0') && key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

/** `undefined` for what is no file, or lies behind a link. */
async function objectAt(root: string, key: string): Promise<BucketObject | undefined> {
  const segments = key.split('/');
  for (let depth = 1; depth < segments.length; depth += 1) {
    const folder = await told(lstat(join(root, ...segments.slice(0, depth))));
    if (folder?.isDirectory() !== true) return undefined;
  }
  const found = await told(lstat(join(root, key), { bigint: true }));
  if (found?.isFile() !== true) return undefined;
  return { key, sizeBytes: Number(found.size), revision: revisionOf(found) };
}

/** What a file system has in place of an ETag. */
export function revisionOf({ ino, mtimeNs, size }: BigIntStats): string {
  return `${ino}-${mtimeNs}-${size}`;
}

interface Below {
  readonly prefix: string;
  readonly after: string;
}

/** Keys in byte order: a folder stands where its name with the `/` behind it stands. */
async function* keysBelow(root: string, folder: string, below: Below): AsyncGenerator<string> {
  const entries = (await told(readdir(join(root, folder), { withFileTypes: true }))) ?? [];
  const names = entries
    .filter((entry) => !isUnfinished(entry.name) && (entry.isFile() || entry.isDirectory()))
    .map((entry) => Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort(Buffer.compare).map(String);
  for (const name of names) {
    const key = folder + name;
    const isFolder = name.endsWith('/');
    if (!key.startsWith(below.prefix) && !(isFolder && below.prefix.startsWith(key))) continue;
    if (isFolder && below.after !== '' && Buffer.compare(Buffer.from(`${key}\u{10ffff}`), Buffer.from(below.after)) < 0) continue;
    if (isFolder) yield* keysBelow(root, key, below);
    else if (below.after === '' || Buffer.compare(Buffer.from(key), Buffer.from(below.after)) > 0) yield key;
  }
}

async function* piecesOfFile(file: FileHandle, first: number, end: number): AsyncGenerator<Uint8Array> {
  try {
    for (let position = first; position < end; ) {
      const piece = Buffer.allocUnsafe(Math.min(readBytes, end - position));
      const { bytesRead } = await file.read(piece, 0, piece.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function written(root: string, { key }: BucketPlace, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  if (!isKey(key)) throw badKey();
  const path = join(root, key);
  const folder = dirname(path);
  await makeFolders(root, key.split('/').slice(0, -1));
  const draft = join(folder, `.${randomUUID()}.part`);
  try {
    const isWritten = await toldOfPut(unlessFull(async () => {
      const file = await open(draft, 'wx', ownersFile);
      try {
        for await (const piece of body instanceof Uint8Array ? [body] : body) await file.writeFile(piece);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      return true;
    }));
    if (isWritten === undefined) throw badKey();
    flush(folder);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function badKey(): BucketRefused {
  return new BucketRefused('bad-key', 'A file of this name cannot be written to the bucket.');
}

/** One after the other, for a link among them would have the others made elsewhere. */
async function makeFolders(root: string, names: readonly string[]): Promise<void> {
  let folder = root;
  for (const name of names) {
    folder = join(folder, name);
    await told(unlessFull(() => mkdir(folder, { mode: ownersFolder })).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    }));
    const found = await told(lstat(folder));
    if (found?.isSymbolicLink() === true) throw new BucketRefused('bad-key', 'The folder of the bucket that is to be written to lies behind a link.');
    if (found?.isDirectory() !== true) throw badKey();
  }
}

/** As `told`; a folder lies where a file is to be, or the other way around. */
async function toldOfPut<Result>(call: Promise<Result>): Promise<Result | undefined> {
  return told(call.catch((error: NodeJS.ErrnoException) => {
    throw ['EISDIR', 'EEXIST', 'ENOTEMPTY'].includes(error.code ?? '') ? badKey() : error;
  }));
}
