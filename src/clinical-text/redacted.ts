/**
 * A text without what tells who it is about: each identifier gives way to its type in square brackets, as `[NAME]`. What DetectPHI
 * does not find stays; nobody should take such a text for anonymous who has not read it.
 */
import type { Entity } from '../ports/clinical-nlp.ts';
import { codeUnitOffsets } from './characters.ts';

/**
 * @param identifiers an answer of DetectPHI to the same text; they may overlap, and stand in any order
 * @throws RangeError where one has no place in the text: nobody knows then what would have to go
 */
export function redactedText(text: string, identifiers: readonly Entity[]): string {
  const codeUnits = codeUnitOffsets(text);
  const length = [...text].length;
  if (!identifiers.every((identifier) => hasPlace(identifier, length))) throw new RangeError('An identifier has no place in the text.');
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

/** @param length of the text, in characters */
function hasPlace({ BeginOffset, EndOffset }: Entity, length: number): boolean {
  return Number.isInteger(BeginOffset) && Number.isInteger(EndOffset) && BeginOffset >= 0 && BeginOffset < EndOffset && EndOffset <= length;
}
