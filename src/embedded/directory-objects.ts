/**
 * Objects as the files of a directory. A put is a temporary file, flushed and renamed, so that a crash leaves the old
 * object or the new one, whole. An object cannot lie in the place of a folder of others: keys `a` and `a/b` exclude
 * each other here, though not on S3.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkObjectKey, checkObjectPrefix, isObjectKeySegment } from '../ports/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { checkLimit } from '../ports/table-limits.ts';
import { unlessFull } from './full-disk.ts';

/** Files being written lie here, under a name that no key can have. What a crash left is removed at open. */
const draftsName = '~drafts';

/** @param root a directory that no other process writes to; made when it is missing */
export function directoryObjects(root: string): ObjectStore {
  const drafts = join(root, draftsName);
  rmSync(drafts, { recursive: true, force: true });
  mkdirSync(drafts, { recursive: true });
  return joinDirectoryObjects(root);
}

/** Where each object's file is, for whoever reads files by their paths. */
export function pathOfObject(root: string): (key: string) => string {
  return (key) => {
    checkObjectKey(key);
    return join(root, ...key.split('/'));
  };
}

/** The objects of a directory that another thread of this process has opened. */
export function joinDirectoryObjects(root: string): ObjectStore {
  const drafts = join(root, draftsName);
  const pathOf = pathOfObject(root);
  return {
    async put(key, body) {
      const path = pathOf(key);
      const draft = join(drafts, randomUUID());
      try {
        await unlessFull(async () => {
          await writeDurably(draft, body);
          await makeFolder(dirname(path));
          await rename(draft, path);
        });
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await flushFolder(dirname(path));
    },
    async get(key) {
      const body = await unlessMissing(readFile(pathOf(key)));
      return body && new Uint8Array(body.buffer, body.byteOffset, body.length);
    },
    async delete(key) {
      const path = pathOf(key);
      const deleted = await unlessMissing(unlink(path).then(() => true));
      if (deleted) await flushFolder(dirname(path));
    },
    async list({ prefix, limit, after = '' }) {
      checkLimit(limit);
      checkObjectPrefix(prefix);
      const keys: string[] = [];
      for await (const key of keysBehind(root, '', { prefix, after, window: limit })) {
        keys.push(key);
        if (keys.length === limit) return { keys, next: key };
      }
      return { keys };
    },
  };
}

async function writeDurably(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder and those above it, and flushes every folder that got a new entry. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await flushFolder(dirname(made));
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function unlessMissing<Value>(action: Promise<Value>): Promise<Value | undefined> {
  try {
    return await action;
  } catch (error) {
    if (missingCodes.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** No such file, a file where the key has a folder, a folder where it has a file. */
const missingCodes = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EPERM']);

interface Listing {
  readonly prefix: string;
  readonly after: string;
  /** How many names of a folder are held at a time. */
  readonly window: number;
}

/** The keys under a folder, in byte order: a folder stands where its name with the `/` behind it stands. */
async function* keysBehind(path: string, folder: string, listing: Listing): AsyncGenerator<string> {
  let last = '';
  for (;;) {
    const names = await firstNames(path, folder, { ...listing, last });
    for (const name of names) {
      if (name.endsWith('/')) yield* keysBehind(join(path, name), folder + name, listing);
      else yield folder + name;
    }
    if (names.length < listing.window) return;
    last = names.at(-1)!;
  }
}

/** The first names behind `last` of a folder that may hold keys of the listing, in order; folders end in `/`. */
async function firstNames(path: string, folder: string, listing: Listing & { last: string }): Promise<readonly string[]> {
  const names: string[] = [];
  const entries = await unlessMissing(opendir(path));
  if (entries === undefined) return names;
  for await (const entry of entries) {
    const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
    if (!isObjectKeySegment(entry.name) || !(entry.isDirectory() || entry.isFile())) continue;
    if (name > listing.last && mayHold(folder + name, listing)) insertBounded(names, name, listing.window);
  }
  return names;
}

function mayHold(key: string, { prefix, after }: Listing): boolean {
  if (!key.startsWith(prefix) && !(key.endsWith('/') && prefix.startsWith(key))) return false;
  return key > after || (key.endsWith('/') && after.startsWith(key));
}

function insertBounded(names: string[], name: string, window: number): void {
  if (names.length === window && name > names.at(-1)!) return;
  let low = 0;
  for (let high = names.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (names[middle]! < name) low = middle + 1;
    else high = middle;
  }
  names.splice(low, 0, name);
  if (names.length > window) names.pop();
}
