/** Files that are there whole or not at all, whenever the machine stops. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Flushes a file or a folder. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Gives a file or folder that is complete its name. */
export function renameDurably(from: string, to: string): void {
  flush(from);
  renameSync(from, to);
  flush(dirname(to));
}

/** @param draft a name in the same folder, of which nothing is lost */
export function writeDurably(path: string, content: Uint8Array, draft: string): void {
  writeFileSync(draft, content);
  renameDurably(draft, path);
}
