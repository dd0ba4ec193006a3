/**
 * What a document says of its last reading: of which version, of what text, by which engine. By it a version that enrichment wrote is
 * told from one that a client did, and a text that was read from one that is new.
 */
import { createHash } from 'node:crypto';
import { isObject } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { extensionsOf, toldDocument } from './document-extension.ts';
import type { NoteDocument } from './note-reading.ts';
import { calderaUrl, healthLakeUrl } from './system-names.ts';

export interface ReadingMark {
  /** The version that was read; what enrichment wrote then is the next. */
  readonly version: number;
  /** Of all that the results are made of. */
  readonly digest: string;
  /** `ClinicalNlp.engine`. */
  readonly engine: string;
}

/** Of the text, and of what of the document is on each of the results. */
export function readingDigest(text: string, { subject, encounter, context }: NoteDocument): string {
  const encounters = isObject(context) ? context.encounter : undefined;
  return createHash('sha256').update(JSON.stringify([subject, encounter, encounters])).update(text).digest('hex');
}

/** Adds the mark to a document that has a status; one without says nothing of a reading. */
export function withMark(document: NoteDocument, { version, digest, engine }: ReadingMark): NoteDocument {
  if (extensionsOf(document).length === 0) return document;
  const mark: JsonObject = {
    url: calderaUrl.reading,
    extension: [
      { url: 'version', valueInteger: version },
      { url: 'digest', valueString: digest },
      { url: 'engine', valueString: engine },
    ],
  };
  const extension = extensionsOf(document).map((each) => (each.url === healthLakeUrl.comprehend ? { ...each, extension: [...extensionsOf(each), mark] } : each));
  return { ...document, extension };
}

export function readingMark(document: NoteDocument): ReadingMark | undefined {
  const comprehend = extensionsOf(document).find(({ url }) => url === healthLakeUrl.comprehend);
  const mark = comprehend && extensionsOf(comprehend).find(({ url }) => url === calderaUrl.reading);
  if (mark === undefined) return undefined;
  const of = (name: string): JsonObject | undefined => extensionsOf(mark).find(({ url }) => url === name);
  const [version, digest, engine] = [of('version')?.valueInteger, of('digest')?.valueString, of('engine')?.valueString];
  return typeof version === 'number' && typeof digest === 'string' && typeof engine === 'string' ? { version, digest, engine } : undefined;
}

/**
 * Whether the version is the one that says so. Any other version that enrichment wrote is told by its digest: versions count anew where
 * a document was copied to another store.
 */
export function isGivenUp({ version, digest, engine }: ReadingMark, versionId: number): boolean {
  return digest === '' && engine === '' && version === versionId - 1;
}

/** The document that was given up: what an earlier text gave is still bound to it, and its next version is read. */
export function failedDocument(document: NoteDocument, version: number): NoteDocument {
  const bound = extensionsOf(document).filter(({ url }) => url === healthLakeUrl.generated);
  const told = toldDocument(document, { status: 'FAILED', message: 'The note could not be read after many attempts. Change the document, or ask for it with $enrich, to have it tried again.' });
  return withMark({ ...told, extension: [...extensionsOf(told), ...bound] }, { version, digest: '', engine: '' });
}
