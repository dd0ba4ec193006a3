/** Where the text of a document is found, and which is read (docs/enrichment.md). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { maxAttachmentBytes } from '../../../src/ports/text-extractor.ts';
import { datastoreId, document, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

let notes: NoteStore;
beforeEach(() => {
  notes = noteStore();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const plain = (text: string) => ({ contentType: 'text/plain', data: base64(text) });
const textOf = async (resource: Resource & { id: string }): Promise<string> => {
  const found = await notes.textOf(resource);
  return found.kind === 'text' ? found.text : found.kind === 'none' ? 'none' : found.message;
};
const attached = (...attachments: object[]) => document('', { content: attachments.map((attachment) => ({ attachment })) });
const report = (elements: object): Resource & { id: string } => ({ resourceType: 'DiagnosticReport', id: 'r1', status: 'final', code: { text: 'Visit' }, ...elements });
const put = (resource: object) => notes.store.write({ interaction: 'update', resource: resource as Resource & { id: string } });

describe('The text of a DocumentReference', () => {
  test('is that of the plainest of its formats, which say the same', async () => {
    const html = { contentType: 'text/html; charset=utf-8', data: base64('<p>Has gout.') };
    expect(await textOf(attached({ contentType: 'image/png', data: 'AAAA' }, html))).toBe('Has gout.\n');
    expect(await textOf(attached(html, plain('Has gout.')))).toBe('Has gout.');
  });

  test('lies in a Binary of the store, by a relative reference or one under its base', async () => {
    await put({ resourceType: 'Binary', id: 'b1', contentType: 'text/rtf', data: base64(String.raw`{\rtf1 Has gout.}`) });
    for (const url of ['Binary/b1', `https://here.example/datastore/${datastoreId}/r4/Binary/b1`, 'Binary/b1/_history/1']) expect(await textOf(attached({ url }))).toBe('Has gout.');
    expect(await textOf(attached({ url: 'Binary/b2' }))).toMatch(/Binary .* is not there/);
  });

  test('lies in a bucket under the prefix of the store, and is fetched from nowhere else', async () => {
    notes.objects.set(`caldera/documents/${datastoreId}/a b.txt`, Buffer.from('Has gout.'));
    notes.objects.set('caldera/documents/ffff/a.txt', Buffer.from('of another store'));
    expect(await textOf(attached({ contentType: 'text/plain', url: `s3://caldera/documents/${datastoreId}/a b.txt` }))).toBe('Has gout.');
    expect(await textOf(attached({ contentType: 'text/plain', url: `s3://caldera/documents/${datastoreId}/none.txt` }))).toMatch(/object .* is not there/);
    for (const url of [
      's3://caldera/documents/ffff/a.txt', `s3://caldera/documents/${datastoreId}/../ffff/a.txt`, 'http://169.254.169.254/latest', 'file:///etc/passwd',
      `https://there.example/datastore/ffff/r4/Binary/b1`,
    ]) expect(await textOf(attached({ contentType: 'text/plain', url }))).toMatch(/^The note lies at another server/);
  });

  test('is not read where it is none, or too much', async () => {
    expect(await textOf(attached({ contentType: 'text/plain', data: '§' }))).toMatch(/no base64/);
    expect(await textOf(attached({ contentType: 'text/plain', data: 'A'.repeat(Math.ceil(maxAttachmentBytes / 3) * 4 + 4) }))).toMatch(/larger than/);
    expect(await textOf(attached({ contentType: 'application/dicom', url: 'Binary/b1' }))).toBe('none');
  });
});

describe('A language', () => {
  const german = 'Der Patient klagt seit drei Tagen über Schmerzen in der Brust. Die Patientin wurde mit Aspirin behandelt und ist bei der Aufnahme nicht ansprechbar. Im Röntgenbild keine Fraktur und das EKG ist unauffällig.';

  test('other than English is told by the document, and by the text where it tells nothing', async () => {
    expect(await textOf(attached({ ...plain('Has gout.'), language: 'de-CH' }))).toMatch(/not in English/);
    expect(await textOf({ ...attached(plain('Has gout.')), language: 'es' })).toMatch(/not in English/);
    expect(await textOf(attached(plain(german)))).toMatch(/not in English/);
    expect(await textOf(attached(plain('患者は三日前から胸痛を訴えている。'.repeat(3))))).toMatch(/not in English/);
  });

  test('is English where the document says so, and where nothing speaks against it', async () => {
    expect(await textOf(attached({ ...plain(german), language: 'en-US' }))).toBe(german);
    expect(await textOf(attached(plain('CABG x3 1998, DM II, HTN. Metformin 500 BID. Família: mãe com DM.')))).toMatch(/CABG/);
  });
});

describe('The text of a DiagnosticReport', () => {
  test('is its form, with what its conclusion says beside that', async () => {
    expect(await textOf(report({ presentedForm: [plain('Chest: clear.')], conclusion: 'Pneumonia.' }))).toBe('Chest: clear.\n\nConclusion: Pneumonia.');
    expect(await textOf(report({ presentedForm: [plain('Impression: Pneumonia. Chest: clear.')], conclusion: 'Pneumonia.' }))).toBe('Impression: Pneumonia. Chest: clear.');
    expect(await textOf(report({ conclusion: 'Pneumonia.' }))).toBe('Pneumonia.');
    expect(await textOf(report({}))).toBe('none');
  });

  test('is read once where a DocumentReference of its encounter has it too', async () => {
    const encounter = { reference: 'Encounter/e1' };
    await put(document('Has gout.', { context: { encounter: [encounter] } }));
    expect(await textOf(report({ encounter, presentedForm: [plain('Has gout.')], conclusion: 'Gout.' }))).toBe('Gout.');
    expect(await textOf(report({ encounter, presentedForm: [plain('Has asthma.')] }))).toBe('Has asthma.');
    expect(await textOf(report({ encounter: { reference: 'Encounter/e2' }, presentedForm: [plain('Has gout.')] }))).toBe('Has gout.');
  });
});

test('The text of a Composition is its sections under their titles', async () => {
  const div = (text: string) => ({ status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` });
  const composition = {
    resourceType: 'Composition', id: 'c1', section: [{ title: 'Allergies & intolerances', text: div('<ul><li>penicillin</li></ul>'), section: [{ title: 'Family History', text: div('Mother had gout.') }] }],
  };
  expect(await textOf(composition)).toBe('Allergies & intolerances\n\n- penicillin\n\nFamily History\n\nMother had gout.\n');
});
