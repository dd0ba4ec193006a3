/** An `$enrich` whose documents wait, in whole or in part: each is read, and paid for, once. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { preconditionFailed } from '../../../src/fhir/outcome.ts';
import { randomIds } from '../../../src/machine/random-ids.ts';
import { enrichProgress } from '../../../src/operations/enrichment/enrich-job.ts';
import { noteOperations } from '../../../src/operations/enrichment/note-operations.ts';
import { ReaderBroken } from '../../../src/operations/enrichment/note-reader.ts';
import type { Enriched } from '../../../src/operations/enrichment/note-reader.ts';
import { pendingNotes } from '../../../src/operations/enrichment/pending-notes.ts';
import { documentsAtOnce, maxWaits } from '../../../src/operations/enrichment/read-page.ts';
import { runEnrich } from '../../../src/operations/enrichment/run-enrich.ts';
import { readJob } from '../../../src/operations/jobs/submit-job.ts';
import { NlpUnavailable } from '../../../src/ports/clinical-nlp.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { document, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

const baseUrl = 'https://here.example/datastore/0123456789abcdef0123456789abcdef/r4';
const waits = new NlpUnavailable('throttled');
let notes: NoteStore;
let jobs: ReturnType<typeof memoryTable>;
let reported: unknown[];
/** Ids, as they were asked for. */
let asked: string[];
let under: number;
beforeEach(() => {
  [notes, jobs, reported, asked, under] = [noteStore(), memoryTable(), [], [], 0];
});

const dependencies = () => ({ ...notes, jobs, ids: randomIds, readsNotes: () => true, wake: () => {}, pending: pendingNotes(jobs), report: (error: unknown) => void reported.push(error) });
/** A reader who answers after others had their turn, and writes nothing, as where nothing has changed. */
const working = (errorOf: (id: string) => Error | undefined = () => undefined) => ({
  ...dependencies(),
  reader: {
    enrich: async ({ id }: { readonly id: string }): Promise<Enriched> => {
      asked.push(id);
      under += 1;
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
      under -= 1;
      const error = errorOf(id);
      if (error !== undefined) throw error;
      return { came: 'read' };
    },
  },
});
async function begun(count: number): Promise<string> {
  for (let number = 0; number < count; number += 1) await notes.store.write({ interaction: 'update', resource: { ...document('Has gout.'), id: `n${number}` } });
  const request = { method: 'POST', baseUrl, path: { type: 'DocumentReference' }, query: '', headers: {}, caller: 'someone' } as const;
  return (await noteOperations(dependencies())['start-enrich'](request)).headers['Content-Location']!.slice(-32);
}
const job = async (id: string) => (await readJob('enrich', id, dependencies()))!;
const pendingIds = async () => (await pendingNotes(jobs).list(30)).notes.map(({ id }) => id);

describe('A page of $enrich', () => {
  test('of which one document waits leaves it to those who read what is pending, and reads the others once', async () => {
    const id = await begun(12);
    while ((await runEnrich(id, working((of) => (of === 'n5' ? waits : undefined)))) !== undefined);
    expect(await job(id)).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { documents: 12, read: 11, postponed: 1 } });
    expect([asked.length, new Set(asked).size, await pendingIds(), reported]).toEqual([12, 12, ['n5'], [waits]]);
  });

  test('goes on where it was when an engine that answers nobody answers again, and reads nothing twice that was read', async () => {
    const id = await begun(12);
    expect(await runEnrich(id, working(() => (asked.length > 7 ? waits : undefined)))).toBeGreaterThan(0);
    const { read } = enrichProgress(await job(id));
    const waited = asked.length - read;
    expect([read > 0, waited >= documentsAtOnce, await pendingIds()]).toEqual([true, true, []]);
    while ((await runEnrich(id, working())) !== undefined);
    expect(await job(id)).toMatchObject({ status: 'COMPLETED', progress: { documents: 12, read: 12, postponed: 0 } });
    expect(asked.length).toBe(12 + waited);
  });

  test('whose worker is killed in the middle is not read again but for what was under way, also where its reading changed nothing', async () => {
    const id = await begun(12);
    const never = new Promise<never>(() => {});
    const hanging = working();
    const reader = { enrich: (key: { readonly id: string }) => (asked.length < 7 ? hanging.reader.enrich(key) : (asked.push(key.id), never)) };
    void runEnrich(id, { ...hanging, reader });
    for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
    expect(enrichProgress(await job(id))).toMatchObject({ documents: 7, read: 7 });
    const before = asked.splice(0, 7);
    asked.splice(0);
    while ((await runEnrich(id, working())) !== undefined);
    expect(asked.filter((each) => before.includes(each))).toEqual([]);
    expect(await job(id)).toMatchObject({ status: 'COMPLETED', progress: { documents: 12, read: 12, notRead: 0, postponed: 0 } });
  });

  test('has nothing under way when it ends, whatever ended it', async () => {
    const id = await begun(12);
    await expect(runEnrich(id, working((of) => (of === asked[0] ? new ReaderBroken('no permission') : undefined)))).rejects.toThrow(ReaderBroken);
    const before = asked.length;
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    expect([under, asked.length]).toEqual([0, before]);
    expect(enrichProgress(await job(id))).toMatchObject({ faults: 1, read: before - 1 });
    while ((await runEnrich(id, working())) !== undefined);
    expect([asked.length, enrichProgress(await job(id)).documents]).toEqual([13, 12]);
  });

  test('begins no document when its time is over, and goes on with the next visit', async () => {
    const id = await begun(12);
    const visit = async () => {
      const until = asked.length + 5;
      const clock = { ...notes.clock, now: () => asked.length };
      return runEnrich(id, { ...working(), clock, until });
    };
    expect(await visit()).toBe(0);
    expect([asked.length < 12, enrichProgress(await job(id)).read]).toEqual([true, asked.length]);
    while ((await visit()) !== undefined);
    expect([asked.length, new Set(asked).size]).toEqual([12, 12]);
  });

  test('of which all documents wait for long leaves them to those who read what is pending', async () => {
    const id = await begun(2);
    for (let visit = 0; visit < maxWaits; visit += 1) expect(await runEnrich(id, working(() => waits))).toBeGreaterThan(0);
    expect(await pendingIds()).toEqual([]);
    expect(await runEnrich(id, working(() => waits))).toBe(0);
    expect([await runEnrich(id, working()), await pendingIds()]).toEqual([undefined, ['n0', 'n1']]);
    expect(await job(id)).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', progress: { read: 0, postponed: 2 } });
  });

  test('whose documents others write to meanwhile takes no engine to be away', async () => {
    const id = await begun(6);
    while ((await runEnrich(id, working(() => preconditionFailed('Changed.')))) !== undefined);
    expect([asked.length, (await pendingIds()).length]).toEqual([6, 6]);
  });
});
