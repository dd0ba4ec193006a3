/**
 * The steps of a document's enrichment as a workflow has them done, each by itself and as often as it takes: what they hand on is where
 * the note is kept, and never anything of it (docs/decisions/0017-enrichment-on-aws.md).
 */
import { mergeEntities } from '../../clinical-text/chunks.ts';
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { ClinicalNlp, Entities, Entity } from '../../ports/clinical-nlp.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { extractNote } from './extract-note.ts';
import type { ExtractDependencies } from './extract-note.ts';
import { NoteClaimed, NoteGone, noteNames, pieceName } from './kept-notes.ts';
import type { ClaimedPiece, KeptNotes, KeptText } from './kept-notes.ts';
import type { DocumentKey, Enriched } from './note-reader.ts';
import type { NoteDocument } from './note-reading.ts';
import { askAbout, noteAnswers, noteCalls, piecesFor } from './read-text.ts';
import type { NoteCall } from './read-text.ts';
import { readingDigest, readingMark } from './reading-mark.ts';
import { settleNote } from './settle-note.ts';
import type { SettleDependencies } from './settle-note.ts';

/** Where a note is kept, and of which version of its document it is. */
export interface NotePlace {
  readonly folder: string;
  readonly version: number;
  /** Who reads it: a run, with all of its attempts. */
  readonly reader: string;
}

export interface ExtractStepDependencies extends ExtractDependencies {
  readonly kept: Pick<KeptNotes, 'keepText'>;
  /** Of the data store. */
  readonly secret: Uint8Array;
  readonly ids: Pick<Ids, 'uuid'>;
}

/** @returns where the text is, or what became of a document without one that is to be read. @throws as `NoteReader.enrich` */
export async function extractStep(key: DocumentKey & { readonly anew?: boolean }, dependencies: ExtractStepDependencies): Promise<Enriched | NotePlace> {
  const extracted = await extractNote(key, dependencies, key.anew);
  if ('came' in extracted) return extracted;
  const { folder, secret } = noteNames(key, extracted.mark, dependencies.secret);
  await dependencies.kept.keepText(folder, { text: extracted.text, secret });
  return { folder, version: extracted.mark.version, reader: dependencies.ids.uuid() };
}

export interface ReadStepDependencies {
  readonly kept: Pick<KeptNotes, 'text' | 'pieces' | 'claim' | 'release' | 'keepAnswer'>;
  readonly nlp: ClinicalNlp;
  readonly clock: Pick<Clock, 'now'>;
  /** No piece but the first is begun after it, ms since the epoch. */
  readonly until: number;
}

/** Longer than an engine is asked for one piece: six times up to 15 s, with pauses between them. Whoever has not answered then was killed. */
export const claimMs = 120 * 1000;

export interface NoteReadCall {
  readonly folder: string;
  readonly call: NoteCall;
  readonly reader: string;
}

/** Asks for what has not been answered yet, and nobody else asks for. @throws NlpUnavailable, NoteGone, NoteClaimed; any other error is about the text */
export async function readStep({ folder, call, reader }: NoteReadCall, dependencies: ReadStepDependencies): Promise<'read' | 'unfinished'> {
  const { kept, clock, until } = dependencies;
  const { text: whole, secret } = await kept.text(folder);
  const pieces = new Map(piecesFor(call, whole).map(({ text }) => [pieceName(text, secret), text]));
  const { answered, claims } = await kept.pieces(folder, call);
  const missing = [...pieces].filter(([name]) => !answered.has(name));
  let [asked, held] = [0, 0];
  for (const [piece, text] of missing) {
    if (asked > 0 && clock.now() >= until) return 'unfinished';
    const at = { folder, call, piece, number: (claims.get(piece) ?? 0) + 1 };
    const now = clock.now();
    if (await kept.claim(at, { by: reader, until: now + claimMs }, now)) {
      await answer(text, at, dependencies);
      asked += 1;
    } else held += 1;
  }
  if (held > 0) throw new NoteClaimed('Another run asks for a piece of the note.');
  return 'read';
}

async function answer(text: string, at: ClaimedPiece, { kept, nlp }: ReadStepDependencies): Promise<void> {
  try {
    const { folder, call, piece } = at;
    await kept.keepAnswer(await askAbout(text, call, nlp), { folder, call, piece });
  } catch (error) {
    // Where that fails too, the claim's time passes.
    await kept.release(at).catch(() => {});
    throw error;
  }
}

export interface SettleStepDependencies extends SettleDependencies {
  readonly kept: Pick<KeptNotes, 'text' | 'answer' | 'remove'>;
  /** `ClinicalNlp.engine`, of the one that read it. */
  readonly engine: string;
}

/** Who writes to a result in between wins, and is heard; more often than this, a later reading looks again. */
const maxAttempts = 3;

/** @throws NoteGone where the document has changed since; as `settleReading` */
export async function settleStep({ type, id, note: { folder, version } }: DocumentKey & { readonly note: NotePlace }, dependencies: SettleStepDependencies): Promise<Enriched> {
  const { store, kept, engine } = dependencies;
  const current = await store.read(type, id);
  const document = current?.json === undefined ? undefined : parseJson(current.json) as NoteDocument;
  // A step that was done, and whose answer was lost.
  const isSettled = document !== undefined && current!.versionId === version + 1 && readingMark(document)?.version === version;
  if (document === undefined || (current!.versionId !== version && !isSettled)) throw new NoteGone('A document has changed while its note was read.');
  if (!isSettled) {
    const { text, secret } = await kept.text(folder);
    const answers = noteAnswers(Object.fromEntries(await Promise.all(noteCalls.map(async (call) => [call, await merged(call, { text, secret }, { folder, kept })]))) as Record<NoteCall, Entities<Entity>>);
    const mark = { version, digest: readingDigest(text, document), engine };
    await contended(() => settleNote({ document, mark }, answers, dependencies));
  }
  await kept.remove(folder);
  return { came: 'read' };
}

async function merged(call: NoteCall, { text, secret }: KeptText, { folder, kept }: { readonly folder: string; readonly kept: Pick<KeptNotes, 'answer'> }): Promise<Entities<Entity>> {
  const pieces = piecesFor(call, text);
  const answers: Entities<Entity>[] = [];
  for (const piece of pieces) answers.push(await kept.answer({ folder, call, piece: pieceName(piece.text, secret) }));
  return mergeEntities(pieces, answers);
}

async function contended<Result>(settle: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await settle();
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 412 || attempt === maxAttempts) throw error;
    }
  }
}
