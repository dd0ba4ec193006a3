/** Paths of this machine as addresses in the buckets that they lie in. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Option, Values } from './command.ts';
import { Failed, WrongUse } from './failure.ts';

export const bucketOption: Option = {
  value: 'NAME=DIR', multiple: true, says: 'the directory that the server has as the bucket NAME, as npm start was told; data/buckets/caldera is caldera where it is there',
};

/** Where `npm start` has the bucket that needs no mounting, seen from where it was started. */
const usual = ['caldera', join('data', 'buckets', 'caldera')] as const;

/** Directories by the names of their buckets. @throws WrongUse */
export async function mountsOf(options: Values): Promise<ReadonlyMap<string, string>> {
  const mounts = new Map<string, string>();
  for (const text of options.texts('bucket')) {
    const [, name = '', directory = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name === '') throw new WrongUse('--bucket is NAME=DIR, as npm start -- --bucket has it.');
    mounts.set(name, await real(directory));
  }
  if (mounts.size === 0) {
    const [name, directory] = usual;
    const found = await realpath(directory).catch(() => undefined);
    if (found !== undefined) mounts.set(name, found);
  }
  return mounts;
}

/**
 * @param source an `s3://` address, which is left as it is, or a path
 * @throws WrongUse for a path in no bucket; Failed for one that is not there
 */
export async function bucketUri(source: string, mounts: ReadonlyMap<string, string>): Promise<string> {
  if (source.startsWith('s3://')) return source;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) throw new WrongUse('A source is s3://bucket/prefix, or a file or directory of this machine.');
  const path = await real(source);
  const isDirectory = (await stat(path)).isDirectory();
  for (const [name, root] of mounts) {
    const key = relative(root, path).split(sep);
    if (key[0] === '..') continue;
    if (!isDirectory) await requireAlone(path);
    return `s3://${name}/${key.join('/')}${isDirectory && key[0] !== '' ? '/' : ''}`;
  }
  throw new WrongUse(`${source} is in no bucket of the server, and it reads nothing else.
Start the server with --bucket NAME=DIR for a directory above it and give the same --bucket here,
copy it to the bucket's directory, or drop it in the data store's inbox (docs/import.md).
On AWS copy it to S3 first: aws s3 cp ${source} s3://your-bucket/`);
}

/** The directory or file of an address, where it is one of this machine. */
export function localPath(uri: string, mounts: ReadonlyMap<string, string>): string | undefined {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  const root = mounts.get(bucket);
  return root === undefined ? undefined : join(root, ...key.split('/'));
}

/** The API takes what files begin with. @throws WrongUse where others begin so too */
async function requireAlone(path: string): Promise<void> {
  const others = (await readdir(dirname(path))).filter((name) => name.startsWith(basename(path)) && name !== basename(path));
  if (others.length > 0) throw new WrongUse(`Other files there begin with the name of ${basename(path)}, and would be imported with it. Move it to a directory of its own, and give that.`);
}

async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw new Failed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
