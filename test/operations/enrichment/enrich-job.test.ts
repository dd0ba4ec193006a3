/** `$enrich` and `$de-identify`, as a client and whoever works on the job see them (docs/enrichment.md). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FhirError } from '../../../src/fhir/outcome.ts';
import { enrichDocument, giveUpDocument, noteReader } from '../../../src/operations/enrichment/enrich-document.ts';
import type { CopyBound } from '../../../src/operations/de-identify.ts';
import { noteOperations } from '../../../src/operations/enrichment/note-operations.ts';
import { pendingNotes } from '../../../src/operations/enrichment/pending-notes.ts';
import { ReaderBroken } from '../../../src/operations/enrichment/note-reader.ts';
import { maxFaults, runEnrich } from '../../../src/operations/enrichment/run-enrich.ts';
import type { OperationResponse } from '../../../src/operations/operation.ts';
import type { NoteOperations } from '../../../src/operations/rest.ts';
import { randomIds } from '../../../src/machine/random-ids.ts';
import { NlpUnavailable } from '../../../src/ports/clinical-nlp.ts';
import { ObjectsUnavailable } from '../../../src/ports/object-store.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { document, engine, note, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

const baseUrl = 'https://here.example/datastore/0123456789abcdef0123456789abcdef/r4';
let notes: NoteStore;
let jobs: ReturnType<typeof memoryTable>;
let on: boolean;
let faults: unknown[];
beforeEach(() => {
  [notes, jobs, on, faults] = [noteStore(), memoryTable(), true, []];
});

const dependencies = () => ({ ...notes, jobs, ids: randomIds, readsNotes: () => on, wake: () => {}, pending: pendingNotes(jobs), report: (error: unknown) => void faults.push(error) });
const working = (nlp = notes.nlp) => ({ ...dependencies(), reader: noteReader({ ...notes, nlp }) });
const ask = async (name: keyof NoteOperations, { query = '', path = {}, body }: { query?: string; path?: Record<string, string>; body?: string } = {}): Promise<OperationResponse> => {
  return noteOperations(dependencies())[name]({ method: 'POST', baseUrl, path, query, headers: {}, caller: 'someone', ...(body !== undefined && { body }) });
};
const refusal = (asked: Promise<unknown>): Promise<number> => asked.then(() => 0, ({ status }: FhirError) => status);
async function begun(query = '', path: Record<string, string> = { type: 'DocumentReference' }): Promise<string> {
  const { status, headers } = await ask('start-enrich', { query, path });
  expect(status).toBe(202);
  expect(headers['Content-Location']).toMatch(new RegExp(`^${baseUrl.replaceAll('.', String.raw`\.`)}/\\$enrich/[0-9a-f]{32}$`));
  return headers['Content-Location']!.slice(-32);
}
const put = (id: string, text: string, elements: object = {}) => notes.store.write({ interaction: 'update', resource: { ...document(text, elements), id } });
const result = async (jobId: string): Promise<Record<string, unknown>> => {
  const { json } = await ask('enrich-status', { path: { jobId } });
  return Object.fromEntries(JSON.parse(json!).parameter.map(({ name, ...value }: { name: string }) => [name, Object.values(value)[0]]));
};

describe('$enrich', () => {
  test('reads all that its search finds, in pages, whether it was read before or not', async () => {
    for (let number = 0; number < 45; number += 1) await put(`n${number}`, 'Has gout.', { date: number < 3 ? '2023-01-01' : '2024-01-01' });
    await enrichDocument({ type: 'DocumentReference', id: 'n7' }, { ...notes, nlp: { ...engine, engine: 'another' } });
    const id = await begun('date=ge2024');
    expect(await runEnrich(id, working())).toBe(0);
    expect((await ask('enrich-status', { path: { jobId: id } })).headers['X-Progress']).toBe('IN_PROGRESS: 20 documents found, 20 read');
    while ((await runEnrich(id, working())) !== undefined);
    expect(await result(id)).toMatchObject({ status: 'COMPLETED', documents: 42, read: 42, postponed: 0 });
    expect(await notes.all('Condition')).toHaveLength(42);
  });

  test('with _unread=true asks for what the engine has not read, what was given up included, and for nothing else', async () => {
    for (const id of ['n1', 'n2', 'n3']) await put(id, 'Has gout.');
    await enrichDocument({ type: 'DocumentReference', id: 'n1' }, notes);
    await giveUpDocument({ type: 'DocumentReference', id: 'n2' }, notes);
    const asked: string[] = [];
    const counting = { ...engine, inferRxNorm: async (text: string) => { asked.push(text); return engine.inferRxNorm(text); } };
    const id = await begun('_unread=true&status=current');
    while ((await runEnrich(id, working(counting))) !== undefined);
    expect(await result(id)).toMatchObject({ status: 'COMPLETED', documents: 3, read: 2 });
    expect([asked.length, (await notes.all('Condition')).length]).toEqual([2, 3]);
    const again = await begun('status=current&_unread=false');
    while ((await runEnrich(again, working(counting))) !== undefined);
    expect([await result(again), asked.length]).toMatchObject([{ read: 3 }, 5]);
  });

  test('at the level of the system reads all types of documents', async () => {
    await put('n1', 'Has gout.');
    await put('n2', 'Nichts.', { language: 'de' });
    await notes.store.write({ interaction: 'update', resource: { resourceType: 'DiagnosticReport', id: 'r1', status: 'final', subject: { reference: 'Patient/p1' }, conclusion: 'Has asthma.' } });
    const id = await begun('patient=Patient/p1', {});
    while ((await runEnrich(id, working())) !== undefined);
    expect(await result(id)).toMatchObject({ documents: 3, read: 2, notRead: 1 });
  });

  test('goes on when the engine answers again, and leaves what an engine fails at pending', async () => {
    await put('n1', 'Has gout.');
    await put('n2', 'Has gout, and poison.');
    const id = await begun();
    expect(await runEnrich(id, working({ ...engine, inferRxNorm: async () => { throw new NlpUnavailable('throttled'); } }))).toBeGreaterThan(0);
    const failing = async (text: string) => {
      if (text.includes('poison')) throw new Error('fails');
      return engine.inferRxNorm(text);
    };
    while ((await runEnrich(id, working({ ...engine, inferRxNorm: failing }))) !== undefined);
    expect(await result(id)).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', documents: 2, read: 1, postponed: 1 });
    expect((await pendingNotes(jobs).list(10)).notes).toMatchObject([{ id: 'n2' }]);
    expect(faults).toHaveLength(1);
  });

  test('fails where whoever reads cannot be asked, and leaves no document pending for it', async () => {
    await put('n1', 'Has gout.');
    const id = await begun();
    const broken = { ...working(), reader: { enrich: async () => { throw new ReaderBroken('no permission'); } } };
    for (let fault = 0; fault < maxFaults; fault += 1) await expect(runEnrich(id, broken)).rejects.toThrow(ReaderBroken);
    expect(await refusal(ask('enrich-status', { path: { jobId: id } }))).toBe(500);
    expect((await pendingNotes(jobs).list(10)).notes).toEqual([]);
  });

  test('is one at a time, and may be cancelled', async () => {
    await put('n1', 'Has gout.');
    const id = await begun();
    expect(await refusal(ask('start-enrich', { path: { type: 'DocumentReference' } }))).toBe(409);
    expect((await ask('cancel-enrich', { path: { jobId: id } })).status).toBe(202);
    expect(await runEnrich(id, working())).toBeUndefined();
    expect(await result(id)).toMatchObject({ status: 'CANCEL_COMPLETED', documents: 0 });
    expect(await refusal(ask('cancel-enrich', { path: { jobId: id } }))).toBe(409);
    expect(await refusal(ask('enrich-status', { path: { jobId: '0'.repeat(32) } }))).toBe(404);
  });

  test('refuses searches that are none, pages, bodies, and stores whose notes are not read', async () => {
    const path = { type: 'DocumentReference' };
    for (const query of ['colour=blue', '_unread=perhaps', '_unread=true&_unread=false', '_count=5', '_sort=date', `date=${'2'.repeat(20_000)}`]) expect(await refusal(ask('start-enrich', { query, path }))).toBe(400);
    on = false;
    expect(await refusal(ask('start-enrich', { path }))).toBe(422);
  });
});

interface Copied extends Record<string, unknown> {
  readonly content: readonly [{ readonly attachment: { readonly data: string } }];
}

describe('$de-identify', () => {
  const text = 'Mr. John Rivera (MRN 4471-22) was seen on 03/14/2024. Has gout. Call 555-201-3344.';
  const copy = async (path: Record<string, string> = note): Promise<Copied> => JSON.parse((await ask('de-identify', { path })).json!);

  test('answers a copy whose note names nobody, with nothing of the document that could', async () => {
    await notes.write(text, {
      identifier: [{ value: 'RIVERA-1' }], date: '2024-03-14T10:00:00Z', author: [{ display: 'Dr. House' }], description: 'Visit of John Rivera', text: { status: 'generated', div: '<div>Rivera</div>' },
      type: { coding: [{ system: 'http://loinc.org', code: '34133-9', display: 'Note about Rivera' }], text: 'Rivera' }, contained: [{ resourceType: 'Patient', id: 'p' }],
    });
    await enrichDocument(note, notes);
    const copied = await copy();
    expect(Object.keys(copied)).toEqual(['resourceType', 'meta', 'status', 'type', 'content']);
    expect(copied.type).toEqual({ coding: [{ system: 'http://loinc.org', code: '34133-9' }] });
    expect(copied.meta).toEqual({ security: [expect.objectContaining({ code: 'REDACTED' })] });
    const left = Buffer.from(copied.content[0].attachment.data, 'base64').toString();
    expect(left).toMatch(/\[NAME\].*\[ID\].*\[DATE\]\. Has gout\. Call \[PHONE_OR_FAX\]/);
    expect(left + JSON.stringify(copied)).not.toMatch(/Rivera|4471|3344|House|p1/);
  });

  describe('where a request is cut off', () => {
    const sentence = 'Mr. John Rivera has gout and was seen on 03/14/2024.\n\n';
    const bounded = (bound: Partial<CopyBound>) => noteOperations({ ...dependencies(), bound: { maxBytes: 100_000, withinMs: 1, clock: { sleep: () => new Promise(() => {}) }, ...bound } })['de-identify'];
    const request = { method: 'GET', baseUrl, path: note, query: '', headers: {}, caller: 'someone' } as const;

    test('refuses what is longer than it can copy, before anybody is asked, and says what to do', async () => {
      await notes.write(sentence.repeat(2_000));
      notes = { ...notes, nlp: { ...engine, detectPhi: async () => { throw new Error('Nobody is to ask.'); } } };
      await expect(bounded({})(request)).rejects.toMatchObject({ status: 422, issues: [{ diagnostics: expect.stringMatching(/longer than the 100,000 bytes.*Divide it/) }] });
    });

    test('copies what is as long, some pieces side by side, in their order', async () => {
      await notes.write(sentence.repeat(1_700));
      let [under, most] = [0, 0];
      const detectPhi: typeof engine.detectPhi = async (text) => {
        most = Math.max(most, (under += 1));
        for (let turn = 0; turn < 5 + (text.length % 7); turn += 1) await Promise.resolve();
        under -= 1;
        return engine.detectPhi(text);
      };
      notes = { ...notes, nlp: { ...engine, detectPhi } };
      const { content: [{ attachment }] } = JSON.parse((await bounded({})(request)).json!) as Copied;
      expect(most).toBe(4);
      expect(Buffer.from(attachment.data, 'base64').toString().trim().split('\n\n').filter((line) => line !== 'Mr. [NAME] has gout and was seen on [DATE].')).toEqual([]);
    });

    test('asks to come again where the engine does not answer in time', async () => {
      await notes.write(sentence);
      notes = { ...notes, nlp: { ...engine, detectPhi: () => new Promise(() => {}) } };
      await expect(bounded({ clock: { sleep: async () => {} } })(request)).rejects.toMatchObject({ status: 503 });
    });
  });

  test('stores nothing', async () => {
    await notes.write(text);
    await copy();
    expect((await notes.store.read(note.type, note.id))!.versionId).toBe(1);
    expect((await notes.store.history({ count: 10 })).versions).toHaveLength(1);
  });

  test('of a report keeps that it is one', async () => {
    await notes.store.write({ interaction: 'update', resource: { resourceType: 'DiagnosticReport', id: 'r1', status: 'final', code: { text: 'Rivera' }, conclusion: text } });
    const copied = await copy({ type: 'DiagnosticReport', id: 'r1' });
    expect(copied).toMatchObject({ resourceType: 'DiagnosticReport', status: 'final', presentedForm: [{ language: 'en' }] });
    expect(JSON.stringify(copied)).not.toContain('Rivera');
  });

  test('of what has no note, was deleted or never was, says so; and waits for nobody', async () => {
    await notes.store.write({ interaction: 'update', resource: document('', { content: [{ attachment: { url: 'http://there.example' } }] }) });
    expect(await refusal(copy())).toBe(422);
    await notes.write(text);
    notes = { ...notes, nlp: { ...engine, detectPhi: async () => { throw new NlpUnavailable('throttled'); } } };
    expect(await refusal(copy())).toBe(503);
    notes = { ...notes, textOf: async () => { throw new ObjectsUnavailable('SlowDown'); } };
    expect(await refusal(copy())).toBe(503);
    await notes.store.write({ interaction: 'delete', ...note });
    expect(await refusal(copy())).toBe(410);
    expect(await refusal(copy({ ...note, id: 'n9' }))).toBe(404);
  });
});
