/** Files and times that a user names. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Failed, WrongUse } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** @param path `-` is standard input
 * @throws Failed when it cannot be read */
export async function readFileOrInput(path: string, { input }: Pick<Terminal, 'input'>): Promise<Uint8Array> {
  if (path === '-') return await buffer(input);
  try {
    return await readFile(path);
  } catch (error) {
    throw new Failed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** A moment in ISO 8601, which has a time zone wherever it has a time, as epoch seconds.
 * @throws WrongUse */
export function epochSeconds(name: string, text: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new WrongUse(`${name} takes a time such as 2026-03-01T12:00:00Z or 2026-03-01.`);
  return milliseconds / 1000;
}
