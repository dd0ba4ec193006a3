/** Where the text of a document lies, and what language it says it is in. */
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { readableFormat, readableFormats } from '../../ports/text-extractor.ts';
import type { NoteDocument } from './note-reading.ts';

/** An attachment in a format that is read, or of whose format nothing is said. */
export interface FoundAttachment {
  readonly attachment: JsonObject;
  /** Absent where it is said by what it points to, if anywhere. */
  readonly contentType?: string;
}

/**
 * The attachment that is read: of those that say the same in several formats
 * (https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.content) the one whose text is the plainest.
 */
export function attachmentToRead(document: NoteDocument): FoundAttachment | undefined {
  const found = attachmentsOf(document).flatMap((attachment): FoundAttachment[] => {
    const { contentType, data, url } = attachment;
    if (typeof data !== 'string' && typeof url !== 'string') return [];
    if (typeof contentType !== 'string') return typeof url === 'string' ? [{ attachment }] : [];
    return readableFormat(contentType) === undefined ? [] : [{ attachment, contentType }];
  });
  const rank = ({ contentType }: FoundAttachment): number => readableFormats.indexOf(readableFormat(contentType ?? '') ?? 'application/pdf');
  return found.toSorted((one, other) => rank(one) - rank(other))[0];
}

export function attachmentsOf({ resourceType, content, presentedForm }: NoteDocument): readonly JsonObject[] {
  if (resourceType === 'DiagnosticReport') return list(presentedForm);
  return resourceType === 'DocumentReference' ? list(content).map(({ attachment }) => attachment).filter(isObject) : [];
}

function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The narratives of a Composition's sections under their titles, those within them included, as HTML. */
export function narrativeOf({ section }: NoteDocument): string | undefined {
  const pieces: string[] = [];
  const add = (sections: readonly JsonObject[], depth: number): void => {
    for (const { title, text, section: within } of sections) {
      if (typeof title === 'string') pieces.push(`<h1>${escaped(title)}</h1>`);
      if (isObject(text) && typeof text.div === 'string') pieces.push(text.div);
      if (depth < maxSectionDepth) add(list(within), depth + 1);
    }
  };
  add(list(section), 1);
  return pieces.length === 0 ? undefined : pieces.join('\n');
}

/** Sections of sections; documents have two or three. */
const maxSectionDepth = 10;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The language that a text says it is in (https://hl7.org/fhir/R4/valueset-languages.html). */
export function statedLanguage(document: NoteDocument, attachment?: JsonObject): string | undefined {
  const stated = attachment?.language ?? document.language;
  return typeof stated === 'string' ? stated.toLowerCase() : undefined;
}
