/**
 * Files that are fetched side by side, each gone on with where a connection broke. A file has its name when it is whole; until
 * then what there is of it lies beside, under its name and `.part`.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from './failure.ts';
import type { Fhir } from './fhir.ts';

/** As many as a server streams without one waiting for the other. */
const atOnce = 4;
/** How often a file is gone on with that broke off, and the first pause before; each further one is twice as long. */
const attempts = 5;
const firstPauseMs = 500;
const lineFeed = 0x0a;

export interface WantedFile {
  /** Behind the endpoint. */
  readonly from: string;
  /** On this machine. */
  readonly to: string;
  /** How many lines it has to have; unknown where absent. */
  readonly lines?: number;
}

/**
 * Fetches all that is not there yet. The first failure ends all of it; what came stays.
 * @param told of each file that is whole
 * @throws Failed
 */
export async function fetchFiles(files: readonly WantedFile[], fhir: Fhir, told: (done: number) => void): Promise<void> {
  const left = files.values();
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const file of left) {
      if ((await sizeOf(file.to)) === undefined) await fetchFile(file, fhir);
      told((done += 1));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function fetchFile(file: WantedFile, fhir: Fhir): Promise<void> {
  const part = `${file.to}.part`;
  await mkdir(dirname(file.to), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await goOn(file, part, fhir);
      break;
    } catch (error) {
      // A refusal is an answer: asked again it would be the same.
      if (attempt === attempts || (error instanceof Failed && error.answer !== undefined)) throw error instanceof Failed ? error : broken(file, error);
      await sleep(firstPauseMs * 2 ** (attempt - 1));
    }
  }
  const found = await linesOf(part);
  if (file.lines !== undefined && found !== file.lines) throw new Failed(`${part} has ${found} lines and should have ${file.lines}. Remove it and go on with --resume.`);
  await rename(part, file.to);
}

async function goOn({ from }: WantedFile, part: string, fhir: Fhir): Promise<void> {
  const there = (await sizeOf(part)) ?? 0;
  const headers = { accept: 'application/fhir+ndjson', ...(there > 0 && { range: `bytes=${there}-` }) };
  const answer = await answered(fhir, from, headers);
  // All of it was there.
  if (answer === undefined) return;
  const { body, status } = answer;
  if (body === null) throw new Error('The answer has no body.');
  await pipeline(Readable.fromWeb(body), createWriteStream(part, { flags: status === 206 ? 'a' : 'w' }));
}

/** @returns `undefined` where there is nothing behind what is there */
async function answered(fhir: Fhir, path: string, headers: Record<string, string>): Promise<Response | undefined> {
  try {
    return await fhir.ask({ method: 'GET', path, headers });
  } catch (error) {
    if (error instanceof Failed && error.answer?.status === 416) return undefined;
    throw error;
  }
}

function broken({ to }: WantedFile, error: unknown): Failed {
  const { code = (error as Error).name } = error as NodeJS.ErrnoException;
  return new Failed(`${to} could not be fetched: ${code === 'ENOSPC' ? 'the disk is full' : `the connection broke ${attempts} times (${code})`}.`);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function linesOf(path: string): Promise<number> {
  let found = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) found += 1;
  }
  return found;
}
