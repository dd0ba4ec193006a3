/** Asks an engine about a text of any length: in pieces that each of its operations takes, the operations side by side. */
import { chunksOf, maxChunkBytes, mergeEntities } from '../../clinical-text/chunks.ts';
import type { Chunk } from '../../clinical-text/chunks.ts';
import type { ClinicalNlp, Entities, Entity, Icd10CmEntity, RxNormEntity, SnomedCtEntity } from '../../ports/clinical-nlp.ts';
import type { NoteReading } from './note-reading.ts';

/** What the four operations say of a text. */
export type NoteAnswers = Pick<NoteReading, 'entities' | 'icd10Cm' | 'rxNorm' | 'snomedCt'>;

/** The operations that a note is read by, in the service's names. DetectEntitiesV2 finds identifiers too: DetectPHI says nothing more. */
export const noteCalls = ['DetectEntitiesV2', 'InferICD10CM', 'InferRxNorm', 'InferSNOMEDCT'] as const;
export type NoteCall = (typeof noteCalls)[number];

interface CallSpec {
  readonly maxBytes: number;
  readonly ask: (nlp: ClinicalNlp, piece: string) => Promise<Entities<Entity>>;
}

const specs: Readonly<Record<NoteCall, CallSpec>> = {
  DetectEntitiesV2: { maxBytes: maxChunkBytes.detect, ask: (nlp, piece) => nlp.detectEntities(piece) },
  InferICD10CM: { maxBytes: maxChunkBytes.inferIcd10CmOrRxNorm, ask: (nlp, piece) => nlp.inferIcd10Cm(piece) },
  InferRxNorm: { maxBytes: maxChunkBytes.inferIcd10CmOrRxNorm, ask: (nlp, piece) => nlp.inferRxNorm(piece) },
  InferSNOMEDCT: { maxBytes: maxChunkBytes.inferSnomedCt, ask: (nlp, piece) => nlp.inferSnomedCt(piece) },
};

/** The pieces of a text that a call takes. */
export function piecesFor(call: NoteCall, text: string): readonly Chunk[] {
  return chunksOf(text, specs[call].maxBytes);
}

/** @throws NlpUnavailable; any other error is about the text */
export function askAbout(piece: string, call: NoteCall, nlp: ClinicalNlp): Promise<Entities<Entity>> {
  return specs[call].ask(nlp, piece);
}

/** @param answers of each call to the whole text */
export function noteAnswers(answers: Readonly<Record<NoteCall, Entities<Entity>>>): NoteAnswers {
  return {
    entities: answers.DetectEntitiesV2,
    icd10Cm: answers.InferICD10CM as Entities<Icd10CmEntity>,
    rxNorm: answers.InferRxNorm as Entities<RxNormEntity>,
    snomedCt: answers.InferSNOMEDCT as Entities<SnomedCtEntity>,
  };
}

/** @throws NlpUnavailable; any other error is about the text */
export async function readText(text: string, nlp: ClinicalNlp): Promise<NoteAnswers> {
  const answers = await Promise.all(noteCalls.map(async (call) => [call, await inPieces(text, { maxBytes: specs[call].maxBytes }, (piece) => askAbout(piece, call, nlp))] as const));
  return noteAnswers(Object.fromEntries(answers) as Record<NoteCall, Entities<Entity>>);
}

export interface PieceOptions {
  readonly maxBytes: number;
  /** Pieces that are asked about side by side. By default one after the other: a long note is to leave the engine to others too. */
  readonly atOnce?: number;
}

export async function inPieces<Found extends Entity>(
  text: string, { maxBytes, atOnce = 1 }: PieceOptions, ask: (piece: string) => Promise<Entities<Found>>,
): Promise<Entities<Found>> {
  const pieces = chunksOf(text, maxBytes);
  const answers: Entities<Found>[] = [];
  const left = pieces.entries();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const [index, piece] of left) answers[index] = await ask(piece.text);
  }));
  return mergeEntities(pieces, answers);
}
