/** Extracts the text of notes in the formats that are read, in the thread that asks for it. */
import { maxNoteCharacters, readableFormat } from '../../ports/text-extractor.ts';
import type { ExtractedText, NoteAttachment, TextExtractor } from '../../ports/text-extractor.ts';
import { charsetOf, decodedText } from './decoded-text.ts';
import { htmlText } from './html-text.ts';
import { pdfText } from './pdf-text.ts';
import { rtfText } from './rtf-text.ts';

export const textExtractor: TextExtractor = {
  async extract(attachment) {
    const extracted = await extractedText(attachment);
    return 'text' in extracted && extracted.text.length > maxNoteCharacters ? { refused: 'too-long' } : extracted;
  },
};

async function extractedText({ bytes, contentType }: NoteAttachment): Promise<ExtractedText> {
  const format = readableFormat(contentType);
  if (format === 'application/pdf') return pdfText(bytes);
  const text = format === 'text/plain' ? decodedText(bytes, charsetOf(contentType))
    : format === 'text/rtf' || format === 'application/rtf' ? rtfText(bytes)
    : htmlText(bytes, charsetOf(contentType));
  if (text === undefined) return { refused: 'damaged' };
  return text.trim() === '' ? { refused: 'no-text' } : { text };
}
