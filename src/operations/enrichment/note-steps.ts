/**
 * The steps of a document's enrichment as a workflow has them done, each by itself and as often as it takes: what they hand on is where
 * the note is kept, and never anything of it (docs/decisions/0017-enrichment-on-aws.md).
 */
import { mergeEntities } from '../../clinical-text/chunks.ts';
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { ClinicalNlp, Entities, Entity } from '../../ports/clinical-nlp.ts';
import type { Clock } from '../../ports/clock.ts';
import { extractNote } from './extract-note.ts';
import type { ExtractDependencies } from './extract-note.ts';
import { NoteGone, noteFolder, pieceName } from './kept-notes.ts';
import type { KeptNotes } from './kept-notes.ts';
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
}

export interface ExtractStepDependencies extends ExtractDependencies {
  readonly kept: Pick<KeptNotes, 'keepText'>;
}

/** @returns where the text is, or what became of a document without one that is to be read. @throws as `NoteReader.enrich` */
export async function extractStep(key: DocumentKey & { readonly anew?: boolean }, dependencies: ExtractStepDependencies): Promise<Enriched | NotePlace> {
  const extracted = await extractNote(key, dependencies, key.anew);
  if ('came' in extracted) return extracted;
  const folder = noteFolder(key, extracted.mark);
  await dependencies.kept.keepText(folder, extracted.text);
  return { folder, version: extracted.mark.version };
}

export interface ReadStepDependencies {
  readonly kept: Pick<KeptNotes, 'text' | 'answered' | 'keepAnswer'>;
  readonly nlp: ClinicalNlp;
  readonly clock: Pick<Clock, 'now'>;
  /** No piece but the first is begun after it, ms since the epoch. */
  readonly until: number;
}

/** Asks for what has not been answered yet. @throws NlpUnavailable, NoteGone; any other error is about the text */
export async function readStep({ folder, call }: { readonly folder: string; readonly call: NoteCall }, { kept, nlp, clock, until }: ReadStepDependencies): Promise<'read' | 'unfinished'> {
  const pieces = new Map(piecesFor(call, await kept.text(folder)).map(({ text }) => [pieceName(text), text]));
  const answered = await kept.answered(folder, call);
  const missing = [...pieces].filter(([name]) => !answered.has(name));
  for (const [index, [piece, text]] of missing.entries()) {
    if (index > 0 && clock.now() >= until) return 'unfinished';
    await kept.keepAnswer(await askAbout(text, call, nlp), { folder, call, piece });
  }
  return 'read';
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
    const text = await kept.text(folder);
    const answers = noteAnswers(Object.fromEntries(await Promise.all(noteCalls.map(async (call) => [call, await merged(call, text, { folder, kept })]))) as Record<NoteCall, Entities<Entity>>);
    const mark = { version, digest: readingDigest(text, document), engine };
    await contended(() => settleNote({ document, mark }, answers, dependencies));
  }
  await kept.remove(folder);
  return { came: 'read' };
}

async function merged(call: NoteCall, text: string, { folder, kept }: { readonly folder: string; readonly kept: Pick<KeptNotes, 'answer'> }): Promise<Entities<Entity>> {
  const pieces = piecesFor(call, text);
  const answers: Entities<Entity>[] = [];
  for (const piece of pieces) answers.push(await kept.answer({ folder, call, piece: pieceName(piece.text) }));
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
