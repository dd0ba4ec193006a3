/** Extracts the text of a document's attachment, whatever its format. What it is given is hostile. */

export interface NoteAttachment {
  readonly bytes: Uint8Array;
  /** As R4 has it: a media type, in small letters, perhaps with parameters. */
  readonly contentType: string;
}

/** The text; or why there is none: in need of a password, not of its format, without text as a scan is, or more than is read. */
export type ExtractedText = { readonly text: string } | { readonly refused: 'locked' | 'damaged' | 'no-text' | 'too-long' };

export interface TextExtractor {
  /** @throws any error where the attachment could not be read in time, or at all */
  extract(attachment: NoteAttachment): Promise<ExtractedText>;
}

/** The formats that are read, the best first: where a document has a text in several, one is enough. */
export const readableFormats = ['text/plain', 'text/html', 'application/xhtml+xml', 'text/rtf', 'application/rtf', 'application/pdf'] as const;
export type ReadableFormat = (typeof readableFormats)[number];

/** The media type without its parameters, where it is one that is read. */
export function readableFormat(contentType: string): ReadableFormat | undefined {
  const [type = ''] = contentType.toLowerCase().split(';');
  return readableFormats.find((format) => format === type.trim());
}

/** A thousand pages: what is longer is no note. */
export const maxNoteCharacters = 3_000_000;
/** Of the attachment as it lies. A PDF of this size has pictures of hundreds of pages. */
export const maxAttachmentBytes = 20 * 1024 * 1024;
