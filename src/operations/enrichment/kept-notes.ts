/**
 * Notes on their way through the workflow of enrichment: `{folder}/text`, and `{folder}/{call}/{piece}` for each answer. What lies here
 * is never said in what states hand on, and an answer that is here is not asked, nor paid, for again.
 *
 * A folder is named by a digest of the document, its text and the engine; a piece by a digest of its words, so that an answer is to
 * exactly these, wherever another version of this code would cut.
 */
import { createHash } from 'node:crypto';
import type { Entities, Entity } from '../../ports/clinical-nlp.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { DocumentKey } from './note-reader.ts';
import type { NoteCall } from './read-text.ts';
import { noteCalls } from './read-text.ts';
import type { ReadingMark } from './reading-mark.ts';

/** More than the pieces of the longest note: 3,000,000 characters of up to four bytes, in pieces of at least 2,500. */
const maxPieces = 10_000;
/** Files of a folder that are removed at a time. */
const removedAtOnce = 16;

/** What was kept of a note is there no more, or its document has changed: another reading begins anew. */
export class NoteGone extends Error {
  override readonly name = 'NoteGone';
}

export interface KeptNotes {
  keepText(folder: string, text: string): Promise<void>;
  /** @throws NoteGone */
  text(folder: string): Promise<string>;
  /** Names of the pieces that the call has answered. */
  answered(folder: string, call: NoteCall): Promise<ReadonlySet<string>>;
  keepAnswer(answer: Entities<Entity>, at: KeptAnswer): Promise<void>;
  /** @throws NoteGone */
  answer(at: KeptAnswer): Promise<Entities<Entity>>;
  remove(folder: string): Promise<void>;
}

export interface KeptAnswer {
  readonly folder: string;
  readonly call: NoteCall;
  /** As `pieceName` has it. */
  readonly piece: string;
}

export function noteFolder({ type, id }: DocumentKey, { digest, engine }: Pick<ReadingMark, 'digest' | 'engine'>): string {
  return digestOf([type, id, digest, engine]);
}

export function pieceName(text: string): string {
  return digestOf(text);
}

/** Of JSON, in which every text is told from every other. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** @param objects of one data store, and of nothing else */
export function keptNotes(objects: ObjectStore): KeptNotes {
  const put = (key: string, value: unknown): Promise<void> => objects.put(key, Buffer.from(JSON.stringify(value)));
  const get = async (key: string): Promise<unknown> => {
    const bytes = await objects.get(key);
    if (bytes === undefined) throw new NoteGone('What was kept of a note is there no more.');
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  };
  const list = async (prefix: string): Promise<readonly string[]> => (await objects.list({ prefix, limit: maxPieces })).keys;
  return {
    keepText: (folder, text) => put(`${folder}/text`, text),
    text: async (folder) => await get(`${folder}/text`) as string,
    answered: async (folder, call) => new Set((await list(`${folder}/${call}/`)).map((key) => key.slice(key.lastIndexOf('/') + 1))),
    keepAnswer: (answer, at) => put(keyOf(at), answer),
    answer: async (at) => await get(keyOf(at)) as Entities<Entity>,
    async remove(folder) {
      // The text last: with it, what is left of the rest would still be known.
      const answers = (await Promise.all(noteCalls.map((call) => list(`${folder}/${call}/`)))).flat();
      for (let from = 0; from < answers.length; from += removedAtOnce) await Promise.all(answers.slice(from, from + removedAtOnce).map((key) => objects.delete(key)));
      await objects.delete(`${folder}/text`);
    },
  };
}

function keyOf({ folder, call, piece }: KeptAnswer): string {
  return `${folder}/${call}/${piece}`;
}
