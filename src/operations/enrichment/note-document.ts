/** Which resources have notes, and which of them are not to be read. */
import { isObject } from '../../fhir/json.ts';
import type { NoteDocument } from './note-reading.ts';
import { noteTypes } from '../table.ts';
import { calderaUrl } from './system-names.ts';

export { noteTypes };

export type NoteType = (typeof noteTypes)[number];

export function isNoteType(type: string): type is NoteType {
  return (noteTypes as readonly string[]).includes(type);
}

/** A document with the tag `urn:caldera:nlp|SKIP` is left as it is, with what an earlier reading made of it. */
export function isSkipped(document: NoteDocument): boolean {
  return isTagged(document, 'SKIP');
}

/** A Composition is read where it has the tag `urn:caldera:nlp|READ`; its narrative often repeats what resources say. */
export function isChosen(document: NoteDocument): boolean {
  return document.resourceType !== 'Composition' || isTagged(document, 'READ');
}

function isTagged({ meta }: NoteDocument, wanted: 'READ' | 'SKIP'): boolean {
  const tags = Array.isArray(meta?.tag) ? meta.tag.filter(isObject) : [];
  return tags.some(({ system, code }) => system === calderaUrl.tags && code === wanted);
}

/** What was entered in error, or has been superseded by another document, says nothing any more. */
const assertingNothing: ReadonlySet<unknown> = new Set(['entered-in-error', 'superseded', 'cancelled']);

export function assertsNothing({ status, docStatus }: NoteDocument): boolean {
  return assertingNothing.has(status) || docStatus === 'entered-in-error';
}
