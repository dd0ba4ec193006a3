/**
 * A note of any length in pieces that an engine takes, and the answers to the pieces as one, with offsets that hold in the note.
 */
import type { Entities, Entity } from '../ports/clinical-nlp.ts';
import { codePointOffsets } from './characters.ts';

/**
 * The most that an operation takes (https://docs.aws.amazon.com/comprehend-medical/latest/dev/comprehendmedical-quotas.html):
 * entities and PHI "fewer than 20,000 bytes", ICD-10-CM and RxNorm 10,000 characters, SNOMED CT 5,000. Characters are counted as
 * bytes here, which is never too many.
 */
export const maxChunkBytes = { detect: 19_999, inferIcd10CmOrRxNorm: 10_000, inferSnomedCt: 5_000 } as const;

export interface Chunk {
  readonly text: string;
  /** Where it begins in the note, in code points. */
  readonly beginOffset: number;
}

/** No cut is made in the first part of a chunk for the sake of a better place: chunks stay large, and few. */
const earliestCut = 0.5;

/**
 * Cuts a note between paragraphs, or else lines, sentences, words, and only where there is nothing of these between characters.
 * Pieces of white space alone are left out.
 */
export function chunksOf(text: string, maxBytes: number = maxChunkBytes.detect): readonly Chunk[] {
  const codePoints = codePointOffsets(text);
  const chunks: Chunk[] = [];
  for (let begin = 0; begin < text.length;) {
    const most = furthest(text, begin, maxBytes);
    const end = most === text.length ? most : cut(text, begin, most);
    const piece = text.slice(begin, end);
    if (piece.trim() !== '') chunks.push({ text: piece, beginOffset: codePoints(begin) });
    begin = end;
  }
  return chunks;
}

/** How far a piece of so many bytes of UTF-8 goes, at least one character. */
function furthest(text: string, begin: number, maxBytes: number): number {
  let bytes = 0;
  let at = begin;
  while (at < text.length) {
    const codePoint = text.codePointAt(at) ?? 0;
    bytes += utf8Bytes(codePoint);
    if (bytes > maxBytes && at > begin) return at;
    at += codePoint > 0xffff ? 2 : 1;
  }
  return at;
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** The best place to end a piece that may go to `most`. */
function cut(text: string, begin: number, most: number): number {
  const earliest = begin + Math.floor((most - begin) * earliestCut);
  const piece = text.slice(begin, most);
  for (const border of ['\n\n', '\n', '. ', ' ']) {
    const at = piece.lastIndexOf(border);
    if (at >= 0 && begin + at + border.length > earliest) return begin + at + border.length;
  }
  return most;
}

/** The answers to the pieces of a note as the answer to the note: offsets moved, numbers given anew in the order of the text. */
export function mergeEntities<Found extends Entity>(
  chunks: readonly Chunk[],
  answers: readonly Entities<Found>[],
): Entities<Found> {
  let id = 0;
  const moved = answers.flatMap(({ Entities: found }, index) => found.map((entity) => {
    const shift = chunks[index]?.beginOffset ?? 0;
    const placed = { ...entity, Id: id++, BeginOffset: entity.BeginOffset + shift, EndOffset: entity.EndOffset + shift };
    const Attributes = entity.Attributes.map((attribute) => ({
      ...attribute,
      Id: id++,
      BeginOffset: attribute.BeginOffset + shift,
      EndOffset: attribute.EndOffset + shift,
    }));
    return { ...placed, Attributes };
  }));
  return { Entities: moved, ModelVersion: answers.at(-1)?.ModelVersion ?? '' };
}
