/** The text of notes in the formats that they come in, and what becomes of files that are made to hurt. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { clinicalThread } from '../../../src/embedded/clinical-threads.ts';
import { textExtractor } from '../../../src/machine/note-formats/text-extractor.ts';
import { onePagePdf } from './one-page-pdf.ts';

const thread = clinicalThread();
afterAll(() => thread.close());

const text = async (contentType: string, bytes: string | Uint8Array): Promise<string> => {
  const extracted = await textExtractor.extract({ contentType, bytes: Buffer.from(bytes) });
  return 'text' in extracted ? extracted.text : extracted.refused;
};

describe('A text is read', () => {
  test.each<readonly [string, string, Uint8Array]>([
    ['in UTF-8', 'text/plain', Buffer.from('café')],
    ['as its media type says', 'text/plain; charset=iso-8859-1', Buffer.from('café', 'latin1')],
    ['as its media type says, in quotes', 'text/plain;charset="windows-1252"', Buffer.from('café', 'latin1')],
    ['in Western letters where it is not UTF-8', 'text/plain', Buffer.from('café', 'latin1')],
    ['as its mark says', 'text/plain; charset=utf-8', Buffer.from('\ufeffcafé', 'utf16le')],
    ['in an encoding that nobody knows, as if nothing were said', 'text/plain; charset=klingon', Buffer.from('café')],
  ])('%s', async (_how, contentType, bytes) => expect(await text(contentType, bytes)).toBe('café'));
});

describe('Of HTML', () => {
  test('lines are those that a reader sees', async () => {
    const page = `<html><head><title>Visit</title><style>b { color: red }</style></head><body><h1>HPI</h1>
      <p>Has&nbsp;<b>gout</b> &amp;
      asthma.<br>Next line<ul><li>one<li><p>two</p></ul><table><tr><td>BP<td>150/90</table><pre>a\n  b</pre><script>x()</script>`;
    expect(await text('text/html', page)).toBe('HPI\n\nHas gout & asthma.\nNext line\n\n- one\n- two\n\nBP 150/90\n\na\n  b\n');
  });

  test.each([
    ['an element that hides itself, with all that is in it', '<p>Has gout.<div style="color:red; DISPLAY : none">Has <div>hepatitis</div> C</div><p>Has asthma.'],
    ['an attribute that hides, up to where its end is implied', '<ul><li>Has gout.<li hidden>Has lupus.<li>Has asthma.</ul>'],
    ['what is struck out', '<p>Has gout. <del>Has lupus.</del><p><s>Has hepatitis.</s>Has <strike>no</strike> asthma.'],
    ['nothing for an empty element that is hidden', '<p>Has gout.<img style="display:none"><br hidden><p>Has asthma.'],
  ])('%s is left out', async (_what, page) => {
    expect((await text('text/html', page)).replaceAll(/[\s-]+/g, ' ').trim()).toBe('Has gout. Has asthma.');
  });

  test('the page says its encoding, unless its media type does', async () => {
    const page = Buffer.from('<meta charset="iso-8859-1"><p>café', 'latin1');
    expect([await text('text/html', page), await text('application/xhtml+xml; charset=iso-8859-15', page)]).toEqual(['café\n', 'café\n']);
  });

  test('tags nested a hundred thousand deep, and none that end, take no time to speak of', async () => {
    for (const piece of ['<div>', '<', '<b ', '&', '<!--', '<li>']) expect((await text('text/html', piece.repeat(100_000))).length).toBeLessThan(200_000);
  });
});

describe('Of RTF', () => {
  test('characters, lines and what is set beside the text are told apart', async () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}{\*\generator Word;}{\header page 1}\pard HPI: caf\'e9 \u8220?gout\u8221?.\par
Next\tab line, {\b bold}\line {\field{\*\fldinst HYPERLINK "x"}{\fldrslt a link}}\{x\}\~y\bin3 abcz}`;
    expect(await text('text/rtf', rtf)).toBe('HPI: café “gout”.\nNext\tline, bold\na link{x} yz');
  });

  test('what is hidden or struck out is left out', async () => {
    const page = String.raw`{\rtf1\ansi Has gout.{\v Has lupus.}\v  Has h\'e9patitis.\v0  Has {\strike no }asthma.\deleted  Has fever.\plain  Has gas.}`;
    expect(await text('application/rtf', page)).toBe('Has gout. Has asthma. Has gas.');
  });

  test('code pages of several bytes are read', async () => {
    expect(await text('application/rtf', String.raw`{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}`)).toBe('日本');
  });

  test('what is none, or nested without end, is damaged', async () => {
    for (const bytes of ['Has gout.', `{\\rtf1 ${'{'.repeat(50_000)}`]) expect(await text('text/rtf', bytes)).toBe('damaged');
  });
});

describe('Of PDF, in a thread of its own,', () => {
  const extract = (bytes: Uint8Array) => thread.extract({ contentType: 'application/pdf', bytes });

  test('the text is read', async () => {
    expect(await extract(onePagePdf(['Has gout and', 'type 2 diabetes.']))).toEqual({ text: 'Has gout and\ntype 2 diabetes.' });
  });

  test('a page without text has none, and what is no PDF is damaged', async () => {
    expect(await extract(onePagePdf([]))).toEqual({ refused: 'no-text' });
    expect(await extract(Buffer.from('%PDF-1.7\nrubbish'))).toEqual({ refused: 'damaged' });
  });
});

test('A text of nothing but space is none', async () => {
  expect(await text('text/plain', ' \n ')).toBe('no-text');
});
