/** Asks an engine about a text of any length: in pieces that each of its operations takes, the operations side by side. */
import { chunksOf, maxChunkBytes, mergeEntities } from '../../clinical-text/chunks.ts';
import type { ClinicalNlp, Entities, Entity } from '../../ports/clinical-nlp.ts';
import type { NoteReading } from './note-reading.ts';

/** What the four operations say of a text. */
export type NoteAnswers = Pick<NoteReading, 'entities' | 'icd10Cm' | 'rxNorm' | 'snomedCt'>;

/** @throws NlpUnavailable; any other error is about the text */
export async function readText(text: string, nlp: ClinicalNlp): Promise<NoteAnswers> {
  const { detect, inferIcd10CmOrRxNorm, inferSnomedCt } = maxChunkBytes;
  const [entities, icd10Cm, rxNorm, snomedCt] = await Promise.all([
    inPieces(text, detect, (piece) => nlp.detectEntities(piece)),
    inPieces(text, inferIcd10CmOrRxNorm, (piece) => nlp.inferIcd10Cm(piece)),
    inPieces(text, inferIcd10CmOrRxNorm, (piece) => nlp.inferRxNorm(piece)),
    inPieces(text, inferSnomedCt, (piece) => nlp.inferSnomedCt(piece)),
  ]);
  return { entities, icd10Cm, rxNorm, snomedCt };
}

/** One piece after the other: a long note is to leave the engine to others too. */
export async function inPieces<Found extends Entity>(
  text: string, maxBytes: number, ask: (piece: string) => Promise<Entities<Found>>,
): Promise<Entities<Found>> {
  const pieces = chunksOf(text, maxBytes);
  const answers: Entities<Found>[] = [];
  for (const piece of pieces) answers.push(await ask(piece.text));
  return mergeEntities(pieces, answers);
}
