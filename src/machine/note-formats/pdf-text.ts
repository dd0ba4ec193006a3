/**
 * The text of a PDF, by PDF.js (https://mozilla.github.io/pdf.js/): page by page, in the order of the file. It is loaded when there is
 * one to read, and to be run where it may be ended: a file can be made to take for ever.
 */
import { maxNoteCharacters } from '../../ports/text-extractor.ts';
import type { ExtractedText } from '../../ports/text-extractor.ts';

/** Longer than any note; a file can say of itself that it has millions. */
export const maxPages = 1_000;

/** @returns `no-text` for pictures of pages, as a scanner makes them */
export async function pdfText(bytes: Uint8Array): Promise<ExtractedText> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(new Uint8Array(bytes), { disableFontFace: true, useSystemFonts: false, verbosity: 0 })
    .catch((error: unknown) => refusal(error));
  if ('refused' in document) return document;
  try {
    if (document.numPages > maxPages) return { refused: 'too-long' };
    const pages: string[] = [];
    let characters = 0;
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const text = lines((await page.getTextContent()).items as readonly PdfItem[]);
      page.cleanup();
      pages.push(text);
      characters += text.length;
      if (characters > maxNoteCharacters) return { refused: 'too-long' };
    }
    return pages.some((page) => page.trim() !== '') ? { text: pages.join('\n\n') } : { refused: 'no-text' };
  } catch {
    return { refused: 'damaged' };
  } finally {
    await document.loadingTask.destroy();
  }
}

/** PDF.js' TextItem; marked content has no text. */
interface PdfItem {
  readonly str?: string;
  readonly hasEOL?: boolean;
}

function lines(items: readonly PdfItem[]): string {
  return items.map(({ str = '', hasEOL = false }) => (hasEOL ? `${str}\n` : str)).join('').replaceAll(/[^\S\n]+\n/g, '\n').trim();
}

/** Its errors are told by their names: they come from another realm of its own making. */
function refusal(error: unknown): ExtractedText & { readonly refused: string } {
  return { refused: (error as Error | undefined)?.name === 'PasswordException' ? 'locked' : 'damaged' };
}
