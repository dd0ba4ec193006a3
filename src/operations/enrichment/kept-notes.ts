/**
 * Notes on their way through the workflow of enrichment: `{folder}/text`, `{folder}/{call}/{piece}` for each answer, and
 * `{folder}/{call}/{piece}={number}` for who asks for one. What lies here is never said in what states hand on, and what is answered
 * here, or being asked for by another, is not asked, nor paid, for again.
 *
 * A folder is named by the document, its text and the engine; a piece by its words, so that an answer is to exactly these, wherever
 * another version of this code would cut. Names are digests under a secret: without it, whoever sees the name of a short piece could
 * tell its words by trying.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Entities, Entity } from '../../ports/clinical-nlp.ts';
import type { CreatesObjects, ObjectStore } from '../../ports/object-store.ts';
import type { DocumentKey } from './note-reader.ts';
import type { NoteCall } from './read-text.ts';
import { noteCalls } from './read-text.ts';
import type { ReadingMark } from './reading-mark.ts';

/** More than the pieces of the longest note, 3,000,000 characters of up to four bytes in pieces of at least 2,500, each with its answer and some claims. */
const maxFiles = 20_000;
/** Files of a folder that are removed at a time. */
const removedAtOnce = 16;

/** What was kept of a note is there no more, or its document has changed: another reading begins anew. */
export class NoteGone extends Error {
  override readonly name = 'NoteGone';
}

/** Another asks for a piece of the note at the moment: its answer will be here. */
export class NoteClaimed extends Error {
  override readonly name = 'NoteClaimed';
}

export interface KeptText {
  readonly text: string;
  /** What names of its pieces are made with: as secret as the text, and of no use without it. */
  readonly secret: string;
}

/** Pieces of a note, for a call. */
export interface KnownPieces {
  /** Names of those that are answered. */
  readonly answered: ReadonlySet<string>;
  /** By their names, how often each has been claimed. */
  readonly claims: ReadonlyMap<string, number>;
}

/** Who asks for a piece, and until when nobody else does, ms since the epoch: one that was killed is not waited for. */
export interface PieceClaim {
  readonly by: string;
  readonly until: number;
}

export interface KeptNotes {
  keepText(folder: string, kept: KeptText): Promise<void>;
  /** @throws NoteGone */
  text(folder: string): Promise<KeptText>;
  pieces(folder: string, call: NoteCall): Promise<KnownPieces>;
  /** @returns false where another has claimed it, and its time is not over at `now` */
  claim(at: ClaimedPiece, claim: PieceClaim, now: number): Promise<boolean>;
  /** Nobody waits for it any more. */
  release(at: ClaimedPiece): Promise<void>;
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

export interface ClaimedPiece extends KeptAnswer {
  /** One more than there are claims for the piece. */
  readonly number: number;
}

/** Where a note is kept, and what names of its pieces are made with. @param secret of its data store */
export function noteNames({ type, id }: DocumentKey, { digest, engine }: Pick<ReadingMark, 'digest' | 'engine'>, secret: Uint8Array): { readonly folder: string; readonly secret: string } {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'names of kept notes', 32));
  const folder = digestOf(['folder', type, id, digest, engine], key);
  return { folder, secret: digestOf(['pieces', folder], key) };
}

export function pieceName(text: string, secret: string): string {
  return digestOf(text, Buffer.from(secret, 'hex'));
}

/** Of JSON, in which every text is told from every other. */
function digestOf(value: unknown, key: Uint8Array): string {
  return createHmac('sha256', key).update(JSON.stringify(value)).digest('hex');
}

/** @param objects of one data store, and of nothing else */
export function keptNotes(objects: ObjectStore & CreatesObjects): KeptNotes {
  const put = (key: string, value: unknown): Promise<void> => objects.put(key, Buffer.from(JSON.stringify(value)));
  const get = async (key: string): Promise<unknown> => {
    const bytes = await objects.get(key);
    if (bytes === undefined) throw new NoteGone('What was kept of a note is there no more.');
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  };
  const list = async (prefix: string): Promise<readonly string[]> => (await objects.list({ prefix, limit: maxFiles })).keys;
  return {
    keepText: (folder, kept) => put(`${folder}/text`, kept),
    text: async (folder) => await get(`${folder}/text`) as KeptText,
    pieces: async (folder, call) => knownPieces(await list(`${folder}/${call}/`)),
    async claim(at, claim, now) {
      const claimOf = (number: number): Promise<PieceClaim> => get(claimKey({ ...at, number })) as Promise<PieceClaim>;
      if (at.number > 1) {
        const before = await claimOf(at.number - 1);
        if (before.by !== claim.by && before.until > now) return false;
      }
      if (await objects.create(claimKey(at), Buffer.from(JSON.stringify(claim)))) return true;
      // It may be one's own, whose answer was lost.
      return (await claimOf(at.number)).by === claim.by;
    },
    // It stays, so that no two claims ever have the same number.
    release: (at) => put(claimKey(at), { by: '', until: 0 } satisfies PieceClaim),
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

function claimKey({ number, ...at }: ClaimedPiece): string {
  return `${keyOf(at)}=${number}`;
}

function knownPieces(keys: readonly string[]): KnownPieces {
  const names = keys.map((key) => key.slice(key.lastIndexOf('/') + 1).split('=') as [string, string?]);
  const claims = new Map<string, number>();
  for (const [piece, number] of names) if (number !== undefined) claims.set(piece, Math.max(Number(number), claims.get(piece) ?? 0));
  return { answered: new Set(names.filter(([, number]) => number === undefined).map(([piece]) => piece)), claims };
}
