/** The text of a document's note: of its attachment, of a report's conclusion, of a Composition's narratives. In English, or not read. */
import { isEnglish } from '../../clinical-text/language.ts';
import { readableFormat } from '../../ports/text-extractor.ts';
import type { ExtractedText, TextExtractor } from '../../ports/text-extractor.ts';
import { attachedBytes } from './attached-bytes.ts';
import type { BytesDependencies } from './attached-bytes.ts';
import { attachmentToRead, narrativeOf, statedLanguage } from './note-attachment.ts';
import type { NoteDocument } from './note-reading.ts';
import type { NoteText, ReadsText } from './note-text.ts';
import { isReadElsewhere } from './read-elsewhere.ts';
import type { ElsewhereDependencies } from './read-elsewhere.ts';

export interface TextDependencies extends BytesDependencies, ElsewhereDependencies {
  readonly store: BytesDependencies['store'] & ElsewhereDependencies['store'];
  readonly extractor: TextExtractor;
}

const none: NoteText = { kind: 'none' };
const otherLanguage: NoteText = { kind: 'unreadable', message: 'The note is not in English, and English alone is read.' };

const refusals: Readonly<Record<Exclude<ExtractedText, { text: string }>['refused'], string>> = {
  locked: 'The note is locked by a password.',
  damaged: 'The note is damaged, or not of the format that its contentType says.',
  'no-text': 'The note has no text: it may be a picture of one.',
  'too-long': 'The note is longer than what is read.',
};

export function noteText(dependencies: TextDependencies): ReadsText {
  return async (document) => {
    const { resourceType, conclusion } = document;
    if (resourceType === 'Composition') return narrativeText(document, dependencies);
    const attached = await attachedText(document, dependencies);
    const concluded = resourceType === 'DiagnosticReport' && typeof conclusion === 'string' ? conclusion : '';
    if (concluded.trim() === '') return attached;
    // What stands in the report too says nothing new.
    if (attached.kind === 'text' && attached.text.includes(concluded.trim())) return attached;
    return checked(attached.kind === 'text' ? `${attached.text.trimEnd()}\n\nConclusion: ${concluded}` : concluded, statedLanguage(document));
  };
}

async function narrativeText(document: NoteDocument, { extractor }: TextDependencies): Promise<NoteText> {
  const html = narrativeOf(document);
  if (html === undefined) return none;
  return told(await extractor.extract({ bytes: Buffer.from(html), contentType: 'text/html; charset=utf-8' }), statedLanguage(document));
}

async function attachedText(document: NoteDocument, dependencies: TextDependencies): Promise<NoteText> {
  const found = attachmentToRead(document);
  if (found === undefined || await isReadElsewhere(document, dependencies)) return none;
  const language = statedLanguage(document, found.attachment);
  if (language !== undefined && !isStatedEnglish(language)) return otherLanguage;
  const attached = await attachedBytes(found.attachment, dependencies);
  if ('missing' in attached) return { kind: 'unreadable', message: attached.missing };
  // The type that the document says is of the document; a Binary may say less.
  const contentType = found.contentType ?? attached.contentType;
  if (contentType === undefined || readableFormat(contentType) === undefined) return none;
  return told(await dependencies.extractor.extract({ bytes: attached.bytes, contentType }), language);
}

function told(extracted: ExtractedText, language: string | undefined): NoteText {
  return 'text' in extracted ? checked(extracted.text, language) : { kind: 'unreadable', message: refusals[extracted.refused] };
}

/** What the document says of its language is believed. Halves of characters, which no UTF-8 has, give way to U+FFFD. */
function checked(found: string, language: string | undefined): NoteText {
  const text = found.toWellFormed();
  if (text.trim() === '') return none;
  return (language === undefined ? isEnglish(text) : isStatedEnglish(language)) ? { kind: 'text', text } : otherLanguage;
}

function isStatedEnglish(language: string): boolean {
  return language === 'en' || language.startsWith('en-');
}
