/**
 * The one directory that everything lies in, and the lock that keeps two processes out of it.
 *
 * ```
 * data/
 *   lock.sqlite         held by the running process
 *   control.sqlite      which data stores there are
 *   stores/{id}/        one folder a data store: store.sqlite, objects/, backup/, lake/, sql/
 *   stores/{id}~/       one that is just being restored
 *   buckets/caldera/    the bucket of bulk jobs that is there without being mounted; inbox/{id}/ in it takes files to import
 * ```
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { renameDurably } from './durable-files.ts';
import { generation } from '../store/generation.ts';

export interface DataDirectory {
  readonly path: string;
  readonly controlFile: string;
  /** The folder of one data store, made when it is missing. */
  storeFolder(datastoreId: string): StoreFolder;
  /** Whether the store has its folder. */
  hasStore(datastoreId: string): boolean;
  /** A new folder to make a store's files in, in place of what an earlier attempt left. */
  draftFolder(datastoreId: string): StoreFolder;
  /** Makes the draft the store's folder, at once and for good. */
  adoptDraft(datastoreId: string): void;
  /** Removes all files of a store. */
  removeStore(datastoreId: string): Promise<void>;
  /** Lets another process in. */
  release(): void;
}

/** Where the files of one data store lie. */
export interface StoreFolder {
  readonly path: string;
  readonly databaseFile: string;
  readonly objectsFolder: string;
  readonly backupFolder: string;
  /** Where files of the lake are made; when they are complete they are objects. */
  readonly lakeFolder: string;
  /** Answers to questions in SQL, and what they need besides. */
  readonly sqlFolder: string;
  /** Of the bucket that all stores have without its being mounted. */
  readonly bucketFolder: string;
}

/** The directory cannot be used; the message says why and what to do. */
export class DirectoryRefused extends Error {
  override readonly name = 'DirectoryRefused';
}

/** Patients' data is for the owner's eyes. */
const ownerOnly = 0o700;
const lockName = 'lock.sqlite';
/** Left by file managers and by whoever prepared the folder. */
const harmless = new Set(['.DS_Store', '.gitkeep', '.gitignore', 'desktop.ini', 'lost+found']);

/**
 * What the files of a directory are written as. It changes with the index's generation too: until stores can be indexed
 * anew, a directory of other rules would answer searches with less than it holds.
 */
export const directoryFormat = generation;

/**
 * Makes the directory when it is missing, and takes its lock.
 * @throws DirectoryRefused when another process holds it, when it holds something else, or is of another format
 */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  const isNew = prepare(path);
  const release = lock(join(path, lockName), isNew);
  const pathOf = (datastoreId: string): string => join(path, 'stores', datastoreId);
  const draftOf = (datastoreId: string): string => `${pathOf(datastoreId)}~`;
  return {
    path,
    controlFile: join(path, 'control.sqlite'),
    storeFolder: (datastoreId) => madeFolder(path, pathOf(datastoreId)),
    hasStore: (datastoreId) => existsSync(pathOf(datastoreId)),
    draftFolder(datastoreId) {
      rmSync(draftOf(datastoreId), { recursive: true, force: true });
      return madeFolder(path, draftOf(datastoreId));
    },
    adoptDraft: (datastoreId) => renameDurably(draftOf(datastoreId), pathOf(datastoreId)),
    async removeStore(datastoreId) {
      // Under the draft's name first: what is left of a removal that was cut off is no store.
      if (existsSync(pathOf(datastoreId))) {
        await rm(draftOf(datastoreId), { recursive: true, force: true });
        renameDurably(pathOf(datastoreId), draftOf(datastoreId));
      }
      await rm(draftOf(datastoreId), { recursive: true, force: true });
    },
    release,
  };
}

function madeFolder(directory: string, path: string): StoreFolder {
  const objectsFolder = join(path, 'objects');
  const bucketFolder = join(directory, 'buckets', 'caldera');
  for (const folder of [objectsFolder, bucketFolder]) mkdirSync(folder, { recursive: true, mode: ownerOnly });
  return { path, databaseFile: join(path, 'store.sqlite'), objectsFolder, backupFolder: join(path, 'backup'), lakeFolder: join(path, 'lake'), sqlFolder: join(path, 'sql'), bucketFolder };
}

/** @returns whether nothing of Caldera's is there yet */
function prepare(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: ownerOnly });
    const names = readdirSync(path).filter((name) => !harmless.has(name));
    if (names.length === 0 || names.includes(lockName)) return names.every((name) => name.startsWith(lockName));
  } catch (error) {
    throw new DirectoryRefused(`${path} cannot be used (${(error as NodeJS.ErrnoException).code}). Give a directory that you may write to with --data.`);
  }
  throw new DirectoryRefused(`${path} holds files that are not Caldera's. Give an empty or a new directory with --data.`);
}

/**
 * An open exclusive transaction on a file that is used for nothing else. The operating system drops the lock when
 * the process ends, however it ends: a crash leaves nothing behind that would have to be cleaned up, and there is no
 * moment at which two processes could both believe that they have it.
 */
function lock(file: string, isNew: boolean): () => void {
  const database = new DatabaseSync(file);
  try {
    if (isNew) database.exec(`PRAGMA user_version = ${directoryFormat}`);
    database.exec('BEGIN EXCLUSIVE');
    checkFormat(database, resolve(file, '..'));
  } catch (error) {
    database.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new DirectoryRefused(
      `Another Caldera is running on ${resolve(file, '..')}. Stop it, or give this one a directory of its own with --data.`,
    );
  }
  return () => database.close();
}

function checkFormat(database: DatabaseSync, path: string): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found === directoryFormat) return;
  throw new DirectoryRefused(
    `${path} was written by another version of Caldera (format ${found}, this one has ${directoryFormat}). ` +
      'Start it with that version, or give this one a directory of its own with --data.',
  );
}
