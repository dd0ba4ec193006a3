/** The text of a document's note, as an engine is to read it. */
import type { NoteDocument } from './note-reading.ts';

/** The text; or that there is none to be read; or why one that is there cannot be, in words without anything of it. */
export type NoteText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly message: string };

/**
 * Extracts a document's text. What it throws is of the moment, as an object store that does not answer; what lies in the document is
 * told in the text.
 */
export type ReadsText = (document: NoteDocument) => Promise<NoteText>;
