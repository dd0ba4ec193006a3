/**
 * A text without what tells who it is about: each identifier gives way to its type in square brackets, as `[NAME]`. What DetectPHI
 * does not find stays; nobody should take such a text for anonymous who has not read it.
 */
import type { Entity } from '../ports/clinical-nlp.ts';
import { codeUnitOffsets } from './characters.ts';

/** @param identifiers an answer of DetectPHI to the same text; they may overlap, and stand in any order */
export function redactedText(text: string, identifiers: readonly Entity[]): string {
  const codeUnits = codeUnitOffsets(text);
  const spans = identifiers
    .map(({ BeginOffset, EndOffset, Type }) => ({ begin: codeUnits(BeginOffset), end: codeUnits(EndOffset), type: Type }))
    .sort((one, other) => one.begin - other.begin || other.end - one.end);
  const pieces: string[] = [];
  let at = 0;
  for (const { begin, end, type } of spans) {
    if (begin >= at) pieces.push(text.slice(at, begin), `[${type}]`);
    at = Math.max(at, end);
  }
  return [...pieces, text.slice(at)].join('');
}
